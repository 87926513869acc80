"""Portable SQL: what other engines would not understand in a statement, and the same statement in Spark's words."""

import logging
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Iterator, Mapping

import sqlglot
import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError, TokenError

from pipelines.errors import Problem, nearest
from pipelines.warehouse.portable import ALLOWED, CLOCK, DICE, FUNCTIONS, RULES, USE

# sqlglot logs "falling back to Command" for statements it only half knows; such a statement is refused below anyway.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

HERE = Path(__file__).parent
Macros = Mapping[str, tuple[tuple[str, ...], exp.Expr]]
"""Name → parameters and body."""

MACRO = re.compile(r"^create or replace macro (\w+)\(([^)]*)\) as\s+(.*?);$", re.DOTALL | re.MULTILINE)


def parse_sql(text: str, file: str) -> tuple[list[exp.Expr], list[Problem]]:
    """Return the statements of *text*, or one problem saying where it stops being readable."""
    try:
        return [tree for tree in sqlglot.parse(text, dialect="duckdb") if tree is not None and not isinstance(tree, exp.Semicolon)], []
    except TokenError:
        return [], [Problem(file, _line_never_closed(text), "does not parse: a quote or a comment is opened and never closed", "look for a ' or a \" too many")]
    except SqlglotError as error:
        place = getattr(error, "errors", None) or [{}]
        near = f" near `{place[0]['highlight']}`" if place[0].get("highlight") else ""
        return [], [
            Problem(file, place[0].get("line"), f"does not parse{near}", "look just before it for a missing comma, a missing bracket or a misspelt word")
        ]


def problems_of(tree: exp.Expr, file: str, text: str = "", *, parameters: bool = False, recursion: bool = False) -> list[Problem]:
    """
    Return what of *tree*, parsed in DuckDB's dialect from *text*, other engines would refuse or understand differently.

    *parameters* allows `$name`; *recursion* allows WITH RECURSIVE, for the one statement that walks scenarios.
    """
    found: list[Problem] = []
    refused: set[int] = set()
    for node in tree.walk():
        if id(node.parent) in refused:
            refused.add(id(node))
            continue
        wrong = _wrong(node, text, parameters, recursion)
        if wrong:
            refused.add(id(node))
            found.append(Problem(file, line_of(node, text), *wrong))
    return sorted(set(found), key=lambda problem: (problem.line or 0, problem.text))


