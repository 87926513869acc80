"""What the engine raises, told apart: a file or a statement at fault, or the machine."""

import re

import duckdb

EngineError = duckdb.Error

MACHINE = (
    duckdb.OutOfMemoryException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.TransactionException,
    duckdb.ConnectionException,
    duckdb.InterruptException,
)
UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:was )?not found|does not have a column named "([^"]+)"')


def blames_input(error: duckdb.Error) -> bool:
    """Return whether the file read or the statement run is at fault, and not memory, disk or the engine itself."""
    unwritable = isinstance(error, duckdb.IOException) and re.search("space left|could not write|failed to write", str(error), re.IGNORECASE)
    return not (isinstance(error, MACHINE) or unwritable)


def is_cast(error: duckdb.Error) -> bool:
    """Return whether a value could not become another type."""
    return isinstance(error, duckdb.ConversionException)


def first_words(error: duckdb.Error) -> str:
    """Return what the engine says in one line, without the name of the error's class."""
    return re.sub(r"^[\w ]+ Error: ", "", str(error).splitlines()[0]).rstrip("!")


def line_in_statement(error: duckdb.Error) -> int | None:
    """Return the line of the statement that the engine points at."""
    place = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    return int(place[1]) if place else None


def unknown_column(error: duckdb.Error) -> str | None:
    """Return the column that the engine did not find, where that is the error."""
    found = UNKNOWN_COLUMN.search(str(error))
    return found[1] or found[2] if found else None
