"""
Case files of scenarios, `tests/cases/scenarios/<scenario>.yaml`: these contacts, this timeline, expect these messages.

```yaml
cases:
  - case: nobody clicks, so the next day's message follows
    from: 2026-09-14               # first day; a tick each day at the project's hour
    days: 4                        # or `ticks: [2026-09-14, 2027-09-14]` in place of both
    contacts:
      - {contact_id: ann}          # as in shop.contacts; consent to everything unless `consent: none`
    events:
      - {at: "2026-09-14 10:00", who: ann, does: cart_updated, with: {cart_id: k1, cart_value: 50}}
      - {at: "2026-09-16 09:00", who: ann, clicks: cart_reminder}   # or one link of it: `link: cart` too
      - {at: "2026-09-16 06:00", who: ann, joins: price_sensitive}
      - {at: "2026-09-16 09:00", who: ann, gets: newsletter}   # a message of another scenario
    expect:
      ann:
        messages:
          - {message: cart_reminder, at: "2026-09-15 08:00"}
          - {message: cart_help, at: "2026-09-16 10:00", dropped: capped}
        audiences: [spared]        # ads audiences the contact is in at the end, where the scenario syncs
        outcome: completed         # or converted, exited…; `in_flight`; `never_entered`
```

Times are local to the project. The real engine runs; segments hold whoever `joins` them. `given: {shop.products: [{...}]}` tells further rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.scenarios.compiled import Compiled, Node
from pipelines.scenarios.yaml_file import Path_, YamlFile, load_yaml
from pipelines.settings import Project
from pipelines.ticks import days
from pipelines.warehouse.duckdb import memory_warehouse
from pipelines.warehouse.emptying import empty
from pipelines.warehouse.schema import TABLES
from pipelines.workbench.case_world import CaseError, CaseWorld, Message, Told

LASTING = ("calendar.days", "calendar.zone_offsets", "runs.schema")
HOW = "docs/cases.md shows how cases are written"
ACTS = ("does", "gets", "opens", "clicks", "bounces", "unsubscribes_from", "joins", "leaves")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Event(Part):
    """Something about a contact at a local time: an activity, a message of another scenario, an answer to one, joining or leaving a segment."""

    at: datetime
    who: str
    does: str | None = None
    values: dict[str, Any] = Field(default_factory=dict, alias="with")
    gets: str | None = None
    opens: str | None = None
    clicks: str | None = None
    link: str | None = None
    bounces: str | None = None
    unsubscribes_from: str | None = None
    joins: str | None = None
    leaves: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Event":
        if len(self.model_fields_set & set(ACTS)) != 1:
            raise ValueError(f"an event says one of {', '.join(f'`{act}`' for act in ACTS)}")
        if self.link and not self.clicks:
            raise ValueError("only a click is on a `link`")
        return self

    @property
    def told(self) -> Told:
        act = next(act for act in ACTS if act in self.model_fields_set)
        return Told(self.at, self.who, act, getattr(self, act), self.values, self.link)


class Expected(Part):
    message: str
    at: datetime
    dropped: str | None = None


class Outcome(Part):
    messages: list[Expected] = Field(default_factory=list)
    audiences: list[str] = Field(default_factory=list)
    outcome: Literal["converted", "goal_before_message", "exited", "completed", "ejected", "in_flight", "never_entered"]


class Case(Part):
    case: str
    first_day: date | None = Field(None, alias="from")
    days: int | None = Field(None, ge=1, le=100)
    ticks: list[date] = Field(default_factory=list)
    contacts: list[dict[str, Any]] = Field(min_length=1)
    given: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    events: list[Event] = Field(default_factory=list)
    expect: dict[str, Outcome] | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Case":
        if bool(self.ticks) == bool(self.first_day and self.days):
            raise ValueError("a case says either `from` and `days`, or `ticks`")
        known = {str(contact.get("contact_id")) for contact in self.contacts}
        if stranger := next((who for who in (*(event.who for event in self.events), *(self.expect or ())) if who not in known), None):
            raise ValueError(f"`{stranger}` is none of the contacts|{nearest(stranger, known) or 'add them to `contacts:`'}")
        return self

    @property
    def tick_days(self) -> list[date]:
        if self.ticks:
            return sorted(self.ticks)
        assert self.first_day is not None
        assert self.days is not None
        return list(days(self.first_day, self.first_day + timedelta(days=self.days - 1)))


class CaseFile(Part):
    cases: list[Case] = Field(min_length=1)


@dataclass(frozen=True)
class CaseResult:
    """
    What one case gave; it passed when nothing is wrong. `nodes` are the steps that somebody passed, `number` its place in the file.

    `happened` is what the case could expect, as the file would say it.
    """

    scenario: str
    case: str
    file: str
    line: int
    problems: tuple[Problem, ...]
    nodes: frozenset[int]
    number: int
    happened: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.case}: as expected" if self.passed else "\n".join(map(str, self.problems))


def cases_path(project: Project, scenario: str) -> Path:
    """Return where a scenario's cases are."""
    return project.root / "tests" / "cases" / "scenarios" / f"{scenario}.yaml"


