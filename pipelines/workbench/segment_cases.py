"""
Case files of segments, `tests/cases/segments/<segment>.yaml`: given these rows, expect these contacts.

```yaml
as_of: 2026-09-14 06:00            # for every case that has none of its own
params: {lapsed_days: 90}          # thresholds that the cases are about; the rest come from relance.toml
cases:
  - case: ninety days are enough
    given:
      facts.contacts:              # or shop.<table>; columns left out are empty, 0 or false
        - {contact_id: ann, days_since_order: 90}
        - {contact_id: bob, days_since_order: 89}
    expect: [ann]                  # or rows, to look at attributes: [{contact_id: ann, due_on: 2026-09-12}]
```
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

import sqlglot.expressions as exp

from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.scenarios.yaml_file import Path_, YamlFile, load_yaml
from pipelines.segments.build import build_segment
from pipelines.segments.files import Segment, SegmentFiles
from pipelines.settings import Project
from pipelines.ticks import Tick, local_day
from pipelines.warehouse.build import create_table, define_params
from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.explain import EngineError, refusal
from pipelines.warehouse.schema import OWN, VIEWS
from pipelines.warehouse.table import Column, Table

FACTS = tuple(view for view in VIEWS if view.schema == "facts")
GIVEN: dict[str, Table] = {view.full_name: view for view in FACTS} | {f"shop.{table.name}": table for table in CONTRACT}
EMPTIED = (*FACTS, *CONTRACT, *(table for table in OWN if table.schema == "segments"))
ZEROS: dict[str, Any] = {"BIGINT": 0, "DOUBLE": 0, "DECIMAL": 0, "BOOLEAN": False}
USUAL = {"engagement": "inactive", "loaded_from": "case"}
FILE_KEYS, CASE_KEYS = {"as_of", "params", "cases"}, {"case", "as_of", "given", "expect"}


@dataclass(frozen=True)
class CaseResult:
    """What one case gave. It passed when nothing is missing, nothing unexpected and nothing `wrong`."""

    segment: str
    case: str
    file: str
    line: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def passed(self) -> bool:
        return not (self.missing or self.unexpected or self.wrong)

    def __str__(self) -> str:
        said = [self.wrong] if self.wrong else []
        said += [f"expected, not there: {', '.join(self.missing)}"] if self.missing else []
        said += [f"there, not expected: {', '.join(self.unexpected)}"] if self.unexpected else []
        return f"{self.file}:{self.line}: {self.case}: {'; '.join(said) or 'as expected'}"


@dataclass(frozen=True)
class _Case:
    name: str
    line: int
    as_of: datetime
    given: Mapping[str, list[dict[str, Any]]]
    expect: list[Any]


def cases_folder(project: Project) -> Path:
    """Return the folder of a project's segment cases."""
    return project.root / "tests" / "cases" / "segments"


def segments_without_cases(project: Project, files: SegmentFiles) -> list[str]:
    """Return the segments that no case file looks at."""
    return [name for name in files.names if not (cases_folder(project) / f"{name}.yaml").exists()]


def run_segment_cases(project: Project, files: SegmentFiles, names: Iterable[str] = ()) -> list[CaseResult]:
    """
    Run the cases of the segments called *names*, or of all, in a warehouse of their own.

    Raises BadFiles for case files that cannot be read. A case of a segment that is bad, or reads a bad one, does not pass.
    """
    wanted = set(names)
    paths = [path for path in sorted(cases_folder(project).glob("*.yaml")) if not wanted or path.stem in wanted]
    read = [_read(path, project, files) for path in paths]
    if problems := [problem for _, _, found in read for problem in found]:
        raise BadFiles(problems)
    with memory_warehouse() as warehouse:
        facts_as_tables(warehouse)
        return [result for yaml, cases, _ in read for result in _results(project, files, yaml, cases, warehouse)]


def facts_as_tables(warehouse: Warehouse) -> None:
    """Make facts.contacts and its like plain tables of *warehouse*, so that a case says what they hold."""
    for view in FACTS:
        warehouse.run(exp.Drop(tables=[exp.table_(view.name, db=view.schema)], kind="VIEW", exists=True).sql(dialect="duckdb"))
        warehouse.run(create_table(view))


def give(warehouse: Warehouse, table: str, rows: Iterable[Mapping[str, Any]], as_of: datetime) -> None:
    """Insert *rows* into a table of facts or shop; columns left out are empty, 0 or false, or as usual."""
    given = GIVEN[table]
    for row in rows:
        full = {column.name: _value(column, row, as_of) for column in given.columns}
        warehouse.append(given.full_name, list(full), [tuple(full.values())])


def _value(column: Column, row: Mapping[str, Any], as_of: datetime) -> Any:
    value = row.get(column.name)
    if value is None and column.required:
        kind = column.type.split("(")[0]
        return as_of if column.name == "loaded_at" else USUAL.get(column.name, ZEROS.get(kind))
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _results(project: Project, files: SegmentFiles, yaml: YamlFile, cases: list[_Case], warehouse: Warehouse) -> Iterator[CaseResult]:
    name = Path(yaml.name).stem
    segment = files.segment(name)
    define_params(warehouse.connection, {**project.settings.thresholds, **(yaml.values.get("params") or {})})
    for case in cases:
        result = CaseResult(name, case.name, yaml.name, case.line)
        if segment is None:
            yield replace(result, wrong=f"segment `{name}` cannot be built, `relance check` says why")
            continue
        try:
            _prepare(case, warehouse)
            yield _compared(result, case.expect, *_built(project, files, segment, case.as_of, warehouse))
        except EngineError as error:
            yield replace(result, wrong=refusal(error).text)


