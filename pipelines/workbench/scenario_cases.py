"""
Case files of scenarios, `tests/cases/scenarios/<scenario>.yaml`: these contacts, this timeline, expect these messages.

```yaml
cases:
  - case: nobody clicks, so the next day's message follows
    from: 2026-09-14               # first day; a tick each day at the project's hour
    days: 4
    contacts:
      - {contact_id: ann}          # as in shop.contacts; consent to everything by e-mail unless `consent: none`
    events:
      - {at: "2026-09-14 10:00", who: ann, does: cart_updated, with: {cart_id: k1, cart_value: 50}}
      - {at: "2026-09-16 09:00", who: ann, clicks: cart_reminder}
      - {at: "2026-09-16 06:00", who: ann, joins: price_sensitive}
    expect:
      ann:
        messages:
          - {message: cart_reminder, at: "2026-09-15 08:00"}
          - {message: cart_help, at: "2026-09-16 10:00", dropped: capped}
        outcome: completed         # or converted, exited…; `in_flight`; `never_entered`
```

Times are local to the project. The real engine runs; segments hold whoever `joins` them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import BadFiles, Problem, shown
from pipelines.facts.refresh import refresh_facts
from pipelines.journeys.advance import advance
from pipelines.scenarios.compiled import Compiled
from pipelines.scenarios.yaml_file import YamlFile, load_yaml
from pipelines.settings import Project
from pipelines.ticks import Tick, begin_tick, tick_of_day, to_utc
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.contract import CONTRACT, LOADED
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse

HERE = Path(__file__).parent
MESSAGE_KINDS = {"opens": "opened", "clicks": "clicked", "unsubscribes_from": "unsubscribed", "bounces": "bounced"}
KNOWN_SINCE = datetime(2020, 1, 1)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Event(Part):
    """Something a contact does at a local time: an activity, a reply to a message, or joining or leaving a segment."""

    at: datetime
    who: str
    does: str | None = None
    values: dict[str, Any] = Field(default_factory=dict, alias="with")
    opens: str | None = None
    clicks: str | None = None
    bounces: str | None = None
    unsubscribes_from: str | None = None
    joins: str | None = None
    leaves: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Event":
        said = self.model_fields_set - {"at", "who", "values"}
        if len(said) != 1:
            raise ValueError("an event says one of `does`, `clicks`, `opens`, `bounces`, `unsubscribes_from`, `joins`, `leaves`")
        return self


class Expected(Part):
    message: str
    at: datetime
    dropped: str | None = None


class Outcome(Part):
    messages: list[Expected] = Field(default_factory=list)
    outcome: Literal["converted", "goal_before_message", "exited", "completed", "ejected", "in_flight", "never_entered"]


class Case(Part):
    case: str
    first_day: date = Field(alias="from")
    days: int = Field(ge=1, le=400)
    contacts: list[dict[str, Any]] = Field(min_length=1)
    events: list[Event] = Field(default_factory=list)
    expect: dict[str, Outcome]


class CaseFile(Part):
    cases: list[Case] = Field(min_length=1)


@dataclass(frozen=True)
class CaseResult:
    """What one case gave; it passed when nothing differs. `nodes` are the steps that somebody passed."""

    scenario: str
    case: str
    file: str
    line: int
    differences: tuple[str, ...]
    nodes: frozenset[int]

    @property
    def passed(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.case}: {'; '.join(self.differences) or 'as expected'}"


def cases_path(project: Project, scenario: str) -> Path:
    """Return where a scenario's cases are."""
    return project.root / "tests" / "cases" / "scenarios" / f"{scenario}.yaml"


def run_cases(project: Project, compiled: Compiled) -> list[CaseResult]:
    """Run every case of a scenario; raises BadFiles where there is no case file or it cannot be read."""
    path = cases_path(project, compiled.scenario)
    name = shown(path, project.root)
    if not path.exists():
        raise BadFiles([Problem(name, None, f"scenario {compiled.scenario} has no cases", "write one: docs/cases.md shows how")])
    yaml = load_yaml(path, name)
    return [_run(project, compiled, case, yaml, number) for number, case in enumerate(_read(yaml).cases)]


def unreached(compiled: Compiled, results: list[CaseResult]) -> list[str]:
    """Return the steps of a scenario that no case passes."""
    passed = {node for result in results for node in result.nodes}
    return [f"{node.kind} {node.step or node.word or ''}".strip() for node in compiled.nodes if node.node not in passed]


def _read(yaml: YamlFile) -> CaseFile:
    if yaml.problems:
        raise BadFiles(yaml.problems)
    try:
        return CaseFile.model_validate(yaml.values)
    except ValidationError as error:
        raise BadFiles(Problem(yaml.name, yaml.line(each["loc"]), f"`{each['loc'][-1]}`: {each['msg'].removeprefix('Value error, ')}", "docs/cases.md shows how cases are written") for each in error.errors()) from None


def _run(project: Project, compiled: Compiled, case: Case, yaml: YamlFile, number: int) -> CaseResult:
    with memory_warehouse(dict(project.settings.thresholds)) as warehouse:
        world = _World(warehouse, project, compiled, case)
        world.play()
        differences = tuple(text for who, expected in case.expect.items() for text in world.differences(who, expected))
        nodes = {row[0] for row in warehouse.rows("select distinct node from journeys.decisions where node is not null")}
    return CaseResult(compiled.scenario, case.case, yaml.name, yaml.line(("cases", number, "case")), differences, frozenset(nodes))


