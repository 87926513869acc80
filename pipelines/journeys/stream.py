"""
What happened, as far as this tick's scenarios ask: the part of `shop.activities` they speak about, and who matches what.

The only statements the engine composes: one question per distinct `where:`, over temporary tables the rest of the tick joins. A statement
says nothing of its tick, whose instants are parameters, so that each is composed once: every time is a tenth of a small tick.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlglot.expressions as exp

from pipelines.journeys.lasting import Declared, lasting_condition, lasting_values
from pipelines.scenarios.expressions import Named, activity_condition, activity_values, row_condition, row_values, said, trigger_values
from pipelines.scenarios.odd_values import unread
from pipelines.ticks import Tick
from pipelines.warehouse.activities import activity_stream, contact_of, loaded_of, moment_of, value_of
from pipelines.warehouse.dates import Dated, dated
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
AT_ONCE = 50
"""Questions of one statement: to plan it takes time and memory by the square of their number."""
Queries = tuple[str, ...]
NOTHING = exp.cast(exp.null(), "VARCHAR")


def read_news(warehouse: Warehouse, names: Iterable[str], since: datetime, late_since: datetime) -> None:
    """
    Fill `news` with the activities called *names* that happened from *since* on, or were loaded after it and happened from *late_since* on.

    Two branches, each with plain comparisons on one column, so that a tick reads only the stretch of the history it needs.
    """
    warehouse.keep("unnumbered_news", _news(frozenset(names)), since=since, late_since=late_since)
    warehouse.run(HERE / "number_orders.sql", numbered=_asks_order_number(warehouse))


def read_history(warehouse: Warehouse, wanted: Sequence[tuple[str, datetime, str | None]]) -> None:
    """
    Add to `news` what the contacts of `candidates` did before: for each (activity, since, match key) what rules at the door look back at.

    With a match key, only what carries the key of a candidate's trigger there.
    """
    history = _history(tuple((name, match_key) for name, _, match_key in wanted))
    warehouse.keep("unnumbered_history", history, **{f"since_{number}": since for number, (_, since, _) in enumerate(wanted)})
    warehouse.run(HERE / "add_history.sql", numbered=_asks_order_number(warehouse))


def match_history(warehouse: Warehouse, contact_id: str, questions: Sequence[tuple[str, str, str | None, str | None]], names: Iterable[str]) -> None:
    """
    Fill `news` with everything one contact ever did that *questions* or *names* are about, and `probe_matches` with what answers each question.

    A question is its probe, activities, `where:` and key. For whoever asks about a past decision; no tick does.
    """
    wanted = sorted({*names, *(name for _, activities, _, _ in questions for name in activities.split(","))})
    warehouse.run("create or replace temp table candidates as select cast($contact as varchar) as contact_id", contact=contact_id)
    warehouse.keep("unnumbered_news", _union_all(_nothing()))
    warehouse.run(HERE / "number_orders.sql", numbered=False)
    contacts = exp.select("contact_id").from_("candidates")
    done = [kind.where(contact_of(kind).isin(query=contacts), copy=False) for kind in activity_stream(wanted)] if wanted else []
    warehouse.keep("unnumbered_history", _union_all([*done, *_nothing()]))
    warehouse.run(HERE / "add_history.sql", numbered=True)
    branches = [_probe_branch(*question).select("a.loaded_at") for question in questions]
    empty = _probe_branch("", "", None, None).select("a.loaded_at").where(exp.false())
    warehouse.keep("probe_matches", _union_all([*branches, empty]))


def match_dates(warehouse: Warehouse, day_start: datetime, tick: Tick) -> None:
    """Fill `dated_rows` with the rows whose date may bring their contact into a scenario in this tick, two days to either side: zones are looked at later."""
    rows = warehouse.records(HERE / "date_triggers.sql")
    branches = [_date_branch(row, day_start, tick) for row in rows]
    empty = _dated_rows("", dated()["contacts.created_at"]).where(exp.false())
    warehouse.keep("dated_rows", _union_all([*branches, empty]))
    odd = [branch for row in rows if (branch := _unread_date(row, day_start, tick))]
    _keep_unread(warehouse, tick.as_of, _texts(odd))


def match_triggers(warehouse: Warehouse) -> None:
    """Fill `trigger_matches` with the news that each scenario's activity trigger is about; `holds` tells whether its where does."""
    rows = warehouse.rows("select scenario, activities, query, key, settle_seconds from live where enters and kind = 'activity' order by scenario")
    warehouse.keep("trigger_matches", *_triggers(tuple(rows)))


