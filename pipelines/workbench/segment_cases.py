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
from zoneinfo import available_timezones

import sqlglot.expressions as exp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.scenarios.yaml_file import Path_, YamlFile, load_yaml
from pipelines.segments.build import build_segment
from pipelines.segments.files import Segment, SegmentFiles
from pipelines.settings import Project
from pipelines.ticks import Tick, local_day
from pipelines.warehouse.build import create_table, define_params, with_attributes
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import StatementError, refusal
from pipelines.warehouse.schema import OWN, VIEWS
from pipelines.warehouse.table import Column, Table

FACTS = tuple(view for view in VIEWS if view.schema == "facts")
GIVEN: dict[str, Table] = {view.full_name: view for view in FACTS} | {f"shop.{table.name}": table for table in CONTRACT}
EMPTIED = (*FACTS, *CONTRACT, *(table for table in OWN if table.schema == "segments"))
ZEROS: dict[str, Any] = {"BIGINT": 0, "DOUBLE": 0, "DECIMAL": 0, "BOOLEAN": False}
USUAL = {"engagement": "inactive", "loaded_from": "case"}
HOW = "docs/cases.md shows how cases are written"


@dataclass(frozen=True)
class CaseResult:
    """
    What one case gave. It passed when nothing is missing, nothing unexpected and nothing `wrong`. `number` is its place in the file.

    `happened` is what the case could expect, as the file would say it.
    """

    segment: str
    case: str
    file: str
    line: int
    number: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    wrong: str = ""
    happened: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not (self.missing or self.unexpected or self.wrong)

    def __str__(self) -> str:
        said = [self.wrong] if self.wrong else []
        said += [f"expected, not there: {', '.join(self.missing)}"] if self.missing else []
        said += [f"there, not expected: {', '.join(self.unexpected)}"] if self.unexpected else []
        return f"{self.file}:{self.line}: {self.case}: {'; '.join(said) or 'as expected'}"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(Part):
    case: str
    as_of: datetime | None = None
    given: dict[str, list[dict[str, Any]]]
    expect: list[str | int | dict[str, Any]] | None = None


class CaseFile(Part):
    as_of: datetime | None = None
    params: dict[str, int | float] = Field(default_factory=dict)
    cases: list[Case]


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
    yamls = [load_yaml(path, shown(path, project.root)) for path in paths]
    tables = _tables(project)
    if problems := [problem for yaml in yamls for problem in _problems(yaml, files, tables)]:
        raise BadFiles(problems)
    with memory_warehouse() as warehouse:
        facts_as_tables(warehouse, tables)
        return [result for yaml in yamls for result in _results(project, files, yaml, warehouse)]


def _tables(project: Project) -> Mapping[str, Table]:
    """Return the tables that a case of *project* gives rows of."""
    return dict(zip(GIVEN, with_attributes(GIVEN.values(), project.settings.attribute_types), strict=True))


def facts_as_tables(warehouse: Warehouse, tables: Mapping[str, Table] = GIVEN) -> None:
    """Make facts.contacts and its like plain tables of *warehouse*, so that a case says what they hold."""
    for view in FACTS:
        warehouse.run(exp.Drop(tables=[exp.table_(view.name, db=view.schema)], kind="VIEW", exists=True).sql(dialect="duckdb"))
        warehouse.run(create_table(tables[view.full_name]))


def give(warehouse: Warehouse, table: str, rows: Iterable[Mapping[str, Any]], as_of: datetime, tables: Mapping[str, Table] = GIVEN) -> None:
    """Insert *rows* into a table of facts or shop; columns left out are empty, 0 or false, or as usual."""
    given = tables[table]
    warehouse.append(given.full_name, given.column_names, [tuple(_value(column, row, as_of) for column in given.columns) for row in rows])


def _value(column: Column, row: Mapping[str, Any], as_of: datetime) -> Any:
    value = row.get(column.name)
    if value is None and column.required:
        kind = column.type.split("(")[0]
        return as_of if column.name == "loaded_at" else USUAL.get(column.name, ZEROS.get(kind))
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _results(project: Project, files: SegmentFiles, yaml: YamlFile, warehouse: Warehouse) -> Iterator[CaseResult]:
    name, file = Path(yaml.name).stem, CaseFile.model_validate(yaml.values)
    segment = files.segment(name)
    define_params(warehouse.connection, {**project.settings.thresholds, **file.params})
    for number, case in enumerate(file.cases):
        result = CaseResult(name, case.case, yaml.name, yaml.line(("cases", number, "case")), number)
        as_of = case.as_of or file.as_of
        if segment is None or as_of is None:
            yield replace(result, wrong=f"segment `{name}` cannot be built, `relance check` says why")
            continue
        try:
            _prepare(project, case, as_of, warehouse)
            yield _compared(result, case, *_built(project, files, segment, as_of, warehouse))
        except StatementError as error:
            yield replace(result, wrong=refusal(error, quoting=True).text)


def _prepare(project: Project, case: Case, as_of: datetime, warehouse: Warehouse) -> None:
    """Fill the tables; who has no time zone has the project's, as facts have it."""
    for table in EMPTIED:
        warehouse.run(exp.delete(table.full_name).sql(dialect="duckdb"))
    for name, rows in case.given.items():
        zone = {"timezone": project.settings.project.timezone} if name == "facts.contacts" else {}
        give(warehouse, name, [{**zone, **row} for row in rows], as_of, _tables(project))
    ensure_zones(warehouse, {zone for (zone,) in warehouse.rows("select distinct timezone from facts.contacts where timezone is not null")})


