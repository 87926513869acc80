"""`segments_sql/*.sql` → segments that can be built, and what is wrong with those that cannot."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Iterable, Mapping

import sqlglot.expressions as exp

from pipelines.errors import Problem, shown
from pipelines.segments.columns import column_problems, output_problems, qualified
from pipelines.segments.conditions import condition_problems
from pipelines.segments.header import Header, read_header
from pipelines.segments.reads import param_problems, params_read, read_statement, readable, segments_read, table_problems, tables_read
from pipelines.segments.view import segment_view
from pipelines.settings import Project, Settings
from pipelines.warehouse.dialect import line_of
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import refusal_of
from pipelines.warehouse.schema import TABLES

NAME = re.compile(r"^[a-z][a-z0-9_]{0,47}$")
RESERVED = frozenset(table.name for table in TABLES if table.schema == "segments")
ANY_INSTANT = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Segment:
    """
    One usable file. `sql` is its SELECT as written; `qualified` the same with every column behind its table.

    A `daily` segment is built by the first tick of a day only. `attributes` are the columns beside contact_id, with
    their types. `fingerprint` changes with what the segment means: its SQL, the segments it reads, the thresholds it
    uses, how the attributes it reads are declared; not with comments or layout.
    """

    name: str
    path: Path
    meaning: str
    owner: str
    checks: tuple[str, ...]
    daily: bool
    sql: str
    qualified: str
    reads_tables: tuple[str, ...]
    reads_segments: tuple[str, ...]
    params: tuple[str, ...]
    attributes: Mapping[str, str]
    fingerprint: str


@dataclass(frozen=True)
class SegmentFiles:
    """
    What the folder holds: good segments, each after those it reads; problems by name of the bad ones; and the good
    ones that read a bad one, with its name. The three share no name and leave no file out.
    """

    segments: tuple[Segment, ...]
    problems: Mapping[str, tuple[Problem, ...]]
    blocked: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted((*(segment.name for segment in self.segments), *self.problems, *self.blocked)))

    @property
    def all_problems(self) -> list[Problem]:
        return [problem for name in sorted(self.problems) for problem in self.problems[name]]

    def segment(self, name: str) -> Segment | None:
        return next((segment for segment in self.segments if segment.name == name), None)

    def needed(self, names: Iterable[str]) -> set[str]:
        """Return *names* and every segment that building them reads."""
        found = set(names)
        for segment in reversed(self.segments):
            if segment.name in found:
                found.update(segment.reads_segments)
        return found

    def resting_without(self, names: Iterable[str]) -> "SegmentFiles":
        """Return the same files, all `daily` but those that are needed to build *names*: nobody asks for the rest between two days."""
        needed = self.needed(names)
        return replace(self, segments=tuple(segment if segment.name in needed else replace(segment, daily=True) for segment in self.segments))


@dataclass
class _Draft:
    """A file on its way to being a segment."""

    name: str
    path: Path
    file: str
    text: str = ""
    header: Header = Header()
    tree: exp.Query | None = None
    reads: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def read_segments(project: Project) -> SegmentFiles:
    """Return every segment file of *project*. Never raises for a bad one: it is listed with all its problems."""
    drafts = {draft.name: draft for draft in (_draft(project, path) for path in sorted(project.segments_folder.glob("*.sql")))}
    thresholds = project.settings.thresholds
    with memory_warehouse(thresholds, project.settings.attribute_types) as warehouse, warehouse.at(ANY_INSTANT):
        reader = _Reader(warehouse, project.settings, drafts)
        for name in _in_order(drafts):
            reader.read(drafts[name])
    problems = {name: tuple(sorted(draft.problems, key=lambda problem: (problem.line or 0, problem.text))) for name, draft in drafts.items() if draft.problems}
    return SegmentFiles(tuple(reader.good.values()), problems, reader.blocked)


def _draft(project: Project, path: Path) -> _Draft:
    draft = _Draft(path.stem, path, shown(path, project.root))
    if draft.name in RESERVED:
        draft.problems.append(Problem(draft.file, None, f"`{draft.name}` is a name that relance uses itself", "choose another file name"))
    if not NAME.match(draft.name):
        draft.problems.append(
            Problem(
                draft.file,
                None,
                f"`{draft.name}` cannot be a segment's name",
                "use lower-case letters, digits and _, beginning with a letter: `big_spenders.sql`",
            )
        )
    try:
        draft.text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        draft.problems.append(Problem(draft.file, None, "is not UTF-8 text", "save it as UTF-8"))
        return draft
    draft.header, problems = read_header(draft.text, draft.file)
    draft.tree, more = read_statement(draft.text, draft.file)
    draft.problems += problems + more
    draft.reads = segments_read(draft.tree) if draft.tree else ()
    return draft


def _in_order(drafts: Mapping[str, _Draft]) -> list[str]:
    """Return the names, each after those it reads; files that read each other in a circle get a problem first."""
    while True:
        graph = {name: [other for other in draft.reads if other in drafts] for name, draft in drafts.items()}
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            for name, read in zip(circle, circle[1:], strict=False):
                draft = drafts[name]
                draft.problems.append(
                    Problem(
                        draft.file, _line_reading(draft, read), f"reads itself: {' → '.join(_turned(circle[:-1], name))}", "take one of these out of a FROM"
                    )
                )
                draft.reads = ()


def _turned(circle: list[str], first: str) -> list[str]:
    start = circle.index(first)
    return [*circle[start:], *circle[:start], first]


def _line_reading(draft: _Draft, name: str) -> int | None:
    tables = draft.tree.find_all(exp.Table) if draft.tree else ()
    return next((line_of(table) for table in tables if table.db == "segments" and table.name == name), None)


def _entered_at_problems(tree: exp.Query, file: str) -> list[Problem]:
    if "entered_at" not in [name.lower() for name in tree.named_selects]:
        return []
    hint = "relance itself says since when a contact is a member: choose another name"
    return [Problem(file, line_of(tree), "gives a column called entered_at", hint)]


class _Reader:
    """Reads drafts one after the other, each after those it reads; `good` and `blocked` grow."""

    def __init__(self, warehouse: Warehouse, settings: Settings, drafts: Mapping[str, _Draft]) -> None:
        self.warehouse, self.thresholds, self.drafts = warehouse, settings.thresholds, drafts
        self.declared, self.together = settings.attributes, settings.bought_together
        self.known: dict[str, Mapping[str, str]] = readable(settings)
        self.good: dict[str, Segment] = {}
        self.blocked: dict[str, str] = {}

    def read(self, draft: _Draft) -> None:
        if draft.tree is None:
            return
        full = self._check(draft, draft.tree)
        held = [other for other in draft.reads if other in self.drafts and other not in self.good]
        if held:
            if not draft.problems:
                self.blocked[draft.name] = held[0]
            return
        if not draft.problems:
            self._check_with_the_engine(draft, draft.tree)
        if not draft.problems and full is None:
            draft.problems.append(Problem(draft.file, None, "its columns cannot be told apart", "write every column behind its table, as in `c.contact_id`"))
        if not draft.problems and full is not None:
            self._add(self._segment(draft, draft.tree, full))

    def _check(self, draft: _Draft, tree: exp.Query) -> exp.Query | None:
        """Note what is wrong with the names in *tree*; return it with every column behind its table, where that can be told."""
        draft.problems += table_problems(tree, draft.file, self.known, self.drafts)
        draft.problems += param_problems(tree, draft.file, self.thresholds)
        draft.problems += column_problems(tree, draft.file, self.known)
        full = qualified(tree, self.known)
        if full is not None or not tree.is_star:
            given = full if full and tree.is_star else tree
            draft.problems += [*output_problems(given, draft.file), *_entered_at_problems(given, draft.file)]
        return full

    def _check_with_the_engine(self, draft: _Draft, tree: exp.Query) -> None:
        refused = refusal_of(self.warehouse, draft.text)
        if refused:
            draft.problems.append(Problem(draft.file, refused.line, refused.text, refused.hint or "try it in a DuckDB shell on the read copy"))
        else:
            draft.problems += [problem for check in draft.header.checks for problem in condition_problems(check, tree, draft.file, self.warehouse)]

    def _segment(self, draft: _Draft, tree: exp.Query, full: exp.Query) -> Segment:
        reads, used, header = segments_read(tree), params_read(tree), draft.header
        columns = {name.lower(): kind for name, kind, *_ in self.warehouse.rows("describe " + draft.text)}
        return Segment(
            name=draft.name,
            path=draft.path,
            meaning=header.meaning,
            owner=header.owner,
            checks=tuple(check.condition for check in header.checks),
            daily=header.daily,
            sql=draft.text.strip().rstrip(";"),
            qualified=full.sql(dialect="duckdb", comments=False),
            reads_tables=tables_read(tree),
            reads_segments=reads,
            params=used,
            attributes={name: kind for name, kind in columns.items() if name != "contact_id"},
            fingerprint=_fingerprint(
                tree, [self.good[name].fingerprint for name in reads], {name: self.thresholds[name] for name in used}, self._declared(full)
            ),
        )

    def _declared(self, full: exp.Query) -> list[str]:
        """Return what the settings say of what a query reads: the attributes that it names, or may find row by row, and what counts as bought together."""
        tables = tables_read(full)
        named = {column.name.lower() for column in full.find_all(exp.Column)} if "facts.contacts" in tables else set()
        read = self.declared.keys() if "facts.attributes" in tables else named & self.declared.keys()
        together = [f"bought_together: {self.together.model_dump_json()}"] if "facts.bought_together" in tables else []
        return [*(f"{name}: {self.declared[name].model_dump_json()}" for name in sorted(read)), *together]

    def _add(self, segment: Segment) -> None:
        self.good[segment.name] = segment
        self.warehouse.run(segment_view(segment.name, segment.attributes))
        self.known[f"segments.{segment.name}"] = {"contact_id": "VARCHAR", "entered_at": "TIMESTAMP", **segment.attributes}


def _fingerprint(tree: exp.Query, reads: list[str], params: Mapping[str, int | float], declared: list[str]) -> str:
    canonical = tree.sql(dialect="duckdb", normalize=True, comments=False)
    return hashlib.sha256("\n".join([canonical, *reads, *(f"{name} = {value}" for name, value in sorted(params.items())), *declared]).encode()).hexdigest()