def probes_in_use(warehouse: Warehouse) -> Queries:
    """Return the queries that find in `news` what answers each distinct question of conditions, goals and exits in use."""
    return _probes(tuple(warehouse.rows(HERE / "probes_in_use.sql")))


def match_audiences(warehouse: Warehouse, attributes: Mapping[str, str]) -> None:
    """Fill `audience_matches` with the candidates for whom the audience's where holds; *attributes* are those that the settings declare, with their types."""
    rows = warehouse.rows("select scenario, audience_where from live where enters and audience_where is not null order by scenario")
    warehouse.keep("audience_matches", *_audiences(tuple(rows), tuple(attributes.items())))


def match_states(warehouse: Warehouse, attributes: Mapping[str, str]) -> None:
    """Fill `state_matches` with the touched enrolments for which a `where:` condition holds in this tick."""
    warehouse.keep("state_matches", *_states(tuple(warehouse.rows(HERE / "where_conditions.sql")), tuple(attributes.items())))


def see_facts(warehouse: Warehouse, as_of: datetime, attributes: Mapping[str, str]) -> None:
    """Add to journeys.facts_seen the values by which this tick's decisions answered each `where:` about a contact."""
    warehouse.run(HERE / "facts_asked.sql", as_of=as_of)
    asked = warehouse.rows("select distinct query, kind, activities, source from facts_asked order by query, kind, activities, source")
    if asked:
        warehouse.keep("facts_seen", *_seen(tuple(asked), tuple(attributes.items())))
        warehouse.run("insert into journeys.facts_seen by name select distinct $as_of as as_of, * from facts_seen where seen is not null", as_of=as_of)
        _keep_unread(warehouse, as_of, _unread_facts(tuple(asked), tuple(attributes.items())))


def see_unread_news(warehouse: Warehouse, as_of: datetime) -> None:
    """Write down whose activities in `news` a `where:` in use could not read."""
    _keep_unread(warehouse, as_of, _unread_news(tuple(warehouse.rows(HERE / "wheres_of_activities.sql"))))


def _keep_unread(warehouse: Warehouse, as_of: datetime, queries: Queries) -> None:
    if queries:
        warehouse.keep("unread", *queries)
        warehouse.run(HERE / "unread.sql", as_of=as_of)


@lru_cache
def _news(names: frozenset[str]) -> str:
    since, late_since = _parameter("since"), _parameter("late_since")
    recent = [kind.where(moment_of(kind) >= since, _known(kind), copy=False) for kind in activity_stream(names)]
    late = [
        kind.where(moment_of(kind) < since, moment_of(kind) >= late_since, loaded_of(kind) > since, _known(kind), copy=False) for kind in activity_stream(names)
    ]
    return _text([*recent, *late, *_nothing()])


@lru_cache
def _history(wanted: tuple[tuple[str, str | None], ...]) -> str:
    contacts, keys = (exp.select(column).from_("candidates") for column in ("contact_id", "trigger_key"))
    branches = []
    for number, (name, match_key) in enumerate(wanted):
        for kind in activity_stream([name]):
            shared = [carried.isin(query=keys)] if match_key and (carried := value_of(name, match_key)) else []
            if shared or not match_key:
                since = moment_of(kind) >= _parameter(f"since_{number}")
                branches.append(kind.where(since, contact_of(kind).isin(query=contacts), *shared, copy=False))
    return exp.union(*branches, *_nothing(), *_nothing(), copy=False).sql(dialect="duckdb")


@lru_cache
def _triggers(rows: tuple[tuple[str, str, str | None, str | None, int | None], ...]) -> Queries:
    return _texts([_trigger_branch("", "", None, None, None).where(exp.false()), *(_trigger_branch(*row) for row in rows)])


@lru_cache
def _probes(rows: tuple[tuple[str, str, str | None, str | None], ...]) -> Queries:
    return _texts([_probe_branch("", "", None, None).where(exp.false()), *(_probe_branch(*row) for row in rows)])


@lru_cache
def _audiences(rows: tuple[tuple[str, str], ...], attributes: Declared) -> Queries:
    return _texts([_audience_branch("", None, attributes).where(exp.false()), *(_audience_branch(*row, attributes) for row in rows)])


@lru_cache
def _states(rows: tuple[tuple[str, int, int, str, str, str, str | None], ...], attributes: Declared) -> Queries:
    return _texts([_state_branch(("", 0, 0, None, "", "", None), attributes).where(exp.false()), *(_state_branch(row, attributes) for row in rows)])


