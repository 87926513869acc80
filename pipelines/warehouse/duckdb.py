"""The DuckDB door: one writer at a time, time bound by `as_of()`, a read copy for everybody else."""

from __future__ import annotations  # as text: whoever keeps Warehouse at exit does not keep the engine's types, which would complain

import atexit
import os
import re
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType, NoneType
from typing import Any, BinaryIO, Iterator, Mapping, Sequence

import duckdb
import sqlglot.expressions as exp
from filelock import FileLock, Timeout

from pipelines.durations import spoken
from pipelines.errors import ReadCopyTooOld, RelanceError, WarehouseBusy
from pipelines.settings import Project
from pipelines.warehouse.build import NO_ATTRIBUTES, build, define_params, state_of
from pipelines.warehouse.schema import SCHEMA_VERSION

Row = tuple[Any, ...]
NO_PARAMS: Mapping[str, int | float] = MappingProxyType({})
UNWRITABLE = re.compile("space left|could not write|failed to write|file too large", re.IGNORECASE)
"""What the engine says when the disk is full, or a file may not grow."""
PARSED: dict[Path, list[duckdb.Statement]] = {}
"""The statements of each file, parsed once a process: each time is a tenth of a small tick."""
atexit.register(PARSED.clear)  # the engine complains of what outlives it


