"""A tick of all scenarios: exits, advance, enter, and the outbox for what falls due. One transaction; run again it changes nothing."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.journeys import stream
from pipelines.journeys.needed import AFTER_A_WALK, AFTER_MOVING, BEFORE_A_WALK, BEFORE_MOVING, BROUGHT_BY, needed_for, words_in_use
from pipelines.journeys.versions import publish
from pipelines.outbox.decide import decide
from pipelines.outbox.people import meet, nobody
from pipelines.outbox.suppress import suppress
from pipelines.scenarios.compiled import Compiled
from pipelines.settings import Project
from pipelines.ticks import Tick, start_of_day
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Advanced:
    """What the tick did to one scenario."""

    scenario: str
    entered: int
    refused: int
    ended: int
    in_flight: int
    due: int
    state: str


class _Pass:
    """The statements of one tick, each given the tick's own values."""

    def __init__(self, warehouse: Warehouse, project: Project, tick: Tick) -> None:
        self.warehouse, self.project, self.tick = warehouse, project, tick
        self.round, self.since_round = 0, 0
        self.in_use: Set[str] = frozenset()
        self.needed: Set[str] = frozenset()
        self.probes: stream.Queries = ()
        self.values: dict[str, Any] = {
            "as_of": tick.as_of, "horizon": tick.horizon, "day_start": start_of_day(project, tick.day), "zone": project.settings.project.timezone,
            "holdout": project.settings.holdout.share, "max_factor": project.settings.guards.max_factor, "min_entries": project.settings.guards.min_entries,
        }  # fmt: skip

    def run(self, name: str) -> None:
        self.warehouse.run(HERE / name, round=self.round, since_round=self.since_round, **self.values)

    def match_probes(self) -> None:
        """Fill `probe_matches` with what in `news` answers the questions in use: those of a tick do not change while it goes on."""
        self.probes = self.probes or stream.probes_in_use(self.warehouse)
        self.warehouse.keep("probe_matches", *self.probes)

    def walk(self, touch: str | None = None) -> None:
        """Move the touched enrolments as far as time allows; what falls due is added to `due`."""
        if touch:
            self.run(touch)
        while self.warehouse.value("select 1 from touched limit 1"):
            self.round += 1
            if "where" in self.in_use:
                stream.match_states(self.warehouse, self.project.settings.attribute_types)
            self.run_needed(*BEFORE_A_WALK)
            self.run("walk.sql")
            self.run_needed(*AFTER_A_WALK)
            self.run("publish_walk.sql")

    def run_needed(self, *names: str) -> None:
        """Run those of the files that this tick's scenarios make use of."""
        for name in names:
            if name in self.needed:
                self.run(name)


def advance(warehouse: Warehouse, project: Project, scenarios: Sequence[Compiled], tick: Tick, held: Mapping[str, str]) -> list[Advanced]:
    """
    Advance everybody in *scenarios* to the tick and commit it; the caller holds `warehouse.at(tick.as_of)`.

    *held* names scenarios that wait, with the reason: nobody enters or advances there, and their triggers are looked
    at by the tick that releases them.
    """
    with warehouse.transaction():
        publish(warehouse, scenarios, tick, held)
        suppress(warehouse, tick.previous)
        this = _Pass(warehouse, project, tick)
        this.run("start.sql")
        nobody(warehouse)
        if warehouse.value("select 1 from moves limit 1"):
            this.run("move.sql")
        this.in_use = words_in_use(warehouse)
        this.needed = needed_for(this.in_use)
        news_since = _read_news(this)
        this.match_probes()
        _name_offers(warehouse, project)
        this.run("observe.sql")
        this.run_needed(*BEFORE_MOVING)
        this.run("movable.sql")
        meet(warehouse, "movable")
        this.walk("touch.sql")
        _enter(this, news_since)
        _decide(this)
        _enter_started(this, news_since)
        this.run_needed(*AFTER_MOVING)
        if warehouse.value("select 1 from ended limit 1"):
            this.run("finish.sql")
        this.run("looked.sql")
        if {"where", "audience"} & this.in_use:
            stream.see_facts(warehouse, tick.as_of, project.settings.attribute_types)
        stream.see_unread_news(warehouse, tick.as_of)
        this.run("results.sql")
        this.run("commit_tick.sql")
    return [Advanced(*row) for row in warehouse.rows(HERE / "advanced.sql", as_of=tick.as_of)]


def _read_news(this: _Pass) -> datetime:
    """Read what is new to this tick; return from when on all of it is there."""
    tick, warehouse = this.tick, this.warehouse
    since: datetime
    since, late_since = warehouse.rows(HERE / "news_since.sql", as_of=tick.as_of, previous=tick.previous)[0]
    names = {name for row in warehouse.rows(HERE / "activities_in_use.sql") for name in row[0].split(",")}
    warehouse.run("create or replace temp table names (name varchar)")
    warehouse.append("names", ["name"], [(name,) for name in sorted(names)])
    stream.read_news(warehouse, names, since, late_since)
    stream.match_triggers(warehouse)
    return since