def run_cases(project: Project, compiled: Compiled) -> list[CaseResult]:
    """Run every case of a scenario, all in one warehouse that is emptied between them; raises BadFiles for a case file that is missing or cannot be read."""
    path = cases_path(project, compiled.scenario)
    name = shown(path, project.root)
    if not path.exists():
        raise BadFiles([Problem(name, None, f"scenario {compiled.scenario} has no cases", "write one: docs/cases.md shows how")])
    yaml = load_yaml(path, name)
    file = _read(yaml)
    with memory_warehouse(project.settings.thresholds, project.settings.attribute_types) as warehouse:
        return [_run(CaseWorld(warehouse, project, compiled), case, yaml, number) for number, case in enumerate(file.cases)]


def unreached(compiled: Compiled, results: list[CaseResult]) -> list[str]:
    """Return the steps of a scenario that no case passes."""
    passed = {node for result in results for node in result.nodes}
    return [_named(node) for node in compiled.nodes if node.node not in passed]


def _named(node: Node) -> str:
    return f"{node.kind} {node.step or node.word or ''}".strip()


def _read(yaml: YamlFile) -> CaseFile:
    if yaml.problems:
        raise BadFiles(yaml.problems)
    try:
        return CaseFile.model_validate(yaml.values)
    except ValidationError as error:
        raise BadFiles(Problem(yaml.name, yaml.line(each["loc"]), *_said(each)) for each in error.errors()) from None


def _said(error: Any) -> tuple[str, str]:
    key = error["loc"][-1] if error["loc"] else "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{key}`", HOW
        case "missing":
            return f"`{key}` is missing", HOW
        case "value_error":
            text, _, hint = str(error["ctx"]["error"]).partition("|")
            return text, hint or HOW
        case _:
            return f"`{key}`: {error['msg'][0].lower()}{error['msg'][1:]}", HOW


def _run(world: CaseWorld, case: Case, yaml: YamlFile, number: int) -> CaseResult:
    place = ("cases", number)
    empty(world.warehouse, (table.full_name for table in TABLES if table.full_name not in LASTING))
    events = [event.told for event in case.events]
    happened: tuple[str, ...] = ()
    try:
        world.know(case.given)
        world.play(case.contacts, sorted(events, key=lambda told: told.at), case.tick_days)
        problems = tuple(_differences(world, case, yaml, place))
        happened = tuple(_happened(world, case))
    except CaseError as error:
        item = error.given or (("events", events.index(error.told)) if error.told else ("contacts", error.contact))
        problems = (Problem(yaml.name, yaml.line((*place, *item)), f"{case.case}: {error.text}", error.hint),)
    return CaseResult(world.compiled.scenario, case.case, yaml.name, yaml.line((*place, "case")), problems, world.passed_nodes(), number, happened)


def _differences(world: CaseWorld, case: Case, yaml: YamlFile, place: Path_) -> Iterator[Problem]:
    """Yield how what happened to each contact differs from what was expected of them."""
    if not case.expect:
        hint = "`relance test --record` writes what happens now, for you to read"
        yield Problem(yaml.name, yaml.line((*place, "case")), f"{case.case}: it expects nothing", hint)
        return
    for who, expected in case.expect.items():
        wanted = [Message(each.message, each.at, each.dropped) for each in expected.messages]
        found, line = world.messages_of(who), yaml.line((*place, "expect", who))
        if wanted != found:
            yield Problem(yaml.name, line, f"{case.case}: {who}: expected {_listed(wanted)}, got {_listed(found)}")
        if sorted(expected.audiences) != (audiences := world.audiences_of(who)):
            wanted_in, found_in = ", ".join(sorted(expected.audiences)) or "no audience", ", ".join(audiences) or "no audience"
            yield Problem(yaml.name, line, f"{case.case}: {who}: expected in {wanted_in}, got in {found_in}")
        if (outcome := world.outcome_of(who)) != expected.outcome:
            yield Problem(yaml.name, line, f"{case.case}: {who}: expected {expected.outcome}, got {outcome}")


def _happened(world: CaseWorld, case: Case) -> Iterator[str]:
    yield "expect:"
    for who in [str(contact["contact_id"]) for contact in case.contacts]:
        yield f"  {who}:"
        if messages := world.messages_of(who):
            yield "    messages:"
            yield from (f"      - {{{_written(message)}}}" for message in messages)
        if audiences := world.audiences_of(who):
            yield f"    audiences: [{', '.join(audiences)}]"
        yield f"    outcome: {world.outcome_of(who)}"


def _written(message: Message) -> str:
    dropped = f", dropped: {message.dropped}" if message.dropped else ""
    return f'message: {message.name}, at: "{message.at:%Y-%m-%d %H:%M}"{dropped}'


def _listed(messages: list[Message]) -> str:
    return ", ".join(map(str, messages)) or "no message"
