"""A file as a relation: whatever its format, the engine sees `source_rows` with the file's own columns and the line of each row."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Iterator, Sequence

import sqlglot.expressions as exp

from pipelines.errors import SourceRefused
from pipelines.settings import Project, SourceSettings
from pipelines.sources.mapping import FILE_LINE
from pipelines.sources.text_lines import header_of, rewrite
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.engine_errors import EngineError, blames_input, first_words

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Opened:
    """A file that `source_rows` stands for. `torn` counts lines that are no row; they are in the table of that name, with their reasons."""

    columns: tuple[str, ...]
    rows: int
    torn: int
    last_line: int


@contextmanager
def fault_of_the_file(what: str = "cannot be read") -> Iterator[None]:
    """Turn what the engine or the file system says about a file into SourceRefused; what memory or disk lack stays an error of the run."""
    try:
        yield
    except OSError as error:
        raise SourceRefused(f"{what}: {error.strerror or error}") from None
    except EngineError as error:
        if not blames_input(error):
            raise
        raise SourceRefused(f"{what}: {first_words(error)}") from None


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
    path.open("rb").close()
    warehouse.run("set variable source_file = $path", path=str(path))
    warehouse.run(HERE / "open_parquet.sql")


def _open_text(warehouse: Warehouse, project: Project, source: SourceSettings, path: Path) -> None:
    project.state_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="reading-", dir=project.state_folder) as folder:
        text = rewrite(path, source, Path(folder))
        files = {"rows": str(text.rows), "torn": str(text.torn)}
        warehouse.run(HERE / "open_csv.sql", **files, delimiter=text.delimiter, quote=text.quote, columns=_text_types(text.columns))
    if source.format == "jsonl":
        keys = [row[0] for row in warehouse.rows(HERE / "open_json.sql")]
        if doubles := {key for key in keys if [other.casefold() for other in keys].count(key.casefold()) > 1}:
            raise SourceRefused(f"has keys that differ only in case: {', '.join(sorted(doubles))}")
        warehouse.run(HERE / "json_columns.sql", structure=json.dumps(dict.fromkeys(keys, "VARCHAR")))


def _own_columns(warehouse: Warehouse) -> tuple[str, ...]:
    return tuple(row[0] for row in warehouse.rows("describe source_rows") if row[0] != FILE_LINE)


def _text_types(columns: Sequence[str]) -> dict[str, str]:
    return {FILE_LINE: "BIGINT", **dict.fromkeys(columns, "VARCHAR")}
