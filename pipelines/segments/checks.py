"""What makes a segment's SQL unusable: each function looks for one kind of problem and names every place of it."""

import re
from collections import Counter
from typing import Iterable, Iterator, Mapping

import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipelines.errors import Problem, nearest
from pipelines.warehouse.dialect import line_of, parse_sql, problems_of

Known = Mapping[str, Mapping[str, str]]
"""Tables that segments may read, `schema.table`, with their columns and types."""

READABLE = ("facts", "shop", "segments")
ONLY_READS = "a segment reads facts.*, shop.* and segments.* only"


def read_statement(text: str, file: str) -> tuple[exp.Query | None, list[Problem]]:
    """Return the one SELECT of a segment's *text*, or what it holds instead."""
    trees, problems = parse_sql(text, file)
    if problems:
        return None, problems
    if not trees:
        return None, [Problem(file, None, "holds no SELECT", "write one SELECT giving contact_id")]
    for tree in trees:
        if not isinstance(tree, exp.Query):
            word = tree.sql(dialect="duckdb").split(maxsplit=1)[0].lower()
            problems.append(Problem(file, line_of(tree, text), f"`{word}` is not a SELECT", "a segment only reads: write one SELECT giving contact_id"))
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
    """Return the tables of facts and shop that *tree* reads, as `schema.table`, in alphabetical order."""
    return tuple(sorted({_full_name(table) for table in _tables(tree) if table.db.lower() != "segments"}))


def params_read(tree: exp.Expr) -> tuple[str, ...]:
    """Return the thresholds that *tree* uses, in alphabetical order."""
    return tuple(sorted({call.expressions[0].name for call in _param_calls(tree)}))


def param_problems(tree: exp.Expr, file: str, params: Iterable[str]) -> list[Problem]:
    """Name the thresholds that the settings do not have."""
    known = set(params)
    return [
        Problem(
            file,
            line_of(call),
            f"unknown threshold `{call.expressions[0].name}`",
            nearest(call.expressions[0].name, known) or f"add `{call.expressions[0].name} = …` under [params] in relance.toml",
        )
        for call in _param_calls(tree)
        if call.expressions[0].name not in known
    ]


def table_problems(tree: exp.Expr, file: str, known: Known, segments: Iterable[str]) -> list[Problem]:
    """Name the tables that do not exist or are not for segments to read."""
    tables = {*known, *(f"segments.{name}" for name in segments)}
    return [Problem(file, line_of(table), *wrong) for table in _tables(tree) if (wrong := _wrong_table(table, tables))]


def _wrong_table(table: exp.Table, known: set[str]) -> tuple[str, str] | None:
    name = _full_name(table)
    if not table.db and re.search(r"[./*\\]", table.name):
        return f"`'{table.name}'` reads a file", "declare the file as a source in relance.toml and read shop.<table>"
    if not table.db:
        return f"table `{name}` lacks its schema", _either(other for other in known if other.split(".")[1] == name) or nearest(
            f"facts.{name}", known
        ) or ONLY_READS
    if table.catalog or table.db.lower() not in READABLE:
        return f"`{table.sql(dialect='duckdb', comments=False).split(' ')[0]}` is not for segments to read", _either(
            {f"shop.{table.name}"} & known
        ) or ONLY_READS
    if name not in known:
        return f"unknown table `{name}`", nearest(
            name, known
        ) or f"{table.db.lower()} has {', '.join(sorted(other for other in known if other.startswith(table.db.lower() + '.')))}"
    return None


def _either(names: Iterable[str]) -> str:
    found = sorted(names)
    return f"write {' or '.join(found)}" if found else ""


def qualified(tree: exp.Query, known: Known) -> exp.Query | None:
    """Return *tree* with every star spelt out and every column behind its table; None where that cannot be told."""
    schema: dict[str, object] = {}
    for name, columns in known.items():
        part = schema.setdefault(name.split(".")[0], {})
        assert isinstance(part, dict)
        part[name.split(".")[1]] = dict(columns)
    try:
        return qualify(
            tree.copy(), dialect="duckdb", schema=schema, validate_qualify_columns=False, quote_identifiers=False, identify=False, expand_alias_refs=False
        )
    except SqlglotError:
        return None


