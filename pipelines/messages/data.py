"""`data.sql` beside a message's templates: what else they see, as `data`. One SELECT for all messages of a batch, a row for each."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sqlglot.expressions as exp

from pipelines.errors import Problem, shown
from pipelines.segments.columns import column_problems, output_problems
from pipelines.segments.files import SegmentFiles
from pipelines.segments.reads import Known, param_problems, read_statement, readable, segments_read, table_problems, tables_read
from pipelines.segments.view import segment_view
from pipelines.settings import Project, Settings
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import StatementError, refusal, refusal_of

HERE = Path(__file__).parent
NAME = "data.sql"
VARIABLE = "data"
MESSAGES = "messages"
"""The table of the batch's messages, which a `data.sql` joins what it looks up to."""
KEY = "message_key"
FAILURES = 200
"""Questions that may fail in a batch before it is given up: one bad message of two thousand costs eleven."""
ANY_INSTANT = datetime(2000, 1, 1)


@dataclass(frozen=True)
class MessageData:
    """One usable `data.sql`. `columns` are those it gives beside message_key, with their types; `reads` the tables it reads."""

    message: str
    file: str
    sql: str
    columns: Mapping[str, str]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataFiles:
    """Every `data.sql` of a project by message: what it gives, or the first thing that is wrong with it."""

    by_message: Mapping[str, MessageData | Problem]
    problems: tuple[Problem, ...] = ()


def read_data(project: Project, paths: Collection[Path], segments: SegmentFiles) -> DataFiles:
    """Return the `data.sql` files among *paths*, each in the folder of its message. Never raises for a bad one."""
    if not paths:
        return DataFiles({})
    thresholds = project.settings.thresholds
    with memory_warehouse(thresholds, project.settings.attribute_types) as warehouse, warehouse.at(ANY_INSTANT):
        known = _known(warehouse, project.settings, segments)
        reader = _Reader(warehouse, known, segments, thresholds)
        read = {path.parent.name: reader.read(path, shown(path, project.root)) for path in paths}
    problems = [problem for found in read.values() if not isinstance(found, MessageData) for problem in found]
    return DataFiles({name: found if isinstance(found, MessageData) else found[0] for name, found in read.items()}, tuple(problems))


def data_of(warehouse: Warehouse, files: Iterable[MessageData]) -> dict[str, SimpleNamespace | str]:
    """
    Return by message key what each of *files* gives for the messages of `render_subjects`; a text says why it gives nothing.

    A message without a row sees every column empty.
    """
    return {key: given for file in files for key, given in _asked(warehouse, file).items()}


def _asked(warehouse: Warehouse, file: MessageData) -> dict[str, SimpleNamespace | str]:
    warehouse.run(HERE / "data_messages.sql", message=file.message, first=None, last=None)
    return _answered(warehouse, file, [key for (key,) in warehouse.rows("select message_key from messages order by message_key")], count(1))


def _answered(warehouse: Warehouse, file: MessageData, keys: Sequence[str], failures: Iterator[int]) -> dict[str, SimpleNamespace | str]:
    """Ask for all of *keys* at once; where that fails for each half: what is wrong with one message keeps no other back."""
    try:
        rows = warehouse.records(file.sql)
    except StatementError as error:
        if len(keys) == 1 or next(failures) > FAILURES:
            why = refusal(error, quoting=True)
            return dict.fromkeys(keys, str(Problem(file.file, why.line, why.text)))
        answered: dict[str, SimpleNamespace | str] = {}
        for half in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
            warehouse.run(HERE / "data_messages.sql", message=file.message, first=half[0], last=half[-1])
            answered |= _answered(warehouse, file, half, failures)
        return answered
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
    for row in rows:
        given = {name.lower(): value for name, value in row.items()}
        found.get(str(given.pop(KEY)), []).append(given)
    return {key: _given(file, rows_of_key) for key, rows_of_key in found.items()}


def _given(file: MessageData, rows: list[dict[str, Any]]) -> SimpleNamespace | str:
    if len(rows) > 1:
        return f"{file.file}: gives {len(rows)} rows for one message"
    values = rows[0] if rows else dict.fromkeys(file.columns)
    return SimpleNamespace(**{name: json.loads(value) if value and file.columns[name] == "JSON" else value for name, value in values.items()})


def _known(warehouse: Warehouse, settings: Settings, segments: SegmentFiles) -> Known:
    """Return the tables that a `data.sql` may read, and make the views of segments that can be built."""
    warehouse.run(HERE / "data_no_messages.sql")
    known = readable(settings)
    for segment in segments.segments:
        warehouse.run(segment_view(segment.name, segment.attributes))
        known[f"segments.{segment.name}"] = {"contact_id": "VARCHAR", "entered_at": "TIMESTAMP", **segment.attributes}
    return known | {MESSAGES: {name: kind for name, kind, *_ in warehouse.rows("describe " + MESSAGES)}}


@dataclass(frozen=True)
class _Reader:
    warehouse: Warehouse
    known: Known
    segments: SegmentFiles
    thresholds: Mapping[str, int | float]

    def read(self, path: Path, file: str) -> MessageData | list[Problem]:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return [Problem(file, None, "is not UTF-8 text", "save it as UTF-8")]
        tree, problems = read_statement(text, file, KEY)
        if tree is not None:
            problems += self._problems(tree, text, file)
        if problems or tree is None:
            return sorted(problems, key=lambda problem: (problem.line or 0, problem.text))
        columns = {name.lower(): kind for name, kind, *_ in self.warehouse.rows("describe " + text)}
        given = {name: kind for name, kind in columns.items() if name != KEY}
        return MessageData(path.parent.name, file, text.strip().rstrip(";"), given, tables_read(tree))

    def _problems(self, tree: exp.Query, text: str, file: str) -> list[Problem]:
        found = table_problems(tree, file, self.known, self.segments.names)
        found += param_problems(tree, file, self.thresholds)
        found += column_problems(tree, file, self.known)
        found += [
            Problem(file, None, f"reads the segment `{name}`, whose file cannot be used", f"mend segments_sql/{name}.sql")
            for name in segments_read(tree)
            if name in self.segments.names and f"segments.{name}" not in self.known
        ]
        found += output_problems(tree, file, KEY, "which message") if not tree.is_star else []
        if MESSAGES not in {table.name.lower() for table in tree.find_all(exp.Table) if not table.db}:
            found.append(Problem(file, None, "does not read `messages`, the messages it is asked about", "join them: `from messages m left join …`"))
        refused = None if found else refusal_of(self.warehouse, text)
        if refused:
            found.append(Problem(file, refused.line, refused.text, refused.hint))
        return found
