"""What people's SQL compares must be of one kind: the engine would read text as a number without being told, and fail at the first word."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlglot.expressions as exp

from pipelines.errors import Problem, nearest
from pipelines.scenarios import model as m
from pipelines.scenarios.compile_entry import trigger_row
from pipelines.scenarios.expressions import About, Values, WhereError, parse_condition, trigger_values, types_of_activities, types_of_contact
from pipelines.scenarios.odd_values import Kind, compared, kind_of, kind_of_type
from pipelines.scenarios.references import asked_of_activities
from pipelines.scenarios.tree import conditions
from pipelines.scenarios.yaml_file import Path_, YamlFile
from pipelines.warehouse.dialect import problems_of
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import refusal_of

ANY_INSTANT = datetime(2000, 1, 1)
HINT = "where kinds differ, write `cast(x as double)`, `as date` or `as varchar`: what is none is nothing there"
CASTS: Mapping[Kind, str] = {"number": "double", "date": "date", "yes or no": "boolean", "text": "varchar"}


@dataclass(frozen=True)
class Engine:
    """What is asked about types, `opened` when something must be; `params` are the thresholds of the settings."""

    opened: Callable[[], Warehouse]
    params: frozenset[str]


@contextmanager
def engine_with(params: Mapping[str, int | float], attributes: Values) -> Iterator[Engine]:
    """Return an engine with these thresholds and attributes; most conditions need none."""
    with ExitStack() as stack:

        @cache
        def opened() -> Warehouse:
            warehouse = stack.enter_context(memory_warehouse(params, attributes))
            stack.enter_context(warehouse.at(ANY_INSTANT))
            return warehouse

        yield Engine(opened, frozenset(params))


def type_problems(scenario: m.Scenario, yaml: YamlFile, attributes: Values, engine: Engine) -> Iterator[Problem]:
    """Yield a problem for every `where:` of *scenario* that compares what cannot be compared; those that `reference_problems` names are left to it."""
    for place, where, types in _wheres(scenario, attributes):
        for text, hint in wrong_kinds(tree, types, engine) if (tree := _readable(where, types)) else ():
            yield Problem(yaml.name, yaml.line(place), text, hint)


def _readable(where: str, types: Values) -> exp.Expr | None:
    """Return *where* as a tree, None where it does not parse, is not portable or names a column that there is not."""
    try:
        tree = parse_condition(where)
    except WhereError:
        return None
    unknown = any(column.sql() not in types for column in tree.find_all(exp.Column))
    return None if unknown or problems_of(tree, "") else tree


def _wheres(scenario: m.Scenario, attributes: Values) -> Iterator[tuple[Path_, str, Values]]:
    trigger, row = scenario.trigger, trigger_row(scenario.trigger)
    brought = trigger_values(row.kind, row.activities.split(",") if row.activities else (), row.source)
    match trigger:
        case m.ActivityTrigger(where=str(where)):
            yield ("trigger", "where"), where, types_of_activities(trigger.activity)
        case m.DateTrigger(where=str(where)):
            yield ("trigger", "where"), where, trigger.carried_by.columns
        case _:
            pass
    if scenario.audience.where:
        yield ("audience", "where"), scenario.audience.where, types_of_contact(About({}, attributes))
    for place, names, asked in asked_of_activities(scenario):
        if asked:
            yield (*place, "where"), asked, types_of_activities(names)
    for place, condition in conditions(scenario.steps):
        if condition.where:
            yield (*place, "where"), condition.where, types_of_contact(About(brought, attributes))


def wrong_kinds(tree: exp.Expr, types: Values, engine: Engine, *, condition: bool = True) -> Iterator[tuple[str, str]]:
    """
    Yield what is wrong with *tree*, over columns of these *types* by their names as written: a sentence and its hint.

    A *condition* must be yes or no.
    """
    kind = kind_of(tree, types)
    if kind == "yes or no" or (kind and not condition):
        return
    if unknown := [name for name in _params(tree) if name not in engine.params]:
        yield f"unknown threshold `{unknown[0]}`", nearest(unknown[0], engine.params) or f"add `{unknown[0]} = …` under [params] in relance.toml"
        return
    warehouse = engine.opened()
    columns = [exp.alias_(exp.cast(exp.null(), kind), name, quoted=True) for name, kind in types.items()]
    rows = exp.select(*columns).subquery("r")
    asked = tree.transform(lambda node: exp.column(node.sql(dialect="duckdb"), quoted=True) if isinstance(node, exp.Column) else node)
    if refused := refusal_of(warehouse, exp.select("1").from_(rows).where(exp.func("coalesce", asked, exp.null()).is_(exp.null())).sql(dialect="duckdb")):
        yield refused.text, refused.hint or HINT
        return
    yield from dict.fromkeys(_Judge(warehouse, rows).wrongs(tree, asked, condition=condition))


class _Judge:
    """Asks the engine for the types of parts of one piece of SQL over *rows*."""

    def __init__(self, warehouse: Warehouse, rows: exp.Subquery) -> None:
        self.warehouse, self.rows = warehouse, rows

    def wrongs(self, tree: exp.Expr, asked: exp.Expr, *, condition: bool) -> Iterator[tuple[str, str]]:
        pairs = [pair for node in asked.walk() for pair in compared(node)]
        answers = [*([asked] if condition else []), *(part for node in asked.walk() for part in _answers(node))]
        parts = [*(side for pair in pairs for side in pair), *answers]
        types = self._types(parts)
        for left, right in pairs:
            yield from self._compared((left, types[_key(left)]), (right, types[_key(right)]))
        for part in answers:
            kind = kind_of_type(types[_key(part)])
            if kind not in (None, "yes or no"):
                yield f"`{_said(part)}` is {_a(kind)}, and neither holds nor does not", "compare it with something, or ask `is not null`"

    def _types(self, parts: list[exp.Expr]) -> dict[str, str]:
        distinct = list({_key(part): part for part in parts}.items())
        selected = [exp.alias_(part.copy(), f"p{number}") for number, (_, part) in enumerate(distinct)]
        described = self.warehouse.rows("describe " + exp.select(*selected).from_(self.rows).sql(dialect="duckdb")) if selected else []
        return {name: row[1] for (name, _), row in zip(distinct, described, strict=True)}

    def _compared(self, left: tuple[exp.Expr, str], right: tuple[exp.Expr, str]) -> Iterator[tuple[str, str]]:
        for (one, one_type), (other, other_type) in ((left, right), (right, left)):
            kind, wanted = kind_of_type(one_type), kind_of_type(other_type)
            if kind is None or wanted is None or kind == wanted or kind != "text":
                continue
            if not (isinstance(one, exp.Literal) and one.is_string):
                number = f"`'{other.name}'` for the text, or " if other.is_number else ""
                yield (
                    f"`{_said(one)}` is text and `{_said(other)}` {_a(wanted)}",
                    f"write {number}`cast({_said(one)} as {CASTS[wanted]})`; what is none is nothing there",
                )
            elif (
                self.warehouse.value(exp.select(exp.TryCast(this=one.copy(), to=exp.DataType.build(other_type, dialect="duckdb"))).sql(dialect="duckdb"))
                is None
            ):
                yield f"`{_said(other)}` is {_a(wanted)}, and {_said(one)} is none", f"compare it with {_a(wanted)}"
            return
        kinds = kind_of_type(left[1]), kind_of_type(right[1])
        if None not in kinds and kinds[0] != kinds[1]:
            yield f"`{_said(left[0])}` is {_a(kinds[0])} and `{_said(right[0])}` {_a(kinds[1])}", "compare values of one kind"

    def _can_be(self, word: exp.Expr, kind: str) -> bool:
        read = exp.TryCast(this=word.copy(), to=exp.DataType.build(kind, dialect="duckdb"))
        return self.warehouse.value(exp.select(read).sql(dialect="duckdb")) is not None


def _answers(node: exp.Expr) -> list[exp.Expr]:
    """Return the parts of *node* that must be yes or no."""
    match node:
        case exp.And() | exp.Or():
            return [node.this, node.expression]
        case exp.Not():
            return [node.this]
        case exp.Case(this=None):
            return [branch.this for branch in node.args["ifs"]]
        case _:
            return []


def _params(tree: exp.Expr) -> list[str]:
    return [call.expressions[0].name for call in tree.find_all(exp.Anonymous) if call.name.lower() == "param" and call.expressions]


def _key(part: exp.Expr) -> str:
    return part.sql(dialect="duckdb")


def _said(part: exp.Expr) -> str:
    """Return *part* as it was written: columns are known to the engine by their names in quotes."""
    return part.transform(lambda node: exp.column(exp.to_identifier(node.name, quoted=False)) if isinstance(node, exp.Column) else node).sql(
        dialect="duckdb", normalize_functions="lower"
    )


def _a(kind: Kind | None) -> str:
    return {"text": "text", "number": "a number", "date": "a date", "yes or no": "yes or no"}[kind or "text"]
