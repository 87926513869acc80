"""Which columns the SELECT of a person's file names and gives, and which of them cannot be."""

from collections import Counter

import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipelines.errors import Problem, nearest
from pipelines.segments.reads import Known, full_name
from pipelines.warehouse.dialect import line_of

LATE = (exp.Group, exp.Having, exp.Order, exp.Qualify)
DICTIONARY = "docs/data_dictionary.md lists the columns"


def qualified(tree: exp.Query, known: Known) -> exp.Query | None:
    """Return *tree* with every star spelt out and every column behind its table; None where a column is not known."""
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
    """Name the columns that no table has, or that more than one has and nothing says which; a table not in *known* may have any."""
    try:
        scopes = traverse_scope(tree)
    except SqlglotError:
        return []
    named = [(column, scope) for scope in scopes for column in scope.columns if column.find_ancestor(exp.Select, exp.SetOperation) is scope.expression]
    found = {problem for column, scope in named if (problem := _column_problem(column, scope, file, known))}
    return sorted(found, key=lambda problem: (problem.line or 0, problem.text))


def _column_problem(column: exp.Column, scope: Scope, file: str, known: Known) -> Problem | None:
    wrong = _behind_a_table(column, scope, known) if column.table else _alone(column, scope, known)
    return Problem(file, line_of(column), *wrong) if wrong else None


def _behind_a_table(column: exp.Column, scope: Scope, known: Known) -> tuple[str, str] | None:
    sources = {name.lower(): source for level in reversed(_levels(scope)) for name, source in (_sources(level) | _filters(level)).items()}
    source = sources.get(column.table.lower())
    if source is None:
        typed = column.sql(dialect="duckdb", comments=False)
        return f"unknown table `{column.table}` in `{typed}`", nearest(column.table, sources) or f"the FROM names {', '.join(sorted(sources))}"
    columns = _columns_of(source, known)
    if columns is None or column.name.lower() in columns or isinstance(column.this, exp.Star):
        return None
    return f"unknown column `{column.name}` in {_source_name(source, column.table)}", nearest(column.name, columns) or DICTIONARY


def _alone(column: exp.Column, scope: Scope, known: Known) -> tuple[str, str] | None:
    name = column.name.lower()
    for level in _levels(scope):
        sources = _sources(level) | (_filters(level) if column.find_ancestor(exp.Join, exp.Select) is not level.expression else {})
        columns = {alias: _columns_of(source, known) for alias, source in sources.items()}
        owners = sorted(alias for alias, names in columns.items() if names is None or name in names)
        if len(owners) > 1 and None not in columns.values():
            return f"`{column.name}` is a column of {' and of '.join(owners)}", f"say which one: `{owners[0]}.{column.name}`"
        if owners:
            return None
    if name in {given.alias.lower() for given in getattr(scope.expression, "selects", []) if isinstance(given, exp.Alias)}:
        late = isinstance(column.find_ancestor(exp.Group, exp.Having, exp.Order, exp.Qualify, exp.Where, exp.Join, exp.Select), LATE)
        return None if late else (f"`{column.name}` is not known here yet: the SELECT gives that name", "repeat what it stands for, or give the name in a WITH")
    there = {other for source in _sources(scope).values() for other in _columns_of(source, known) or ()}
    where = ", ".join(sorted(_source_name(source, alias) for alias, source in _sources(scope).items()))
    return f"unknown column `{column.name}`" + (f" in {where}" if where else ""), nearest(column.name, there) or DICTIONARY


def _levels(scope: Scope) -> list[Scope]:
    """Return the scope, and those around it whose columns a subquery may name."""
    return [scope, *(_levels(scope.parent) if scope.is_subquery and scope.parent else [])]


def _sources(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """Return the tables and steps whose columns the SELECT may name."""
    return {name: source for name, (_, source) in scope.selected_sources.items()}


def _filters(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """Return the tables and steps of semi and anti joins, which only their own ON may name."""
    joins = (join for join in scope.expression.args.get("joins") or () if join.kind in ("SEMI", "ANTI"))
    return {join.this.alias_or_name: scope.sources.get(join.this.alias_or_name, join.this) for join in joins}


def _columns_of(source: exp.Expr | Scope, known: Known) -> set[str] | None:
    """Return the columns of a table or step; None where they are not known."""
    if isinstance(source, Scope):
        return _outputs(source, known)
    columns = known.get(full_name(source)) if isinstance(source, exp.Table) else None
    return None if columns is None else set(columns)


def _outputs(scope: Scope, known: Known) -> set[str] | None:
    if not isinstance(scope.expression, exp.Query):
        return None
    named = {name.lower() for name in scope.expression.named_selects}
    if not any(column.is_star for column in scope.expression.selects):
        return named
    starred = [_columns_of(source, known) for source in _sources(scope).values()]
    return None if None in starred else named.union(*filter(None, starred))


def _source_name(source: exp.Expr | Scope, alias: str) -> str:
    return full_name(source) if isinstance(source, exp.Table) else alias


def output_problems(tree: exp.Query, file: str, key: str = "contact_id", says: str = "who") -> list[Problem]:
    """Name what is wrong with the columns that *tree* gives, stars spelt out already; the column *key* *says* what each row is about."""
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
    if key not in names:
        given = ", ".join(filter(None, names)) or "nothing with a name"
        found.append(Problem(file, line, f"gives no {key}", f"it gives {given}: add the column that says {says}, `… as {key}`"))
    return found