def _line_never_closed(text: str) -> int | None:
    """Return the line where a quote or comment opens that nothing closes."""
    rest = re.sub(r"--[^\n]*|'[^']*'|\"[^\"]*\"|/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    opened = re.search(r"['\"]|/\*", rest)
    return rest.count("\n", 0, opened.start()) + 1 if opened else None


def line_of(node: exp.Expr, text: str = "") -> int | None:
    """Return the line *node* stands in: its own, that of the first word below it, or that of what it belongs to."""
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    if lines:
        return int(min(lines))
    first = re.match(r"\w+", node.sql(dialect="duckdb", comments=False))
    word = re.search(rf"^(?!\s*--).*?\b{first[0]}\b", text, re.IGNORECASE | re.MULTILINE) if first else None
    if word:
        return text.count("\n", 0, word.start()) + 1
    return line_of(node.parent) if node.parent else None


@cache
def macros(dialect: str = "duckdb") -> Macros:
    """Return the `rl_` macros in the words of a dialect, `duckdb` or `spark`."""
    path = HERE / ("macros.sql" if dialect == "duckdb" else f"macros.{dialect}.sql")
    return {
        name: (tuple(part.strip() for part in given.split(",")), sqlglot.parse_one(body, dialect=dialect))
        for name, given, body in MACRO.findall(path.read_text(encoding="utf-8"))
    }


def _wrong(node: exp.Expr, text: str, parameters: bool, recursion: bool) -> tuple[str, str] | None:
    if isinstance(node, exp.Anonymous):
        return _unknown_function(node, _typed(node, text))
    if isinstance(node, exp.DML):
        return f"`{node.key}` writes", "a query only reads"
    if type(node) not in ALLOWED:
        return _refused(_typed(node, text))
    if isinstance(node, exp.Placeholder) and not (parameters and node.this):
        return (
            f"`{node.sql(dialect='duckdb')}` is a parameter, which nobody fills in",
            "write param('name') for a threshold of the settings, as_of() for the instant of the tick",
        )
    if isinstance(node, exp.With) and node.args.get("recursive") and not recursion:
        return "`with recursive` is not in the portable SQL", "write the steps out, or one join more"
    return next(filter(None, (rule(node) for rule in RULES)), None)


def _unknown_function(node: exp.Anonymous, name: str) -> tuple[str, str] | None:
    if name in macros():
        wanted, given = len(macros()[name][0]), len(node.expressions)
        return None if wanted == given else (f"`{name}` takes {wanted} values, not {given}", f"write {name}({', '.join(macros()[name][0])})")
    match name, node.expressions:
        case "as_of", []:
            return None
        case "param", [exp.Literal(is_string=True)]:
            return None
        case "as_of", _:
            return "`as_of` takes no value", "write as_of()"
        case "param", _:
            return "`param` takes one name in quotes", "write for example param('lapsed_days')"
    return _refused(name)


def _refused(name: str) -> tuple[str, str]:
    if name in CLOCK:
        return f"`{name}` reads the clock: the same tick would answer differently tomorrow", "use as_of(), the instant of the tick"
    if name in DICE:
        return f"`{name}` answers differently each time", "use rl_bucket(contact_id, 100): a number from 0 to 99 that stays with the contact"
    if name.startswith(("read_", "parquet_scan", "glob", "sniff_csv", "sqlite_scan", "postgres_scan")):
        return f"`{name}` reads a file", "declare the file as a source in relance.toml and read shop.<table>"
    hint = f"use {USE[name]}" if name in USE else nearest(name, [*FUNCTIONS.values(), *macros(), "as_of", "param"])
    return f"`{name}` is not in the portable SQL", hint or "pipelines/warehouse/portable.py lists what is"


def _typed(node: exp.Expr, text: str) -> str:
    """Return the function's name as its author typed it, in lower case, or the start of what the node says."""
    if text and "start" in node.meta:
        return text[node.meta["start"] : node.meta["end"] + 1].lower()
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    said = re.sub(r"\s+", " ", node.sql(dialect="duckdb", comments=False))
    if isinstance(node, exp.Func):
        return said.split("(")[0].lower()
    return said if len(said) <= 40 else said[:39] + "…"


def queries_of(text: str) -> Iterator[exp.Query]:
    """
    Yield the queries of a `.sql` file: what fills each table, view or insert, what an update writes, what a delete takes away.

    How a table is written differs by engine and is the engine's own affair. Raises ValueError for other statements.
    """
    for tree in sqlglot.parse(text, dialect="duckdb"):
        match tree:
            case exp.Query() | exp.Create(expression=exp.Query()) | exp.Insert(expression=exp.Query()):
                yield tree if isinstance(tree, exp.Query) else tree.expression
            case exp.Delete(this=exp.Table() as table):
                yield exp.select("1").from_(table.copy()).where(_condition(tree))
            case exp.Update(this=exp.Table() as table):
                yield _updated(tree, table)
            case None | exp.Semicolon() | exp.Drop() | exp.Insert(expression=exp.Values()) | exp.Create(kind="TABLE"):
                continue
            case _:
                raise ValueError(f"no query in `{tree.sql(dialect='duckdb', comments=False)[:80]}`")


def _updated(update: exp.Update, table: exp.Table) -> exp.Select:
    source = update.args.get("from_")
    values = [exp.alias_(pair.expression.copy(), pair.this.name) for pair in update.expressions]
    rows = exp.select(*values).from_(table.copy()).where(_condition(update))
    return rows.join(source.this.copy()) if source else rows


def _condition(statement: exp.Expr) -> exp.Expr:
    where = statement.args.get("where")
    return where.this.copy() if where else exp.true()


def to_spark(sql: str | exp.Query, as_of: datetime | None = None, params: Mapping[str, int | float] | None = None) -> str:
    """
    Return a portable query in Spark's words, with the instant of the tick and the thresholds written in.

    Without *as_of* it stays the named parameter `:as_of`. Raises KeyError for a threshold that *params* lacks.
    """
    tree = sqlglot.parse_one(sql, dialect="duckdb") if isinstance(sql, str) else sql.copy()
    spark = {**macros(), **macros("spark")}
    for call in reversed(list(tree.find_all(exp.Anonymous))):
        match call.name.lower(), call.expressions:
            case "as_of", []:
                call.replace(exp.cast(exp.Literal.string(as_of.isoformat(sep=" ")), exp.DType.TIMESTAMPNTZ) if as_of else exp.Placeholder(this="as_of"))
            case "param", [name]:
                call.replace(exp.convert((params or {})[name.name]))
            case name, arguments if name in spark:
                call.replace(_expanded(*spark[name], arguments))
    return tree.transform(_spark_json).sql(dialect="spark", pretty=True, comments=False)


def _expanded(names: tuple[str, ...], body: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    given = {name: _enclosed(argument) for name, argument in zip(names, arguments, strict=True)}
    return _enclosed(body.transform(lambda node: given[node.name].copy() if isinstance(node, exp.Column) and node.name in given else node))


def _enclosed(value: exp.Expr) -> exp.Expr:
    plain = isinstance(value, (exp.Paren, exp.JSONExtract, exp.JSONExtractScalar)) or not isinstance(value, (exp.Binary, exp.Unary, exp.Between, exp.In))
    return value.copy() if plain else exp.paren(value)


def _spark_json(node: exp.Expr) -> exp.Expr:
    """Spark keeps JSON as text; its to_json leaves nulls out unless told otherwise."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.JSON:
        return exp.DataType.build("text")
    if isinstance(node, exp.JSONObject):
        fields = [part for pair in node.expressions for part in (pair.this, pair.expression)]
        options = exp.Anonymous(this="map", expressions=[exp.Literal.string("ignoreNullFields"), exp.Literal.string("false")])
        return exp.Anonymous(this="to_json", expressions=[exp.Anonymous(this="named_struct", expressions=fields), options])
    return node