class Warehouse:
    """
    An open warehouse. SQL comes from `.sql` files; a file may hold several statements, run in order.

    Every read of `shop.*` happens inside `at(as_of)`; outside it `as_of()` does not exist and the engine refuses.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, file: BinaryIO | None = None) -> None:
        self.connection = connection
        self.path = path
        self._file = file
        self._as_of: datetime | None = None
        self._parse = lru_cache(maxsize=500)(connection.extract_statements)
        self.define = lru_cache(maxsize=None)(self.run)
        """Run a file of temporary macros, once a connection; never within a transaction, which could take them back."""

    def run(self, sql: Path | str, **parameters: Any) -> None:
        """Run every statement of a file (or of SQL text), giving each the named parameters it uses."""
        for _ in self._executed(sql, parameters):
            pass

    def rows(self, sql: Path | str, **parameters: Any) -> list[Row]:
        """Return the rows of the last statement."""
        found: list[Row] = []
        for result in self._executed(sql, parameters):
            found = result.fetchall() if result.description else []
        return found

    def records(self, sql: Path | str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of the last statement as dictionaries."""
        found: list[dict[str, Any]] = []
        for result in self._executed(sql, parameters):
            names = [column[0] for column in result.description or ()]
            found = [dict(zip(names, row, strict=True)) for row in result.fetchall()] if names else []
        return found

    def value(self, sql: Path | str, **parameters: Any) -> Any:
        """Return the first value of the first row of the last statement; None where there is no row."""
        rows = self.rows(sql, **parameters)
        return rows[0][0] if rows else None

    def keep(self, name: str, *queries: exp.Query | str, **parameters: Any) -> None:
        """Keep the rows of composed *queries* of one shape, trees or their text, as the temporary table *name*."""
        for place, query in enumerate(queries):
            text = query if isinstance(query, str) else query.sql(dialect="duckdb")
            self.run(f"insert into {name} {text}" if place else f"create or replace temp table {name} as {text}", **parameters)

    def append(self, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
        """Append rows born in Python (settings, compiled scenarios, receipts): few by nature."""
        columns = ", ".join(f'"{name}"' for name in names)
        for start in range(0, len(rows), 1000):
            part = rows[start : start + 1000]
            values: list[Any] = [list(column) for column in zip(*part, strict=True)]
            if all(len({type(value) for value in column} - {NoneType}) <= 1 for column in values):
                # What is the same in every row is given once: half the time.
                values = [column[0] if place and column.count(column[0]) == len(column) else column for place, column in enumerate(values)]
                sql = f"insert into {table} ({columns}) select " + ", ".join("unnest(?)" if isinstance(value, list) else "?" for value in values)
            else:  # ten times slower, and nothing of one type becomes another
                marks = "(" + ", ".join(["?"] * len(names)) + ")"
                sql, values = f"insert into {table} ({columns}) values " + ", ".join([marks] * len(part)), [value for row in part for value in row]
            with self._written():
                self.connection.execute(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.FatalException):  # the engine gave up before; its first error counts
                self.connection.rollback()
            raise
        with self._written():
            self.connection.commit()

    @contextmanager
    def at(self, as_of: datetime) -> Iterator[None]:
        """Bound every view by *as_of* (UTC, without zone)."""
        outer = self._as_of
        self._bind(as_of)
        try:
            yield
        finally:
            # A failed transaction gives its macros back itself, and an engine that gave up has none: their own error counts.
            with suppress(duckdb.TransactionException, duckdb.FatalException):
                self._bind(outer)

    def use_threads(self, count: int) -> None:
        """Let every statement from here on share *count* threads."""
        self.connection.execute(f"set threads = {count}")

    def checkpoint(self) -> None:
        """Fold the log into the file: without it after every tick, the file grows for ever."""
        with self._written():
            self.connection.execute("checkpoint")

    @contextmanager
    def beside(self, path: Path, name: str) -> Iterator[None]:
        """Let queries read the tables of another warehouse file as `name.schema.table`."""
        self.connection.execute(f"attach {exp.Literal.string(str(path)).sql(dialect='duckdb')} as {name} (read_only)")
        try:
            yield
        finally:
            with suppress(duckdb.FatalException):  # the engine gave up before; its first error counts
                self.connection.execute(f"detach {name}")

    def tidy(self) -> None:
        """Fold the log into the file and give back the room of deleted rows, which writes anew what lies beside them: once a day, after the messages."""
        with self._written():
            # A log with nothing in it is not folded, and only folding looks after deleted rows.
            self.connection.execute("create table runs.nothing (nothing integer); drop table runs.nothing")
        self.connection.execute("reset max_vacuum_tasks")
        self.checkpoint()
        self.connection.execute("set max_vacuum_tasks = 0")

    def publish_read_copy(self, target: Path, as_of: datetime) -> None:
        """Replace the read copy in one step by the file as it is now; there, `as_of()` answers *as_of*."""
        if self._file is None:
            raise ValueError(f"{self.path} has no file to copy")
        self.tidy()
        draft = target.with_suffix(".draft")
        draft.with_suffix(".draft.wal").unlink(missing_ok=True)
        self._file.seek(0)
        with draft.open("wb") as copied:
            shutil.copyfileobj(self._file, copied, length=1 << 22)
        with duckdb.connect(draft, config=_safe({})) as copy:
            copy.execute(f"create or replace macro as_of() as timestamp '{as_of.isoformat(sep=' ')}'")
            copy.execute("checkpoint")
        os.replace(draft, target)

    def _bind(self, as_of: datetime | None) -> None:
        self._as_of = as_of
        defined = f"create or replace temp macro as_of() as timestamp '{as_of.isoformat(sep=' ')}'" if as_of else ""
        self.connection.execute(defined or "drop macro if exists temp.as_of")

    def _executed(self, sql: Path | str, parameters: dict[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        for statement in self._statements(sql):
            used = {name: parameters[name] for name in statement.named_parameters}
            with self._written():
                done = self.connection.execute(statement, used) if used else self.connection.execute(statement)
            yield done

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Name the disk where the engine could not write to it: nothing of a transaction stays, and the next run does it again."""
        try:
            yield
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
            if not UNWRITABLE.search(str(error)):
                raise
            hint = "hint: make room on the disk and run again; what was committed before is safe"
            raise RelanceError(f"{self.path}: cannot be written ({_first_line(error)})\n  {hint}") from None

    def _statements(self, sql: Path | str) -> list[duckdb.Statement]:
        """Return the statements of a file or of SQL text, parsed when first seen."""
        if isinstance(sql, str):
            return self._parse(sql)
        if sql not in PARSED:
            PARSED[sql] = self.connection.extract_statements(sql.read_text(encoding="utf-8"))
        return PARSED[sql]


@contextmanager
def open_warehouse(project: Project) -> Iterator[Warehouse]:
    """Open the project's warehouse for writing, waiting for whoever holds it; create or migrate it where needed."""
    path, wait = project.warehouse_path, project.settings.warehouse.lock_timeout
    path.parent.mkdir(parents=True, exist_ok=True)
    with writer_lock(path, wait):
        connection = connect(path, project, wait)
        file = path.open("rb")  # POSIX: closing any descriptor of a file frees the locks on it, so this one outlives the connection
        try:
            build(connection, attributes=project.settings.attribute_types)
            define_params(connection, project.settings.thresholds)
            yield Warehouse(connection, path, file)
        finally:
            connection.close()
            file.close()


@contextmanager
def open_read_copy(project: Project, *, older: bool = False) -> Iterator[Warehouse]:
    """
    Open the read copy, which every number of people and tools may do at once.

    Raises ReadCopyTooOld for one of an earlier version of the schema, unless *older* ones will do.
    """
    if not project.read_copy_path.exists():
        raise RelanceError(f"{project.read_copy_path}: there is no read copy yet\n  hint: it is published by each daily tick; run `relance run` first")
    connection = duckdb.connect(project.read_copy_path, read_only=True, config=_safe({}))
    try:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        found = state_of(connection)
        if found and found[0] < SCHEMA_VERSION and not older:
            hint = "hint: the next daily tick publishes it anew; `relance run`"
            raise ReadCopyTooOld(f"{project.read_copy_path}: the read copy is of an older version of relance\n  {hint}")
        yield Warehouse(connection, project.read_copy_path)
    finally:
        connection.close()


@contextmanager
def open_trial(project: Project, path: Path) -> Iterator[Warehouse]:
    """Open *path*, a copy of the read copy that nobody else knows of, to try there what the settings and files of *project* would do."""
    wanted = project.settings.warehouse
    config = _safe({"memory_limit": wanted.memory_limit, "threads": wanted.threads, "temp_directory": str(path.with_suffix(".spill"))})
    with duckdb.connect(path, config=config) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false; set preserve_insertion_order = true")
        connection.execute("drop macro if exists as_of")
        build(connection, attributes=project.settings.attribute_types)
        define_params(connection, project.settings.thresholds)
        yield Warehouse(connection, path)


@contextmanager
def memory_warehouse(params: Mapping[str, int | float] = NO_PARAMS, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> Iterator[Warehouse]:
    """A warehouse that lives only as long as the block, for case files and checks of SQL; with the thresholds and attributes of settings."""
    with duckdb.connect(config=_safe({})) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        blueprint = exp.Literal.string(str(_blueprint(tuple(attributes.items())))).sql(dialect="duckdb")
        connection.execute(f"attach {blueprint} as blueprint (read_only); copy from database blueprint to memory; detach blueprint")
        define_params(connection, params)
        yield Warehouse(connection, Path(":memory:"))


@lru_cache
def _blueprint(attributes: tuple[tuple[str, str], ...]) -> Path:
    """Return a file with every table, view and macro, made once a process: to copy them takes less than half the time of making them."""
    folder = Path(mkdtemp(prefix="relance-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with duckdb.connect(folder / "blueprint.duckdb", config=_safe({})) as connection:
        build(connection, commented=False, attributes=dict(attributes))
    return folder / "blueprint.duckdb"


@contextmanager
def scratch_engine(project: Project) -> Iterator[Warehouse]:
    """An engine without tables that lives only as long as the block, for work whose outcome is files; within the memory of the settings."""
    wanted = project.settings.warehouse
    spill = str(project.warehouse_path.with_suffix(".scratch"))
    project.state_folder.mkdir(parents=True, exist_ok=True)
    config = _safe({"memory_limit": wanted.memory_limit, "threads": wanted.threads, "temp_directory": spill})
    with duckdb.connect(config=config) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false; set preserve_insertion_order = true")
        yield Warehouse(connection, Path(":memory:"))


@contextmanager
def writer_lock(path: Path, wait: timedelta) -> Iterator[None]:
    """Be the one that writes to the warehouse in *path*; raise WarehouseBusy where another still does after *wait*."""
    lock = FileLock(path.with_suffix(".lock"))
    holder = path.with_suffix(".holder")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _say(f"waiting up to {spoken(wait)} for {_who(holder)}, which is writing to {path.name}")
        try:
            lock.acquire(timeout=wait.total_seconds())
        except Timeout:
            raise WarehouseBusy(f"{path}: still held by {_who(holder)} after {spoken(wait)}\n  hint: let it finish, or raise warehouse.lock_timeout") from None
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    try:
        return f"another run (process {holder.read_text()})"
    except FileNotFoundError:
        return "another run"


def connect(path: Path, project: Project, wait: timedelta) -> duckdb.DuckDBPyConnection:
    """Open the file *path* with the memory and threads of the settings; raise WarehouseBusy where a tool still has it open after *wait*."""
    wanted = project.settings.warehouse
    config = _safe({"memory_limit": wanted.memory_limit, "threads": wanted.threads, "temp_directory": str(path.with_suffix(".spill"))})
    deadline, told = time.monotonic() + wait.total_seconds(), False
    while True:
        try:
            connection = duckdb.connect(path, config=config)
            connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false; set preserve_insertion_order = true")
            # A tick folds its log once, at its end, not at every large commit; `tidy` alone looks after deleted rows.
            connection.execute("set checkpoint_threshold = '1GB'; set max_vacuum_tasks = 0")
            return connection
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                hint = "hint: if the file is damaged, put back a backup of it, or move it away and replay"
                raise RelanceError(f"{path}: cannot be opened ({_first_line(error)})\n  {hint}") from None
            if time.monotonic() > deadline:
                hint = f"hint: close the tool that opened the live file and use {project.read_copy_path.name} beside it"
                raise WarehouseBusy(f"{path}: cannot be opened for writing ({_first_line(error)})\n  {hint}") from None
        if not told:
            _say(f"waiting up to {spoken(wait)} for the tool that has {path.name} open; {project.read_copy_path.name} beside it is the one to open")
            told = True
        time.sleep(0.5)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _safe(config: dict[str, str | int]) -> dict[str, str | bool | int | float | list[str]]:
    """Add what every connection has: no extension is fetched from anywhere."""
    return {**config, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
