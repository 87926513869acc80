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
from pipelines.warehouse.engine_errors import Refusal, refusal_of

ANY_INSTANT = datetime(2000, 1, 1)
HINT = "where kinds differ, write `cast(x as double)`, `as date` or `as varchar`: what is none is nothing there"
CASTS: Mapping[Kind, str] = {"number": "double", "date": "date", "yes or no": "boolean", "text": "varchar"}
EXAMPLES: Mapping[Kind, str] = {"date": "`'2026-02-01'`"}
Wrong = tuple[str, str]
"""What is wrong, and a hint."""


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


def wrong_kinds(tree: exp.Expr, types: Values, engine: Engine, *, condition: bool = True) -> Iterator[Wrong]:
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
    judge, asked = _asked(tree, types, engine)
    if refused := judge.refusal(asked):
        yield from dict.fromkeys(judge.unlike(asked)) or [(refused.text, refused.hint or HINT)]
        return
    yield from dict.fromkeys(judge.wrongs(asked, condition=condition))


def is_answered(tree: exp.Expr, types: Values, engine: Engine) -> bool:
    """Return whether the engine answers the condition *tree*, be it by comparing unlike kinds: as all were taken before those were refused."""
    if kind_of(tree, types) == "yes or no":
        return True
    judge, asked = _asked(tree, types, engine)
    return judge.refusal(asked) is None and judge.answers(asked)


def _asked(tree: exp.Expr, types: Values, engine: Engine) -> tuple["_Judge", exp.Expr]:
    """Return who judges *tree*, and it with its columns by their names in quotes."""
    asked = tree.transform(lambda node: exp.column(node.sql(dialect="duckdb"), quoted=True) if isinstance(node, exp.Column) else node)
    return _Judge(engine.opened(), types), asked


class _Judge:
    """Asks the engine about pieces of SQL over columns of these *types*."""

    def __init__(self, warehouse: Warehouse, types: Values) -> None:
        self.warehouse = warehouse
        self.types = {exp.column(name, quoted=True).sql(): kind for name, kind in types.items()}
        self.rows = exp.select(*(exp.alias_(exp.cast(exp.null(), kind), name, quoted=True) for name, kind in types.items())).subquery("r")

    def refusal(self, asked: exp.Expr) -> Refusal | None:
        query = exp.select("1").from_(self.rows).where(exp.func("coalesce", asked, exp.null()).is_(exp.null()))
        return refusal_of(self.warehouse, query.sql(dialect="duckdb"))

    def wrongs(self, asked: exp.Expr, *, condition: bool) -> Iterator[Wrong]:
        pairs = [pair for node in asked.walk() for pair in compared(node)]
        answers = [*([asked] if condition else []), *(part for node in asked.walk() for part in _answers(node))]
        kinds = self._kinds([*(side for pair in pairs for side in pair), *answers])
        for left, right in pairs:
            yield from self._compared((left, kinds[_key(left)]), (right, kinds[_key(right)]))
        for part in answers:
            kind = kinds[_key(part)]
            if kind not in (None, "yes or no"):
                yield f"`{_said(part)}` is {_a(kind)}, and neither holds nor does not", "compare it with something, or ask `is not null`"

    def unlike(self, asked: exp.Expr) -> Iterator[Wrong]:
        """Yield what is known to be wrong with what the engine refuses."""
        for node in asked.walk():
            for left, right in compared(node):
                yield from self._compared((left, kind_of(left, self.types)), (right, kind_of(right, self.types)))
            if isinstance(node, exp.Add | exp.Sub) and [kind_of(side, self.types) for side in (node.this, node.expression)] == ["date", "number"]:
                days = _said(node.expression)
                yield (
                    f"`{days}` is a number, and no span of time",
                    f"write `{_said(node.this)} {'+' if isinstance(node, exp.Add) else '-'} interval {days} day`",
                )

    def answers(self, asked: exp.Expr) -> bool:
        """Whether *asked*, which the engine does not refuse, gives what can be yes or no for every row, and no word in it is none of its kind."""
        pairs = [pair for node in asked.walk() for pair in compared(node)]
        kinds = self._kinds([*(side for pair in pairs for side in pair), asked])
        words = ((one, kinds[_key(other)]) for pair in pairs for one, other in (pair, pair[::-1]) if one.is_string)
        return kinds[_key(asked)] in ("yes or no", "number") and all(self._can_be(word, kind) for word, kind in words if kind)

    def _kinds(self, parts: list[exp.Expr]) -> dict[str, Kind | None]:
        distinct = list({_key(part): part for part in parts}.items())
        selected = [exp.alias_(part.copy(), f"p{number}") for number, (_, part) in enumerate(distinct)]
        described = self.warehouse.rows("describe " + exp.select(*selected).from_(self.rows).sql(dialect="duckdb")) if selected else []
        return {name: kind_of_type(row[1]) for (name, _), row in zip(distinct, described, strict=True)}

    def _compared(self, left: tuple[exp.Expr, Kind | None], right: tuple[exp.Expr, Kind | None]) -> Iterator[Wrong]:
        for (one, kind), (other, wanted) in ((left, right), (right, left)):
            if kind is None or wanted is None or kind == wanted or kind != "text":
                continue
            if not one.is_string:
                number = f"`'{other.name}'` for the text, or " if other.is_number else ""
                yield (
                    f"`{_said(one)}` is text and `{_said(other)}` {_a(wanted)}",
                    f"write {number}`cast({_said(one)} as {CASTS[wanted]})`; what is none is nothing there",
                )
            elif not self._can_be(one, wanted):
                nothing = f"ask `{_said(other)} is not null`, or `is null`"
                like = f", such as {EXAMPLES[wanted]}" if wanted in EXAMPLES else ""
                yield f"`{_said(other)}` is {_a(wanted)}, and {_said(one)} is none", f"compare it with {_a(wanted)}{like}" if one.name else nothing
            return
        if left[1] and right[1] and left[1] != right[1]:
            asks = [_said(one) for (one, kind), (other, _) in ((left, right), (right, left)) if kind == "yes or no" and other.sql() in ("0", "1")]
            hint = f"write `{asks[0]}` or `not {asks[0]}`" if asks else "compare values of one kind"
            yield f"`{_said(left[0])}` is {_a(left[1])} and `{_said(right[0])}` {_a(right[1])}", hint

    def _can_be(self, word: exp.Expr, kind: Kind) -> bool:
        read = exp.TryCast(this=word.copy(), to=exp.DataType.build(CASTS[kind], dialect="duckdb"))
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
    """Return *part* as it was written: columns are known to the engine by their names in quotes, and keys of JSON by their paths."""

    def turn(node: exp.Expr) -> exp.Expr:
        match node:
            case exp.Column():
                return exp.column(exp.to_identifier(node.name, quoted=False))
            case exp.JSONPath(expressions=[exp.JSONPathRoot(), exp.JSONPathKey(this=str(key))]):
                return exp.Literal.string(key)
            case _:
                return node

    return part.transform(turn).sql(dialect="duckdb", normalize_functions="lower")


def _a(kind: Kind | None) -> str:
    return {"text": "text", "number": "a number", "date": "a date", "yes or no": "yes or no"}[kind or "text"]