class _World:
    """The warehouse of one case, told event by event between its ticks."""

    def __init__(self, warehouse: Warehouse, project: Project, compiled: Compiled, case: Case) -> None:
        self.warehouse, self.project, self.compiled, self.case = warehouse, project, compiled, case
        self.told = 0

    def play(self) -> None:
        ensure_zones(self.warehouse, {self.project.settings.project.timezone, *(str(each["timezone"]) for each in self.case.contacts if each.get("timezone"))})
        self._contacts()
        waiting = sorted(self.case.events, key=lambda event: event.at)
        for number in range(self.case.days):
            as_of = tick_of_day(self.project, self.case.first_day + timedelta(days=number))
            tick = begin_tick(self.warehouse, self.project, as_of, started_at=as_of)
            assert tick is not None
            while waiting and self._instant(waiting[0].at) < as_of:
                self._tell(waiting.pop(0), tick)
            with self.warehouse.at(as_of):
                refresh_facts(self.warehouse, self.project, tick)
                advance(self.warehouse, self.project, [self.compiled], tick, {})

    def differences(self, who: str, expected: Outcome) -> Iterator[str]:
        """Yield how what happened to *who* differs from what was expected."""
        wanted = [(each.message, f"{each.at:%Y-%m-%d %H:%M}", each.dropped) for each in expected.messages]
        found = [(template, self._local(moment), reason) for template, moment, reason in self.warehouse.rows(HERE / "case_messages.sql", contact=who)]
        if wanted != found:
            yield f"{who}: expected {_listed(wanted)}, got {_listed(found)}"
        outcome = self.warehouse.value(HERE / "case_outcome.sql", contact=who)
        if outcome != expected.outcome:
            yield f"{who}: expected {expected.outcome}, got {outcome}"

    def _contacts(self) -> None:
        for contact in self.case.contacts:
            values = {"email": f"{contact['contact_id']}@example.com", "created_at": KNOWN_SINCE, **contact}
            consent = values.pop("consent", "opt_in")
            self._insert("contacts", values, KNOWN_SINCE)
            if consent != "none":
                for channel in ("email", "sms", "push"):
                    self._insert("consents", {"contact_id": contact["contact_id"], "channel": channel, "topic": "all", "basis": consent, "granted": True, "occurred_at": KNOWN_SINCE}, KNOWN_SINCE)

    def _tell(self, event: Event, tick: Tick) -> None:
        self.told += 1
        instant, key = self._instant(event.at), f"case-{self.told}"
        if event.joins or event.leaves:
            self._move(event.who, event.joins or event.leaves or "", "entered" if event.joins else "left", tick)
        elif event.does == "order_placed":
            self._insert("orders", {"order_id": key, "contact_id": event.who, "ordered_at": instant, "total": 50, **event.values}, tick.as_of)
        elif event.does == "visited":
            self._insert("sessions", {"session_id": key, "contact_id": event.who, "started_at": instant, **event.values}, tick.as_of)
        elif event.does:
            self._insert("site_events", {"event_id": key, "contact_id": event.who, "occurred_at": instant, "name": event.does, **event.values}, tick.as_of)
        else:
            word = next(word for word in MESSAGE_KINDS if getattr(event, word))
            message = self.warehouse.value("select max(message_key) from outbox.messages where contact_id = $who and step = $step", who=event.who, step=getattr(event, word))
            values = {"event_id": key, "message_key": message, "contact_id": event.who, "channel": "email", "occurred_at": instant, "kind": MESSAGE_KINDS[word]}
            self._insert("message_events", values, tick.as_of)

    def _move(self, who: str, segment: str, change: str, tick: Tick) -> None:
        if change == "entered":
            self.warehouse.append("segments.members", ["segment", "contact_id", "entered_at"], [(segment, who, tick.as_of)])
        else:
            self.warehouse.run("delete from segments.members where segment = $segment and contact_id = $who", segment=segment, who=who)
        self.warehouse.append("segments.changes", ["segment", "contact_id", "change", "as_of", "cause", "entered_at"], [(segment, who, change, tick.as_of, "data", tick.as_of)])

    def _insert(self, table: str, values: Mapping[str, Any], loaded_at: datetime) -> None:
        known = next(each for each in CONTRACT if each.name == table)
        if unknown := set(values) - set(known.column_names):
            raise BadFiles([Problem(shown(cases_path(self.project, self.compiled.scenario), self.project.root), None, f"`{min(unknown)}` is no column of shop.{table}", "docs/data_dictionary.md lists them")])
        row = {**values, LOADED[0].name: "case", LOADED[1].name: loaded_at}
        self.warehouse.append(known.full_name, list(row), [tuple(row.values())])

    def _instant(self, local: datetime) -> datetime:
        return to_utc(local.replace(tzinfo=self.project.settings.zone))

    def _local(self, instant: datetime) -> str:
        return f"{instant.replace(tzinfo=UTC).astimezone(self.project.settings.zone):%Y-%m-%d %H:%M}"


def _listed(messages: list[tuple[str, str, str | None]]) -> str:
    return "[" + ", ".join(f"{message} at {moment}" + (f" dropped: {reason}" if reason else "") for message, moment, reason in messages) + "]"