def column_problems(tree: exp.Query, file: str, known: Known) -> list[Problem]:
    """Name the columns that the tables of a qualified *tree* do not have."""
    return sorted({problem for scope in traverse_scope(tree) for problem in _unknown_columns(scope, file, known)})


def _unknown_columns(scope: Scope, file: str, known: Known) -> Iterator[Problem]:
    columns = {name: _columns_of(source, known) for name, source in scope.sources.items()}
    for column in scope.columns:
        if column.table and column.table not in columns:
            yield Problem(
                file,
                line_of(column),
                f"unknown table `{column.table}` in `{column.sql(dialect='duckdb')}`",
                nearest(column.table, columns) or f"the FROM names {', '.join(sorted(columns))}",
            )
        elif column.table and column.name not in columns[column.table]:
            yield Problem(
                file,
                line_of(column),
                f"unknown column `{column.name}` in {_source_name(scope.sources[column.table], column.table)}",
                _hint(column, scope, columns[column.table]),
            )
        elif not column.table and not _names_an_output(column, scope):
            where = ", ".join(sorted(_source_name(source, name) for name, source in scope.sources.items()))
            yield Problem(
                file,
                line_of(column),
                f"unknown column `{column.name}` in {where}",
                _hint(column, scope, {name for names in columns.values() for name in names}),
            )


def _columns_of(source: exp.Expr | Scope, known: Known) -> set[str]:
    if isinstance(source, Scope):
        return _outputs(source)
    return set(known.get(_full_name(source), {})) if isinstance(source, exp.Table) else set()


def _outputs(scope: Scope) -> set[str]:
    return {name.lower() for name in scope.expression.named_selects} if isinstance(scope.expression, exp.Query) else set()


def _source_name(source: exp.Expr | Scope, alias: str) -> str:
    return _full_name(source) if isinstance(source, exp.Table) else alias


def _hint(column: exp.Column, scope: Scope, known: Iterable[str]) -> str:
    if column.name.lower() in _outputs(scope):
        return "a name given in the SELECT is not known here yet: repeat what it stands for, or use a WITH"
    return nearest(column.name, known) or "docs/data_dictionary.md lists the columns"


def _names_an_output(column: exp.Column, scope: Scope) -> bool:
    late = column.find_ancestor(exp.Group, exp.Having, exp.Order, exp.Qualify, exp.Where, exp.Join)
    return isinstance(late, (exp.Group, exp.Having, exp.Order, exp.Qualify)) and column.name.lower() in _outputs(scope)


def output_problems(tree: exp.Query, file: str) -> list[Problem]:
    """Name what is wrong with the columns that *tree* gives; its stars are spelt out already."""
    names = [name.lower() for name in tree.named_selects]
    line = line_of(tree)
    found = [
        Problem(file, line_of(column), f"column {number} has no name", "write `… as some_name` after it")
        for number, column in enumerate(tree.selects, 1)
        if not column.alias_or_name
    ]
    found += [
        Problem(file, line, f"gives two columns called {name}", "keep one, or give the other a name of its own")
        for name, count in Counter(filter(None, names)).items()
        if count > 1
    ]
    if "contact_id" not in names:
        found.append(
            Problem(
                file,
                line,
                "gives no contact_id",
                f"it gives {', '.join(filter(None, names)) or 'nothing with a name'}: add the column that says who, `… as contact_id`",
            )
        )
    if "entered_at" in names:
        found.append(Problem(file, line, "gives a column called entered_at", "relance itself says since when a contact is a member: choose another name"))
    return found


def _tables(tree: exp.Expr) -> list[exp.Table]:
    steps = {step.alias_or_name.lower() for step in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier) and (table.db or table.name.lower() not in steps)]


def _full_name(table: exp.Table) -> str:
    return ".".join(part.lower() for part in (table.db, table.name) if part)


def _param_calls(tree: exp.Expr) -> list[exp.Anonymous]:
    return [call for call in tree.find_all(exp.Anonymous) if call.name.lower() == "param" and [type(given) for given in call.expressions] == [exp.Literal]]
