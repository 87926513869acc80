"""What the engine raises: whose fault it is, and what it says in words a person can act on."""

import re
from dataclasses import dataclass

import duckdb

from pipelines.errors import valueless
from pipelines.warehouse.duckdb import UNWRITABLE, Warehouse

EngineError = duckdb.Error
"""Whatever the engine raises."""

StatementError = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.OutOfMemoryException)
"""What the engine raises for a statement that is itself at fault, be it by asking for too much: not for a full disk or an interrupted run."""

MACHINE = (
    duckdb.OutOfMemoryException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.TransactionException,
    duckdb.ConnectionException,
    duckdb.InterruptException,
)
OF_STATEMENTS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException, duckdb.IOException)
"""What quotes the statement, or a file of the system; anything else may quote what stands in a row."""
UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:was )?not found|does not have a column named "([^"]+)"')


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


def refusal(error: duckdb.Error, *, quoting: bool = False) -> Refusal:
    """Return an engine's error without its class name, caret and second opinions; *quoting* the values of rows only for who keeps it beside the row."""
    said = re.sub(r"^[\w ]+ Error: ", "", str(error))
    line = re.search(r"^LINE (\d+):", said, re.MULTILINE)
    words = said[: line.start() if line else None]
    if not quoting and not isinstance(error, OF_STATEMENTS):
        words = valueless(words, "`…`")
    first, *more = [part for part in words.splitlines() if part.strip()] or ["refused"]
    hint = next((part for part in more if part.startswith(("Did you mean", "Candidate", "Either"))), "")
    hint = hint.removeprefix("Either ").split(", or use ANY_VALUE")[0]
    return Refusal(_quoted(first.rstrip("!. ")), _quoted(hint[:1].lower() + hint[1:]), int(line[1]) if line else None)


def _quoted(text: str) -> str:
    return re.sub(r'"([^"]*)"', r"`\1`", text)


def blames_input(error: duckdb.Error) -> bool:
    """Return whether the file read or the statement run is at fault, and not memory, disk or the engine itself."""
    unwritable = isinstance(error, duckdb.IOException) and UNWRITABLE.search(str(error))
    return not (isinstance(error, MACHINE) or unwritable)


def is_cast(error: duckdb.Error) -> bool:
    """Return whether a value could not become another type."""
    return isinstance(error, duckdb.ConversionException)


def unknown_column(error: duckdb.Error) -> str | None:
    """Return the column that the engine did not find, where that is the error."""
    found = UNKNOWN_COLUMN.search(str(error))
    return found[1] or found[2] if found else None
