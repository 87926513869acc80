"""What an asset says about itself wherever it is shown: columns, the file it comes from, its owner, a table of rows."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.privacy.masking import masked_people
from pipelines.warehouse.table import Table

OWNER = re.compile(r"^([^@\s]+@[^@\s]+\.[^@\s]+|team:[\w-]+)$", re.ASCII)
TAG = re.compile(r"[^\w.-]+", re.ASCII)


def columns(table: Table) -> dg.TableSchema:
    """Return the columns of *table* with their comments, as the catalogue shows them."""
    constraints = {True: dg.TableColumnConstraints(nullable=False), False: dg.TableColumnConstraints()}
    return dg.TableSchema([dg.TableColumn(c.name, c.type, description=c.comment, constraints=constraints[c.required]) for c in table.columns])


def from_file(path: Path, line: int = 1) -> dg.CodeReferencesMetadataValue:
    """Return the link to the file a person would open to change the asset."""
    return dg.CodeReferencesMetadataValue(code_references=[dg.LocalFileCodeReference(file_path=str(path), line_number=line, label=path.name)])


def owners(*names: str) -> list[str]:
    """Return those of *names* that Dagster takes for an owner: an address or `team:name`."""
    return [name for name in names if OWNER.match(name)]


def tags(**values: str) -> dict[str, str]:
    return {name: TAG.sub("_", value)[:63] for name, value in values.items() if value}


def code(language: str, text: str) -> str:
    """Return *text* as a block of code in markdown, whatever it holds."""
    fence = "`" * max(3, *(len(found) + 1 for found in re.findall("`+", text) or [""]))
    return f"{fence}{language}\n{text.strip()}\n{fence}"


def shown_rows(rows: list[dict[str, Any]]) -> dg.MetadataValue:
    """Return *rows*, which are not about single people, as a table."""
    return dg.MetadataValue.md(table(rows[0], [list(row.values()) for row in rows]) if rows else "no rows")


def shown_people(rows: list[dict[str, Any]], words: Container[str] = frozenset()) -> dg.MetadataValue:
    """Return *rows* about people as a table that names none of them; text is shown of the columns *words* alone."""
    return shown_rows(masked_people(rows, words))


def table(names: Iterable[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table in markdown."""
    head = list(names)
    lines = [head, ["---"] * len(head), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def counted(values: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    """Return numbers that Dagster plots over the days."""
    return {name: dg.MetadataValue.int(int(value)) for name, value in values.items()}


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