@lru_cache
def _seen(asked: tuple[tuple[str, str, str, str | None], ...], attributes: Declared) -> Queries:
    return _texts([_seen_branch(*row, attributes) for row in asked])


@lru_cache
def _unread_news(rows: tuple[tuple[str, str, str], ...]) -> Queries:
    return _texts([branch for row in rows if (branch := _unread_activity(*row))])


@lru_cache
def _unread_facts(asked: tuple[tuple[str, str, str, str | None], ...], attributes: Declared) -> Queries:
    return _texts([branch for row in asked if (branch := _unread_fact(*row, attributes))])


def _asks_order_number(warehouse: Warehouse) -> bool:
    """Numbering orders reads all orders of their contacts: only done when a condition asks."""
    return bool(warehouse.value(HERE / "asks_order_number.sql"))


def _known(kind: exp.Select) -> exp.Expr:
    return contact_of(kind).is_(exp.null()).not_()


def _nothing() -> list[exp.Select]:
    """A branch that gives no row: the columns and types of the stream where nothing is asked for."""
    return [kind.where(exp.false()) for kind in activity_stream(["page_viewed"])]


def _trigger_branch(scenario: str, activities: str, query: str | None, key: str | None, settle: int | None) -> exp.Select:
    names = activities.split(",")
    holds = activity_condition(query, names)
    selected = exp.select(
        exp.alias_(exp.Literal.string(scenario), "scenario"), "a.contact_id", exp.alias_(_key(key), "key"), "a.activity_id",
        exp.alias_(exp.column("name", table="a"), "activity"), "a.occurred_at", "a.loaded_at", "a.props",
        exp.alias_(exp.func("coalesce", holds, exp.false()), "holds"),
    ).from_("news AS a").where(_named(names))  # fmt: skip
    return selected if settle else selected.where(holds.copy())


def _unread_activity(scenario: str, activities: str, query: str) -> exp.Select | None:
    names = activities.split(",")
    odd = unread(activity_condition(query, names))
    selected = _unread_of(exp.Literal.string(scenario), "a.contact_id", query, activity_values(query, names))
    return selected.from_("news AS a").where(_named(names), odd) if odd else None


def _unread_fact(query: str, kind: str, activities: str, source: str | None, attributes: Declared) -> exp.Select | None:
    values = trigger_values(kind, activities.split(","), source)
    odd = unread(lasting_condition(query, values, attributes))
    selected = _unread_of(exp.column("scenario", table="t"), "t.contact_id", query, lasting_values(query, values, attributes))
    return _asked(selected, query, kind, activities, source).where(odd) if odd else None


def _unread_date(row: dict[str, Any], day_start: datetime, tick: Tick) -> exp.Select | None:
    date, query = dated()[row["source"]], row["query"]
    odd = unread(row_condition(query, date))
    if odd is None:
        return None
    rows = date.rows().where(odd).select(exp.alias_(said(row_values(query, date)) or NOTHING, "seen")).subquery("d")
    selected = exp.select(
        exp.alias_(exp.Literal.string(row["scenario"]), "scenario"), "d.contact_id", exp.alias_(exp.Literal.string(query), "question"), "d.seen"
    )
    return selected.from_(rows).where(*_in_time(row, day_start, tick))


def _unread_of(scenario: exp.Expr, contact: str, query: str, named: Named) -> exp.Select:
    question, seen = exp.Literal.string(query), said(named) or NOTHING
    return exp.select(contact, exp.alias_(scenario, "scenario"), exp.alias_(question, "question"), exp.alias_(seen, "seen"))


def _date_branch(row: dict[str, Any], day_start: datetime, tick: Tick) -> exp.Select:
    return _dated_rows(row["scenario"], dated()[row["source"]], row["query"]).where(*_in_time(row, day_start, tick))


def _in_time(row: dict[str, Any], day_start: datetime, tick: Tick) -> list[exp.Expr]:
    """Return what holds for the dated rows `d` that may count in *tick*."""
    margin, shift = timedelta(days=2), timedelta(days=row["offset_days"])
    moment, loaded = exp.column("moment", table="d"), exp.column("loaded_at", table="d")
    news: exp.Expr = moment >= _instant((row["looked_ahead"] or day_start) - shift - margin)
    if row["looked_until"]:
        oldest = tick.as_of - timedelta(seconds=row["max_age_seconds"]) - shift - margin
        news = exp.or_(news, exp.and_(loaded > _instant(row["looked_until"]), moment.copy() >= _instant(oldest)))
    known = exp.column("contact_id", table="d").is_(exp.null()).not_()
    return [known, moment.copy() <= _instant(tick.horizon - shift + margin), news]


