"""What the SELECT of a person's file is made of: its one statement, the tables, segments and thresholds it reads, and those that it may not."""

import re
from typing import Iterable, Mapping

import sqlglot.expressions as exp

from pipelines.errors import Problem, nearest
from pipelines.settings import Settings
from pipelines.warehouse.build import with_attributes
from pipelines.warehouse.dialect import line_of, parse_sql, problems_of
from pipelines.warehouse.schema import BY_NAME, TABLES, VIEWS

Known = Mapping[str, Mapping[str, str]]
"""Tables that may be read, `schema.table`, with their columns and types."""

READABLE = ("facts", "shop", "segments", "calendar")
ONLY_READS = "read facts.*, shop.*, segments.* and calendar.* only"
AS_SOURCE = "declare the file as a source in relance.toml and read shop.<table>"


def readable(settings: Settings) -> dict[str, Mapping[str, str]]:
    """Return the tables that a person's file may read, segments aside, with their columns; those of facts.contacts with the declared attributes."""
    given = (*with_attributes(VIEWS, settings.attribute_types), *(table for table in TABLES if table.schema == "calendar"))
    return {table.full_name: {column.name: column.type for column in table.columns} for table in given}


def read_statement(text: str, file: str, key: str = "contact_id") -> tuple[exp.Query | None, list[Problem]]:
    """Return the one SELECT of *text*, whose rows are known by the column *key*, or what it holds instead."""
    trees, problems = parse_sql(text, file)
    if problems:
        return None, problems
    if not trees:
        return None, [Problem(file, None, "holds no SELECT", f"write one SELECT giving {key}")]
    for tree in trees:
        if not isinstance(tree, exp.Query):
            word = tree.sql(dialect="duckdb", comments=False).split(maxsplit=1)[0].lower()
            problems.append(Problem(file, line_of(tree, text), f"`{word}` is not a SELECT", f"nothing but one SELECT is run here: it gives {key}"))
    if len(trees) > 1:
        problems.append(Problem(file, line_of(trees[1], text), f"holds {len(trees)} statements", "keep one SELECT; a WITH can hold its steps"))
    tree = trees[0]
    if problems or not isinstance(tree, exp.Query):
        return None, problems
    return tree, problems_of(tree, file, text)


def segments_read(tree: exp.Expr) -> tuple[str, ...]:
    """Return the names of the segments that *tree* reads, in alphabetical order."""
    return tuple(sorted({table.name.lower() for table in _tables(tree) if table.db.lower() == "segments"}))


def tables_read(tree: exp.Expr) -> tuple[str, ...]:
    """Return the tables of facts, shop and calendar that *tree* reads, as `schema.table`, in alphabetical order."""
    return tuple(sorted({full_name(table) for table in _tables(tree) if table.db.lower() != "segments"}))


def params_read(tree: exp.Expr) -> tuple[str, ...]:
    """Return the thresholds that *tree* uses, in alphabetical order."""
    return tuple(sorted({call.expressions[0].name for call in _param_calls(tree)}))


def param_problems(tree: exp.Expr, file: str, params: Iterable[str]) -> list[Problem]:
    """Name the thresholds that the settings do not have."""
    known = set(params)
    unknown = [(line_of(call), call.expressions[0].name) for call in _param_calls(tree) if call.expressions[0].name not in known]
    return [
        Problem(file, line, f"unknown threshold `{name}`", nearest(name, known) or f"add `{name} = …` under [params] in relance.toml") for line, name in unknown
    ]


def table_problems(tree: exp.Expr, file: str, known: Known, segments: Iterable[str]) -> list[Problem]:
    """Name the tables that do not exist or may not be read."""
    tables = {*known, *(f"segments.{name}" for name in segments)}
    return [Problem(file, line_of(table), *wrong) for table in _tables(tree) if (wrong := _wrong_table(table, tables))]


def _wrong_table(table: exp.Table, known: set[str]) -> tuple[str, str] | None:
    name, schema = full_name(table), table.db.lower()
    if name in known and not table.catalog:
        return None
    if not schema and re.search(r"[./*\\]", table.name):
        return f"`'{table.name}'` reads a file", AS_SOURCE
    if not schema:
        same = sorted(other for other in known if other.endswith(f".{name}"))
        return f"table `{name}` lacks its schema", _write(same) or nearest(f"facts.{name}", known) or ONLY_READS
    if table.catalog or schema not in READABLE or name in BY_NAME:
        typed = table.sql(dialect="duckdb", comments=False).split(" ")[0]
        return f"`{typed}` may not be read", _write(sorted({name, f"shop.{table.name.lower()}"} & known)) or ONLY_READS
    there = ", ".join(sorted(other for other in known if other.startswith(f"{schema}.")))
    return f"unknown table `{name}`", nearest(name, known) or f"there are {there or 'no segments yet'}"


def _write(names: list[str]) -> str:
    return f"write {' or '.join(names)}" if names else ""


def _tables(tree: exp.Expr) -> list[exp.Table]:
    steps = {step.alias_or_name.lower() for step in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier) and (table.db or table.name.lower() not in steps)]


def full_name(table: exp.Table) -> str:
    """Return `schema.table` in lower case, or `table` alone where the schema is missing."""
    return ".".join(part.lower() for part in (table.db, table.name) if part)


def _param_calls(tree: exp.Expr) -> list[exp.Anonymous]:
    return [call for call in tree.find_all(exp.Anonymous) if call.name.lower() == "param" and [type(given) for given in call.expressions] == [exp.Literal]]
