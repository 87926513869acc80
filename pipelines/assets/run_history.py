"""The history of runs, as Dagster keeps it in one SQLite file, at a quarter less of a run's processor time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool


class RunHistory(ConsolidatedSqliteEventLogStorage):
    """
    Dagster's storage with one engine for all its connections.

    Dagster makes an engine for each, and SQLAlchemy's cache of compiled statements goes with the engine: the 2,700
    statements of a daily run were all compiled anew.
    """

    @cached_property
    def _engine(self) -> Engine:
        return create_engine(self._conn_string, poolclass=NullPool, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        return inspect(self._engine).has_table(table_name)