def _dated_rows(scenario: str, date: Dated, where: str | None = None) -> exp.Select:
    rows = date.rows().where(row_condition(where, date)).subquery("d")
    return exp.select(exp.alias_(exp.Literal.string(scenario), "scenario"), "d.*", exp.alias_(exp.convert(date.whole_day), "whole_day")).from_(rows)


def _instant(moment: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(str(moment)), "TIMESTAMP")


def _probe_branch(probe: str, activities: str, query: str | None, match_key: str | None) -> exp.Select:
    names = activities.split(",")
    return exp.select(
        exp.alias_(exp.Literal.string(probe), "probe"), "a.contact_id", "a.occurred_at", exp.alias_(exp.column("name", table="a"), "activity"),
        "a.value", exp.alias_(_key(match_key), "key"),
    ).from_("news AS a").where(_named(names), activity_condition(query, names))  # fmt: skip


def _audience_branch(scenario: str, where: str | None, attributes: Declared) -> exp.Select:
    return (
        exp.select(exp.alias_(exp.Literal.string(scenario), "scenario"), "c.contact_id")
        .from_("facts.contacts AS c")
        .where(
            exp.column("contact_id", table="c").isin(query=exp.select("contact_id").from_("candidates")),
            lasting_condition(where, {}, attributes),
        )
    )


def _state_branch(row: tuple[str, int, int, str | None, str, str, str | None], attributes: Declared) -> exp.Select:
    scenario, version, condition, query, kind, activities, source = row
    values = trigger_values(kind, activities.split(","), source)
    return (
        exp.select("t.enrolment_id", exp.alias_(exp.convert(condition), "condition"))
        .from_("touched AS t")
        .join("facts.contacts AS c", on="c.contact_id = t.contact_id")
        .join("journeys.enrolments AS e", on="e.enrolment_id = t.enrolment_id")
        .where(exp.column("scenario", table="t").eq(scenario), exp.column("version", table="t").eq(version))
        .where(lasting_condition(query, values, attributes))
    )


def _seen_branch(query: str, kind: str, activities: str, source: str | None, attributes: Declared) -> exp.Select:
    text = said(lasting_values(query, trigger_values(kind, activities.split(","), source), attributes))
    selected = exp.select("t.enrolment_id", "t.node", exp.alias_(exp.column("query", table="t"), "question"), exp.alias_(text or NOTHING, "seen"))
    return _asked(selected, query, kind, activities, source)


def _asked(selected: exp.Select, query: str, kind: str, activities: str, source: str | None) -> exp.Select:
    """Return what is *selected* of those whom this tick's decisions asked *query*, with their facts and what began their run."""
    return (
        selected.from_("facts_asked AS t")
        .join("facts.contacts AS c", on="c.contact_id = t.contact_id")
        .join("journeys.enrolments AS e", on="e.enrolment_id = t.enrolment_id", join_type="left")
        .where(exp.column("query", table="t").eq(exp.Literal.string(query)), exp.column("kind", table="t").eq(exp.Literal.string(kind)))
        .where(exp.column("activities", table="t").eq(exp.Literal.string(activities)))
        .where(exp.NullSafeEQ(this=exp.column("source", table="t"), expression=exp.convert(source)))
    )


def _key(name: str | None) -> exp.Expr:
    if name is None:
        return NOTHING
    return exp.Anonymous(this="rl_json", expressions=[exp.column("props", table="a"), exp.Literal.string(name)])


def _named(names: Sequence[str]) -> exp.Expr:
    return exp.column("name", table="a").isin(*(exp.Literal.string(name) for name in names))


def _union_all(branches: Sequence[exp.Select]) -> exp.Query:
    return exp.union(*branches, distinct=False, copy=False) if len(branches) > 1 else branches[0]


def _text(branches: Sequence[exp.Select]) -> str:
    return _union_all(branches).sql(dialect="duckdb")


def _texts(branches: Sequence[exp.Select]) -> Queries:
    """Return *branches*, as many at once as AT_ONCE; the first of them says of which types the columns are."""
    return tuple(_text(branches[first : first + AT_ONCE]) for first in range(0, len(branches), AT_ONCE))


def _parameter(name: str) -> exp.Expr:
    return exp.Parameter(this=exp.to_identifier(name))
