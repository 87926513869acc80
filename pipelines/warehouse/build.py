"""Creates and migrates the tables, views and macros of a warehouse file."""

from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Iterable, Mapping

import duckdb
import sqlglot
import sqlglot.expressions as exp

from pipelines.errors import WarehouseTooNew
from pipelines.warehouse.activities import activities_view
from pipelines.warehouse.schema import BY_NAME, SCHEMA_VERSION, SCHEMAS, TABLES, VIEWS
from pipelines.warehouse.table import Column, Table

HERE = Path(__file__).parent
MIGRATIONS = HERE / "migrations"
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
CONTACTS = BY_NAME["facts.contacts"]


def build(
    connection: duckdb.DuckDBPyConnection,
    version: int = SCHEMA_VERSION,
    migrations: Path = MIGRATIONS,
    *,
    commented: bool = True,
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
) -> None:
    """
    Bring the file to *version*: run the migrations it lacks, add tables and columns that are new, define views and macros.

    Without *commented*, tables and columns carry no comments, which take two thirds of the time. *attributes* are those that the settings
    declare, with their SQL types: further columns of facts.contacts.

    A file defined by this very schema is left alone. A new column needs a migration file only where it has a check or,
    on a table with rows, is never null. Raises WarehouseTooNew for a file of a later version, before touching anything.
    """
    found = state_of(connection)
    if found and found[0] > version:
        hint = "hint: upgrade relance, or restore a backup made with this version"
        raise WarehouseTooNew(f"the warehouse has schema version {found[0]}, this relance knows up to {version}\n  {hint}")
    defined = definition(commented, tuple(attributes.items()))
    wanted = (version, sha256(defined.encode()).hexdigest())
    if found == wanted:
        return
    connection.begin()
    try:
        for number in range((found[0] if found else version) + 1, version + 1):
            connection.execute((migrations / f"{number:04}.sql").read_text(encoding="utf-8"))
        _add_columns(connection)
        connection.execute(defined)
        connection.execute("delete from runs.schema where version = ?", [version])
        connection.execute("insert into runs.schema (version, definition) values (?, ?)", wanted)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@cache
def definition(commented: bool = True, attributes: tuple[tuple[str, str], ...] = ()) -> str:
    """Return the statements that define every table, comment, macro and view; running them again changes nothing."""
    unbound = "create or replace temp macro as_of() as timestamp '2000-01-01'"
    statements = [f"create schema if not exists {name}" for name in SCHEMAS]
    statements += [create_table(table) for table in TABLES]
    statements += [(HERE / "macros.sql").read_text(encoding="utf-8").rstrip(";\n")]
    views = (HERE / "views.sql").read_text(encoding="utf-8").rstrip(";\n")
    statements += [unbound, views, activities_view(), *_attributes_view(views, dict(attributes)), "drop macro temp.as_of"]
    if commented:
        kinds = (("table", TABLES), ("view", with_attributes(VIEWS, dict(attributes))))
        statements += [statement for kind, tables in kinds for table in tables for statement in _comments(table, kind)]
    return ";\n".join(statements)


def with_attributes(views: Iterable[Table], attributes: Mapping[str, str]) -> tuple[Table, ...]:
    """Return *views* as they are where *attributes* are declared: facts.contacts has a column for each. A name that it has already stays what it is."""
    return tuple(replace(view, columns=view.columns + _attribute_columns(attributes)) if view == CONTACTS else view for view in views)


def attribute_value(name: str, kind: str) -> exp.Expr:
    """Return the column that the attribute *name* is, out of the attributes that a row of facts.stored_contacts (called c) keeps."""
    text = exp.Anonymous(this="rl_json", expressions=[exp.column("attributes", table="c"), exp.Literal.string(name)])
    return exp.alias_(exp.TryCast(this=text, to=exp.DataType.build(kind, dialect="duckdb")), name, quoted=True)


def _attribute_columns(attributes: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "attribute that relance.toml declares") for name, kind in attributes.items() if name not in CONTACTS.column_names)


def _attributes_view(views: str, attributes: Mapping[str, str]) -> list[str]:
    """Return the statement that defines facts.contacts with a column for each attribute, out of the one in *views*; none where none is declared."""
    columns = _attribute_columns(attributes)
    if not columns:
        return []
    (view,) = (tree for tree in sqlglot.parse(views, dialect="duckdb") if isinstance(tree, exp.Create) and tree.this.sql() == CONTACTS.full_name)
    view.expression.select(*(attribute_value(column.name, column.type) for column in columns), copy=False)
    return [view.sql(dialect="duckdb", comments=False)]


def define_params(connection: duckdb.DuckDBPyConnection, params: Mapping[str, int | float]) -> None:
    """
    Define `param('name')` for the thresholds of the settings; any other name is an error when it is evaluated.

    Each is a DOUBLE: whole numbers beside fractions would be decimals, and every row compared with one would become a decimal first. The
    error is a cast of its words: `error()` answers differently each time for all the engine knows, and has no place inside TRY.
    """
    given = [exp.If(this=exp.Literal.string(name), true=exp.cast(exp.convert(value), "DOUBLE")) for name, value in sorted(params.items())]
    case = exp.Case(this=exp.column("name"), ifs=given)
    words = exp.Concat(expressions=[exp.Literal.string("unknown parameter "), exp.column("name")], safe=False, coalesce=False)
    unknown = exp.cast(words, "DOUBLE")
    case.set("default", unknown)
    body = case if params else unknown
    connection.execute(f"create or replace macro param(name) as {body.sql(dialect='duckdb')}")


def create_table(table: Table) -> str:
    """Return the statement that creates *table* with its constraints."""
    schema = exp.Schema(this=exp.table_(table.name, db=table.schema), expressions=[_column(column) for column in table.columns])
    return exp.Create(this=schema, kind="TABLE", exists=True).sql(dialect="duckdb")


def _column(column: Column) -> exp.ColumnDef:
    constraints = [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())] if column.required else []
    if column.check:
        constraints.append(exp.ColumnConstraint(kind=exp.CheckColumnConstraint(this=exp.maybe_parse(column.check, dialect="duckdb"))))
    return exp.ColumnDef(this=exp.to_identifier(column.name), kind=exp.DataType.build(column.type, dialect="duckdb"), constraints=constraints)


def _add_columns(connection: duckdb.DuckDBPyConnection) -> None:
    have = {(row[0], row[1]) for row in connection.execute("select table_schema || '.' || table_name, column_name from information_schema.columns").fetchall()}
    tables = {name for name, _ in have}
    for table in TABLES:
        for column in table.columns:
            if table.full_name in tables and (table.full_name, column.name) not in have:
                connection.execute(f"alter table {table.full_name} add column {_column(column).sql(dialect='duckdb')}")


def _comments(table: Table, kind: str) -> list[str]:
    named = [(f'column {table.full_name}."{column.name}"', column.comment) for column in table.columns]
    return [f"comment on {what} is {exp.Literal.string(text).sql(dialect='duckdb')}" for what, text in [(f"{kind} {table.full_name}", table.grain), *named]]


def state_of(connection: duckdb.DuckDBPyConnection) -> tuple[int, str] | None:
    """Return the version of a file's schema and the hash of what defined it; None where it has none."""
    exists = connection.execute("select 1 from information_schema.tables where table_schema = 'runs' and table_name = 'schema'").fetchone()
    row = connection.execute("select version, definition from runs.schema order by version desc limit 1").fetchone() if exists else None
    return (row[0], row[1]) if row else None
