"""What the engine says about a statement, in words a person can act on; and what running it may raise."""

import re
from dataclasses import dataclass

import duckdb

from pipelines.warehouse.duckdb import Warehouse

StatementError = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.OutOfMemoryException)
"""What the engine raises for a statement that is itself at fault: not for a full disk or an interrupted run."""


@dataclass(frozen=True)
class Refusal:
    """Why the engine refuses a statement. `line` counts from the statement's first line."""

    text: str
    hint: str = ""
    line: int | None = None


def refusal_of(warehouse: Warehouse, sql: str) -> Refusal | None:
    """Return why the engine would not run *sql*, or None where it would. Nothing is read."""
    try:
        warehouse.rows("explain " + sql)
    except duckdb.Error as error:
        return refusal(error)
    return None


def refusal(error: duckdb.Error) -> Refusal:
    """Return an engine's error without its class name, caret and second opinions."""
    said = re.sub(r"^[\w ]+ Error: ", "", str(error))
    line = re.search(r"^LINE (\d+):", said, re.MULTILINE)
    first, *more = [part for part in said[: line.start() if line else None].splitlines() if part.strip()] or ["refused"]
    hint = next((part for part in more if part.startswith(("Did you mean", "Candidate", "Either"))), "")
    hint = hint.removeprefix("Either ").split(", or use ANY_VALUE")[0]
    return Refusal(_quoted(first.rstrip("!. ")), _quoted(hint[:1].lower() + hint[1:]), int(line[1]) if line else None)


def _quoted(text: str) -> str:
    return re.sub(r'"([^"]*)"', r"`\1`", text)
