"""A file as a relation: whatever its format, the engine sees `source_rows` with the file's own columns and the line of each row."""

import errno
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence

import sqlglot.expressions as exp

from pipelines.errors import SourceRefused
from pipelines.settings import Project, SourceSettings
from pipelines.sources.mapping import FILE_LINE
from pipelines.sources.text_lines import header_of, rewrite
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.engine_errors import EngineError, blames_input, is_cast, refusal

HERE = Path(__file__).parent
MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EROFS}
PARQUET = b"PAR1"
"""First and last bytes of every Parquet file."""


@dataclass(frozen=True)
class Opened:
    """A file that `source_rows` stands for. `torn` counts lines that are no row; they are in the table of that name, with their reasons."""

    columns: tuple[str, ...]
    rows: int
    torn: int
    last_line: int


@contextmanager
def fault_of_the_file(mapping: str = "") -> Iterator[None]:
    """Turn what the engine or the file system says of a file, or of a *mapping* of it, into SourceRefused; a lack of memory or disk stays an error."""
    what = f"cannot be read through {mapping}" if mapping else "cannot be read"
    try:
        yield
    except OSError as error:
        if error.errno in MACHINE:
            raise
        raise SourceRefused(f"{what}: {error.strerror or error}") from None
    except EngineError as error:
        if not blames_input(error):
            raise
        hint = "; without the cast in the mapping, only such rows are refused" if mapping and is_cast(error) else ""
        raise SourceRefused(f"{what}: {refusal(error).text}{hint}") from None


def open_file(warehouse: Warehouse, project: Project, source: SourceSettings, path: Path) -> Opened:
    """Make `source_rows` and `torn` of the file at *path*; raise SourceRefused where it is not what the source says."""
    with fault_of_the_file():
        match source.format:
            case "parquet":
                _open_parquet(warehouse, path)
            case "csv" | "jsonl":
                _open_text(warehouse, project, source, path)
        columns = _own_columns(warehouse)
        rows, last, torn = warehouse.rows("select count(*), coalesce(max(file_line), 0), (select count(*) from torn) from source_rows")[0]
    return Opened(columns, rows, torn, last)


def columns_of(warehouse: Warehouse, source: SourceSettings, path: Path) -> tuple[str, ...]:
    """Return the columns of a CSV or Parquet file without reading its rows; raise SourceRefused where it cannot be read."""
    with fault_of_the_file():
        if source.format == "csv":
            return header_of(path, source)
        return tuple(row[0] for row in warehouse.rows("select name from parquet_schema($path) where num_children is null", path=str(path)))


def sketch_file(warehouse: Warehouse, source: SourceSettings, path: Path) -> tuple[str, ...]:
    """Make `source_rows` of a CSV or Parquet file's columns without its rows, and return them; raise SourceRefused where it cannot be read."""
    if source.format == "parquet":
        with fault_of_the_file():
            _open_parquet(warehouse, path)
            return _own_columns(warehouse)
    columns = columns_of(warehouse, source, path)
    nothing = exp.select(*(exp.alias_(exp.cast(exp.null(), kind), name, quoted=True) for name, kind in _text_types(columns).items())).where("false")
    warehouse.run("create or replace temp view source_rows as " + nothing.sql(dialect="duckdb"))
    return columns


def define_source(warehouse: Warehouse, absent: Sequence[str] = ()) -> None:
    """Define `source`, which mappings read: the part of `source_rows` under way, and keys that no object of the file has."""
    nulls = [exp.alias_(exp.cast(exp.null(), "varchar"), name, quoted=True) for name in absent]
    part = "file_line between getvariable('first_line') and getvariable('last_line')"
    warehouse.run("create or replace temp view source as " + exp.select("*", *nulls).from_("source_rows").where(part, dialect="duckdb").sql(dialect="duckdb"))


def show_lines(warehouse: Warehouse, first: int, last: int) -> None:
    """Let `source` be the rows from line *first* to line *last*."""
    warehouse.run("set variable first_line = $first", first=first)
    warehouse.run("set variable last_line = $last", last=last)


def _open_parquet(warehouse: Warehouse, path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != PARQUET:
            raise SourceRefused("is not a Parquet file")
        file.seek(-4, os.SEEK_END)
        if file.read(4) != PARQUET:
            raise SourceRefused("is a Parquet file cut short: its end is missing")
    warehouse.run("set variable source_file = $path", path=str(path))
    warehouse.run(HERE / "open_parquet.sql")


def _open_text(warehouse: Warehouse, project: Project, source: SourceSettings, path: Path) -> None:
    with _scratch(project) as folder:
        text = rewrite(path, source, folder)
        files = {"rows": str(text.rows), "torn": str(text.torn)}
        warehouse.run(HERE / "open_csv.sql", **files, delimiter=text.delimiter, quote=text.quote, columns=_text_types(text.columns))
    if source.format == "jsonl":
        keys = [row[0] for row in warehouse.rows(HERE / "open_json.sql") if row[0].casefold() != FILE_LINE]
        if doubles := {key for key in keys if [other.casefold() for other in keys].count(key.casefold()) > 1}:
            raise SourceRefused(f"has keys that differ only in case: {', '.join(sorted(doubles))}")
        if keys:
            warehouse.run(HERE / "json_columns.sql", structure=json.dumps(dict.fromkeys(keys, "VARCHAR")))
        else:
            warehouse.run("create or replace temp view source_rows as select file_line from objects")


@contextmanager
def _scratch(project: Project) -> Iterator[Path]:
    """A folder for one file's rewriting; what a killed run left there goes first."""
    folder = project.state_folder / "reading"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _own_columns(warehouse: Warehouse) -> tuple[str, ...]:
    return tuple(row[0] for row in warehouse.rows("describe source_rows") if row[0] != FILE_LINE)


def _text_types(columns: Sequence[str]) -> dict[str, str]:
    return {FILE_LINE: "BIGINT", **dict.fromkeys(columns, "VARCHAR")}
