"""
What contacts do, as one stream: each file in `activities/` turns one kind of fact into rows of `shop.activities`.

Triggers, conditions, goals and exits speak about activities by these names; `where:` sees their columns.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterable

import sqlglot
import sqlglot.expressions as exp

FOLDER = Path(__file__).parent / "activities"
FIXED = ("activity_id", "contact_id", "occurred_at", "loaded_at", "key", "value")
CUSTOM = "custom"


@dataclass(frozen=True)
class Activity:
    """One kind of activity. `key` and `value` name the columns that `shop.activities` carries as key and value."""

    name: str
    meaning: str
    key: str
    value: str
    query: exp.Select

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that `where:` may name, besides contact_id, occurred_at, key and value."""
        return tuple(name for name in self.query.named_selects if name not in (*FIXED, "name"))


@cache
def activities() -> dict[str, Activity]:
    """Return every activity by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.sql"))}


def known_activity(name: str) -> Activity | None:
    """Return the activity that scenarios call *name*; `custom.<anything>` is the shop's own."""
    return activities().get(CUSTOM if name.startswith("custom.") else name)


def activity_stream(names: Iterable[str]) -> list[exp.Select]:
    """
    Return one query per kind of activity among *names*, with the columns of `shop.activities`.

    Conditions added to them are met before a row's values are put together, which the view over all of them cannot do.
    """
    wanted = sorted(set(names))
    found = [_branch(name).copy() for name in activities() if name in wanted]
    custom = [exp.Literal.string(name.removeprefix("custom.")) for name in wanted if name.startswith("custom.")]
    return found + ([_branch(CUSTOM).copy().where(exp.column("name").isin(*custom), copy=False)] if custom else [])


def moment_of(query: exp.Select) -> exp.Expr:
    """Return what an activity's query gives as occurred_at."""
    return _column_of(query, "occurred_at")


def loaded_of(query: exp.Select) -> exp.Expr:
    """Return what an activity's query gives as loaded_at."""
    return _column_of(query, "loaded_at")


def contact_of(query: exp.Select) -> exp.Expr:
    """Return what an activity's query gives as contact_id."""
    return _column_of(query, "contact_id")


def value_of(name: str, column: str) -> exp.Expr | None:
    """Return what activities called *name* carry as *column*, as text; None where they do not have it."""
    kind = known_activity(name)
    return exp.cast(_column_of(kind.query, column), "VARCHAR") if kind and column in kind.columns else None


def _column_of(query: exp.Select, name: str) -> exp.Expr:
    return next(item.unalias().copy() for item in query.selects if item.alias_or_name == name)


def activities_view() -> str:
    """Return the statement that defines `shop.activities` over all of them."""
    union = " union all ".join(_branch(name).sql(dialect="duckdb") for name in activities())
    return f"create or replace view shop.activities as {union}"


@cache
def _branch(name: str) -> exp.Select:
    activity = activities()[name]
    named = {item.alias_or_name: item.unalias() for item in activity.query.selects}
    called = named.get("name", exp.Literal.string(name))
    pairs = [part.copy() for column in activity.columns for part in (exp.Literal.string(column), named[column])]
    props = exp.func("json_object", *pairs, dialect="duckdb")
    selected = [
        *(exp.alias_(named[column].copy(), column) for column in ("activity_id", "contact_id", "occurred_at", "loaded_at")),
        exp.alias_(called.copy(), "name"),
        exp.alias_(exp.cast(named["key"].copy(), "VARCHAR"), "key"),
        exp.alias_(exp.cast(named["value"].copy(), "DECIMAL(18, 2)"), "value"),
        exp.alias_(props, "props"),
    ]
    return activity.query.copy().select(*selected, append=False, copy=False)


def _read(path: Path) -> Activity:
    text = path.read_text(encoding="utf-8")
    header = [line.removeprefix("--").strip() for line in text.splitlines() if line.startswith("--")]
    marks = dict(line.split(": ", 1) for line in header if line.startswith(("key: ", "value: ")))
    query = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(query, exp.Select), path
    return Activity(path.stem, header[0], marks["key"], marks.get("value", ""), query)