def _enter(this: _Pass, news_since: datetime) -> None:
    """Find whom this tick's triggers bring, and let them in."""
    kinds = {kind for (kind,) in this.warehouse.rows("select distinct kind from live where enters")}
    if "date" in kinds:
        stream.match_dates(this.warehouse, this.values["day_start"], this.tick)
    for name in sorted({name for kind in kinds for name in BROUGHT_BY[kind]}):
        this.run(name)
    this.run("triggered.sql")
    this.since_round = this.round + 1
    _admit(this, news_since)


def _enter_started(this: _Pass, news_since: datetime) -> None:
    """Let in whom this tick's steps sent to other scenarios, and whom they send on in turn; a chain that comes back to itself has a wait in it."""
    while this.since_round <= this.round:
        this.run("started.sql")
        this.since_round = this.round + 1
        if not this.warehouse.value("select 1 from triggered limit 1"):
            return
        _admit(this, news_since)
        _decide(this)


def _admit(this: _Pass, news_since: datetime) -> None:
    """Judge the candidates; those who enter walk at once."""
    warehouse = this.warehouse
    this.run("candidates.sql")
    if not warehouse.value("select 1 from candidates limit 1"):
        return
    meet(warehouse, "candidates")
    lookback = warehouse.rows(HERE / "lookback.sql", news_since=news_since)
    if lookback:
        stream.read_history(warehouse, lookback)
        this.match_probes()
    stream.match_audiences(warehouse, this.project.settings.attribute_types)
    _name_audiences(warehouse)
    exclusive = _name_exclusions(warehouse)
    this.run("door.sql")
    for scenario in exclusive:
        warehouse.run(HERE / "exclude.sql", scenario=scenario)
    this.run("verdicts.sql")
    _guard(this)
    this.run("enter.sql")
    if warehouse.value("select 1 from entered limit 1"):
        this.run("observe.sql")
        this.walk("touch_entered.sql")


def _name_offers(warehouse: Warehouse, project: Project) -> None:
    """Fill `offers` with how long the codes of each are good."""
    warehouse.run("create or replace temp table offers (offer varchar, valid_seconds bigint)")
    rows = [(name, int(offer.valid_for.total_seconds())) for name, offer in sorted(project.settings.offers.items()) if offer.valid_for]
    warehouse.append("offers", ["offer", "valid_seconds"], rows)


def _name_audiences(warehouse: Warehouse) -> None:
    """Fill `audience_segments` with the segments each audience wants, or does not want, its contacts in."""
    rows = warehouse.rows("select scenario, audience_in, audience_not_in from live where enters order by scenario")
    named = [(scenario, name, lists is wanted) for scenario, wanted, unwanted in rows for lists in (wanted, unwanted) if lists for name in lists.split(",")]
    warehouse.run("create or replace temp table audience_segments (scenario varchar, segment varchar, wanted boolean)")
    warehouse.append("audience_segments", ["scenario", "segment", "wanted"], named)


def _name_exclusions(warehouse: Warehouse) -> list[str]:
    """Fill `exclusive_pairs` with the scenarios that keep contacts from each other, both ways; return those that let people in, by who goes first."""
    rows = warehouse.rows("select scenario, exclusive_with from live where exclusive_with is not null order by scenario")
    named = sorted({pair for scenario, text in rows for other in text.split(",") for pair in ((scenario, other), (other, scenario))})
    warehouse.run("create or replace temp table exclusive_pairs (scenario varchar, other varchar)")
    warehouse.append("exclusive_pairs", ["scenario", "other"], named)
    ranked = "select scenario from live where enters and scenario in (select scenario from exclusive_pairs) order by priority desc, scenario"
    return [scenario for (scenario,) in warehouse.rows(ranked)] if named else []


def _guard(this: _Pass) -> None:
    """Keep out the entries of scenarios that would take in far more people than they ever do, until a person looks."""
    warehouse, as_of = this.warehouse, this.tick.as_of
    tripped = warehouse.rows(HERE / "guard.sql", **{name: this.values[name] for name in ("as_of", "max_factor", "min_entries")})
    warehouse.append("guarded", ["scenario"], [(scenario,) for scenario, _, _ in tripped])
    warehouse.append("runs.guards", ["scenario", "tripped_at", "entries", "usual"], [(scenario, as_of, entries, usual) for scenario, entries, usual in tripped])
    warehouse.run("delete from verdicts where scenario in (select scenario from guarded)")


def _decide(this: _Pass) -> None:
    """Decide what fell due; whoever a decision frees walks on, and what falls due then is decided too."""
    warehouse = this.warehouse
    while warehouse.value("select 1 from due limit 1"):
        decide(warehouse, this.project, this.tick)
        this.run("touch_decided.sql")
        warehouse.run("delete from due")
        this.walk()