def _built(project: Project, files: SegmentFiles, segment: Segment, as_of: datetime, warehouse: Warehouse) -> tuple[list[dict[str, Any]], str]:
    """Build *segment* and what it reads; return its members, or why one of them was held."""
    tick = Tick(as_of, local_day(project, as_of), as_of)
    with warehouse.at(as_of):
        needed = files.needed([segment.name])
        for each in (other for other in files.segments if other.name in needed):
            built = build_segment(warehouse, each, tick)
            if built.status == "held":
                return [], f"segment `{each.name}` was held: {built.reason}"
        rows = exp.select("*").from_(exp.table_(segment.name, db="segments", quoted=True))
        return warehouse.records(rows.sql(dialect="duckdb")), ""


def _compared(result: CaseResult, case: Case, found: list[dict[str, Any]], wrong: str) -> CaseResult:
    rows = [row if isinstance(row, dict) else {"contact_id": row} for row in case.expect or []]
    looked_at = {name for row in rows for name in row} or {"contact_id"}
    expected = {_said(row) for row in rows}
    there = {_said({name: value for name, value in row.items() if name in looked_at}) for row in found}
    happened = () if wrong else tuple(_happened(found, looked_at))
    if case.expect is None and not wrong:
        return replace(result, wrong="it expects nothing: `relance test --record` writes who is in it now, for you to read", happened=happened)
    return replace(result, missing=tuple(sorted(expected - there)), unexpected=tuple(sorted(there - expected)), wrong=wrong, happened=happened)


def _happened(found: list[dict[str, Any]], looked_at: set[str]) -> Iterator[str]:
    rows = sorted(({name: row[name] for name in row if name in looked_at} for row in found), key=lambda row: str(row["contact_id"]))
    if looked_at == {"contact_id"}:
        yield f"expect: [{', '.join(str(row['contact_id']) for row in rows)}]"
    elif not rows:
        yield "expect: []"
    else:
        yield "expect:"
        yield from (f"  - {{{', '.join(f'{name}: {value}' for name, value in row.items())}}}" for row in rows)


def _said(row: Mapping[str, Any]) -> str:
    others = ", ".join(f"{name} {row[name]}" for name in sorted(row) if name != "contact_id")
    return f"{row['contact_id']} ({others})" if others else str(row["contact_id"])


def _problems(yaml: YamlFile, files: SegmentFiles, tables: Mapping[str, Table]) -> Iterator[Problem]:
    name = Path(yaml.name).stem
    if name not in files.names:
        yield Problem(yaml.name, None, f"there is no segment `{name}`", nearest(name, files.names) or "a case file is called as its segment")
    yield from yaml.problems
    try:
        file = CaseFile.model_validate(yaml.values)
    except ValidationError as error:
        yield from (_problem(yaml, details) for details in error.errors())
        return
    for number, case in enumerate(file.cases):
        if not (case.as_of or file.as_of):
            yield Problem(yaml.name, yaml.line(("cases", number)), "the case has no `as_of`", "write `as_of: 2026-09-14 06:00` at the top, in UTC")
        for table, rows in case.given.items():
            yield from _row_problems(yaml, ("cases", number, "given", table), tables, rows)


def _problem(yaml: YamlFile, details: Any) -> Problem:
    key, line = str(details["loc"][-1]) if details["loc"] else "the file", yaml.line(details["loc"])
    match details["type"]:
        case "extra_forbidden":
            known = {*CaseFile.model_fields, *Case.model_fields}
            return Problem(yaml.name, line, f"unknown key `{key}`", nearest(key, known) or HOW)
        case "missing":
            return Problem(yaml.name, line, f"`{key}` is missing", HOW)
        case _:
            return Problem(yaml.name, line, f"`{key}`: {details['msg']}", HOW)


def _row_problems(yaml: YamlFile, where: Path_, tables: Mapping[str, Table], rows: list[dict[str, Any]]) -> Iterator[Problem]:
    table = str(where[-1])
    if table not in tables:
        yield Problem(
            yaml.name, yaml.line(where), f"rows for `{table}` cannot be given", nearest(table, tables) or "give rows for facts.contacts or shop.<table>"
        )
        return
    given = tables[table]
    for number, row in enumerate(rows):
        for name in row.keys() - set(given.column_names):
            hint = nearest(name, given.column_names) or "docs/data_dictionary.md lists the columns"
            yield Problem(yaml.name, yaml.line((*where, number, name)), f"unknown column `{name}` in {table}", hint)
        if row.get("timezone") is not None and row["timezone"] not in available_timezones():
            hint = nearest(str(row["timezone"]), available_timezones()) or "zones are called as Europe/Paris"
            yield Problem(yaml.name, yaml.line((*where, number, "timezone")), f"unknown time zone `{row['timezone']}`", hint)
        empty = [column.name for column in given.columns if column.required and _value(column, row, datetime.min) is None]
        yield from (Problem(yaml.name, yaml.line((*where, number)), f"the row of {table} has no `{name}`", "it must not be empty") for name in empty)