def _prepare(case: _Case, warehouse: Warehouse) -> None:
    for table in EMPTIED:
        warehouse.run(exp.delete(table.full_name).sql(dialect="duckdb"))
    for name, rows in case.given.items():
        give(warehouse, name, rows, case.as_of)


def _built(project: Project, files: SegmentFiles, segment: Segment, as_of: datetime, warehouse: Warehouse) -> tuple[list[dict[str, Any]], str]:
    """Build *segment* and what it reads; return its members, or why one of them was held."""
    tick = Tick(as_of, local_day(project, as_of), as_of)
    with warehouse.at(as_of):
        for needed in _with_what_it_reads(files, segment):
            built = build_segment(warehouse, needed, tick)
            if built.status == "held":
                return [], f"segment `{needed.name}` was held: {built.reason}"
        rows = exp.select("*").from_(exp.table_(segment.name, db="segments", quoted=True))
        return warehouse.records(rows.sql(dialect="duckdb")), ""


def _with_what_it_reads(files: SegmentFiles, segment: Segment) -> list[Segment]:
    needed = {segment.name}
    for other in reversed(files.segments):
        needed |= set(other.reads_segments) if other.name in needed else set()
    return [other for other in files.segments if other.name in needed]


def _compared(result: CaseResult, expect: list[Any], found: list[dict[str, Any]], wrong: str) -> CaseResult:
    rows = [row if isinstance(row, dict) else {"contact_id": row} for row in expect]
    looked_at = {name for row in rows for name in row} or {"contact_id"}
    expected = {_said(row) for row in rows}
    there = {_said({name: value for name, value in row.items() if name in looked_at}) for row in found}
    return replace(result, missing=tuple(sorted(expected - there)), unexpected=tuple(sorted(there - expected)), wrong=wrong)


def _said(row: Mapping[str, Any]) -> str:
    others = ", ".join(f"{name} {row[name]}" for name in sorted(row) if name != "contact_id")
    return f"{row['contact_id']} ({others})" if others else str(row["contact_id"])


def _read(path: Path, project: Project, files: SegmentFiles) -> tuple[YamlFile, list[_Case], list[Problem]]:
    yaml = load_yaml(path, shown(path, project.root))
    problems = [*yaml.problems, *_shape_problems(yaml)]
    if path.stem not in files.names:
        problems.append(
            Problem(yaml.name, None, f"there is no segment `{path.stem}`", nearest(path.stem, files.names) or "a case file is called as its segment")
        )
    return yaml, [] if problems else [_case(yaml, number) for number in range(len(yaml.values["cases"]))], problems


def _case(yaml: YamlFile, number: int) -> _Case:
    case = yaml.values["cases"][number]
    as_of = datetime.fromisoformat(case.get("as_of") or yaml.values["as_of"])
    return _Case(case["case"], yaml.line(("cases", number, "case")), as_of, case["given"] or {}, case["expect"] or [])


def _shape_problems(yaml: YamlFile) -> Iterator[Problem]:
    if not isinstance(yaml.values, dict) or not isinstance(yaml.values.get("cases"), list):
        yield Problem(yaml.name, 1, "holds no `cases:`", "write `cases:` and under it `- case:`, `given:`, `expect:`")
        return
    yield from _unknown(yaml, (), yaml.values, FILE_KEYS)
    for number, case in enumerate(yaml.values["cases"]):
        where: Path_ = ("cases", number)
        yield from _unknown(yaml, where, case, CASE_KEYS)
        yield from (Problem(yaml.name, yaml.line(where), f"the case has no `{key}`", "") for key in ("case", "given", "expect") if key not in case)
        if not _is_instant(case.get("as_of") or yaml.values.get("as_of")):
            yield Problem(yaml.name, yaml.line((*where, "as_of")), "the case has no `as_of`", "write it as `as_of: 2026-09-14 06:00`, in UTC")
        for table, rows in (case.get("given") or {}).items():
            yield from _row_problems(yaml, (*where, "given", table), table, rows or [])


def _row_problems(yaml: YamlFile, where: Path_, table: str, rows: list[dict[str, Any]]) -> Iterator[Problem]:
    if table not in GIVEN:
        yield Problem(
            yaml.name, yaml.line(where), f"rows for `{table}` cannot be given", nearest(table, GIVEN) or "give rows for facts.contacts or shop.<table>"
        )
        return
    for number, row in enumerate(rows):
        yield from _unknown(yaml, (*where, number), row, set(GIVEN[table].column_names))
        empty = [column.name for column in GIVEN[table].columns if column.required and _value(column, row, datetime.min) is None]
        yield from (Problem(yaml.name, yaml.line((*where, number)), f"the row of {table} has no `{name}`", "it must not be empty") for name in empty)


def _unknown(yaml: YamlFile, where: Path_, given: Mapping[str, Any], known: set[str]) -> Iterator[Problem]:
    for key in given.keys() - known:
        yield Problem(yaml.name, yaml.line((*where, key)), f"unknown `{key}`", nearest(key, known) or f"known are {', '.join(sorted(known))}")


def _is_instant(text: Any) -> bool:
    try:
        datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return False
    return True
