"""What scenario files name must exist: activities and their columns, segments, messages and their links, channels, offers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.durations import spoken
from pipelines.errors import Problem, nearest
from pipelines.scenarios import model as m
from pipelines.scenarios.compile_entry import PROSPECTS, trigger_row
from pipelines.scenarios.expressions import (
    About,
    Values,
    WhereError,
    activity_columns,
    activity_condition,
    contact_condition,
    parse_condition,
    row_condition,
    trigger_values,
)
from pipelines.scenarios.tree import conditions, sends, steps
from pipelines.scenarios.unroll import name_of
from pipelines.scenarios.yaml_file import Path_, YamlFile
from pipelines.warehouse.activities import activities, known_activity
from pipelines.warehouse.dialect import problems_of


@dataclass(frozen=True)
class Known:
    """
    What a project has besides the scenario: segment names, the channels each message is written for, channels with a sender.

    `links` are the names of links that every translation of a message has, `coded` the messages that show a personal code, `offers` those of the settings.
    `audiences` are those of the settings, each with the segment it mirrors; None where steps fill it.
    `attributes` are those that the settings declare, with their types.
    """

    segments: frozenset[str]
    messages: Mapping[str, frozenset[str]]
    channels: frozenset[str]
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    coded: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    audiences: Mapping[str, str | None] = field(default_factory=dict)
    attributes: Values = field(default_factory=dict)


def reference_problems(scenario: m.Scenario, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    """Yield a problem for every name in *scenario* that stands for nothing, with the nearest that does."""
    yield from _trigger_problems(scenario.trigger, yaml, known)
    for place, names, where in asked_of_activities(scenario):
        yield from _activity_problems(names, where, place, yaml)
    for place, segment in _segments(scenario):
        if segment not in known.segments:
            yield Problem(
                yaml.name, yaml.line(place), f"unknown segment `{segment}`", nearest(segment, known.segments) or "segments are the files of segments_sql/"
            )
    if scenario.audience.where:
        yield from _contact_problems(scenario.audience.where, About({}, known.attributes), ("audience", "where"), yaml)
    yield from _same_problems(scenario, yaml)
    yield from _step_problems(scenario, yaml, known)
    yield from _link_problems(scenario, yaml, known)
    yield from _offer_problems(scenario, yaml, known)
    yield from _audience_problems(scenario, yaml, known)


def _wait_problems(scenario: m.Scenario, values: Values, yaml: YamlFile) -> Iterator[Problem]:
    """A wait until a date speaks of one that the trigger brings along; what another scenario's start brings is known when it happens."""
    for place, step in steps(scenario.steps):
        if isinstance(step, m.Wait) and isinstance(step.wait, m.DateWait) and not isinstance(scenario.trigger, m.ScenarioTrigger):
            named, dates = step.wait.until.date, [name for name, kind in values.items() if kind in ("DATE", "TIMESTAMP")]
            if named not in dates:
                hint = nearest(named, dates) or (f"it has {', '.join(sorted(dates))}" if dates else "wait for so many days instead")
                yield Problem(yaml.name, yaml.line((*place, "wait", "until", "date")), f"the trigger brings no date `{named}` along", hint)


def _trigger_problems(trigger: m.Trigger, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    match trigger:
        case m.ActivityTrigger():
            yield from _activity_trigger_problems(trigger, yaml)
        case m.UnansweredTrigger():
            yield from _unanswered_problems(trigger, yaml, known)
        case m.DateTrigger() if trigger.where:
            yield from _where_problems(trigger.where, yaml.name, yaml.line(("trigger", "where")))
            try:
                row_condition(trigger.where, trigger.carried_by)
            except WhereError as error:
                yield Problem(yaml.name, yaml.line(("trigger", "where")), str(error), error.hint)
        case _:
            pass


def _unanswered_problems(trigger: m.UnansweredTrigger, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    message, word = trigger.asked.message, "not_opened" if trigger.not_opened else "not_clicked"
    if message not in known.messages:
        yield Problem(yaml.name, yaml.line(("trigger", word, "message")), f"there is no message `{message}`", nearest(message, known.messages))
    elif word == "not_opened" and "email" not in known.messages[message]:
        text = f"`not_opened` asks about `{message}`, which is no e-mail: nobody sees whether it was opened"
        yield Problem(yaml.name, yaml.line(("trigger", word)), text, "ask `not_clicked:`")


def _activity_trigger_problems(trigger: m.ActivityTrigger, yaml: YamlFile) -> Iterator[Problem]:
    yield from _activity_problems(trigger.activity, trigger.where, ("trigger",), yaml)
    for name in trigger.activity:
        columns = activity_columns(name)
        if trigger.key and columns and trigger.key not in columns:
            yield Problem(
                yaml.name,
                yaml.line(("trigger", "key")),
                f"`{name}` has no column `{trigger.key}` to be the key",
                nearest(trigger.key, columns) or f"it has {', '.join(sorted(columns))}",
            )
    if trigger.settle and trigger.settle >= trigger.max_age:
        text = "`settle` is not shorter than `max_age`: whoever waits so long comes too late"
        yield Problem(yaml.name, yaml.line(("trigger", "settle")), text, f"raise `max_age`, which is {spoken(trigger.max_age)}")
    if trigger.settle and not trigger.key:
        yield Problem(yaml.name, yaml.line(("trigger", "settle")), "`settle` needs a `key`: nothing new on what?", "for carts, `key: cart_id`")


def asked_of_activities(scenario: m.Scenario) -> Iterator[tuple[Path_, list[str], str | None]]:
    """Yield what exits, the goal and conditions ask of activities: their place, the activities and the `where:`."""
    for number, rule in enumerate(scenario.exit_when):
        yield ("exit_when", number), rule.activity, rule.where
    if scenario.goal:
        yield ("goal",), scenario.goal.activity, scenario.goal.where
    for place, condition in conditions(scenario.steps):
        if condition.did:
            yield (*place, "did"), condition.did.activity, condition.did.where


def _same_problems(scenario: m.Scenario, yaml: YamlFile) -> Iterator[Problem]:
    """`same:` names what one run of the trigger is about, and every activity it compares carries that column."""
    key = trigger_row(scenario.trigger).key
    for place, condition in conditions(scenario.steps):
        if not condition.did or not condition.did.same:
            continue
        same, line = condition.did.same, yaml.line((*place, "did", "same"))
        if same != key:
            hint = f"write `same: {key}`" if key else "only a trigger with a `key`, a date or a product tells one from another: leave it out"
            yield Problem(yaml.name, line, f"`same: {same}` is not the key of the trigger", hint)
        for name in condition.did.activity if same == key else ():
            columns = activity_columns(name)
            if columns and same not in columns:
                yield Problem(yaml.name, line, f"`{name}` has no column `{same}` to be the same", f"it has {', '.join(sorted(columns))}")


def _activity_problems(names: Sequence[str], where: str | None, place: Path_, yaml: YamlFile) -> Iterator[Problem]:
    unknown = [name for name in names if known_activity(name) is None]
    for name in unknown:
        yield Problem(
            yaml.name,
            yaml.line((*place, "activity")),
            f"unknown activity `{name}`",
            nearest(name, activities()) or "docs/data_dictionary.md lists the activities; the shop's own are `custom.<name>`",
        )
    if where and not unknown:
        yield from _where_problems(where, yaml.name, yaml.line((*place, "where")))
        try:
            activity_condition(where, names)
        except WhereError as error:
            yield Problem(yaml.name, yaml.line((*place, "where")), str(error), error.hint)


def _contact_problems(where: str, about: About, place: Path_, yaml: YamlFile) -> Iterator[Problem]:
    yield from _where_problems(where, yaml.name, yaml.line(place))
    try:
        contact_condition(where, about)
    except WhereError as error:
        yield Problem(yaml.name, yaml.line(place), str(error), error.hint)


def _where_problems(where: str, name: str, line: int) -> Iterator[Problem]:
    try:
        yield from (Problem(name, line, problem.text, problem.hint) for problem in problems_of(parse_condition(where), name))
    except WhereError:
        return


def _segments(scenario: m.Scenario) -> Iterator[tuple[Path_, str]]:
    if isinstance(scenario.trigger, m.SegmentTrigger):
        change = scenario.trigger.segment
        yield ("trigger", "segment", "entered" if change.entered else "left"), change.entered or change.left or ""
    if isinstance(scenario.trigger, m.CampaignTrigger):
        yield ("trigger", "segment"), scenario.trigger.segment
    if isinstance(scenario.trigger, m.ScoreTrigger):
        yield ("trigger", "score"), PROSPECTS
    for number, segment in enumerate(scenario.audience.within):
        yield ("audience", "in", number), segment
    for number, segment in enumerate(scenario.audience.not_in):
        yield ("audience", "not_in", number), segment
    for place, condition in conditions(scenario.steps):
        if condition.in_segment:
            yield (*place, "in_segment"), condition.in_segment


def _link_problems(scenario: m.Scenario, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    """A question about one link names a link that the message has in every language: elsewhere nobody could ever click it."""
    sent = {name_of(step): step.send for _, step in sends(scenario.steps)}
    for place, condition in conditions(scenario.steps):
        message = sent.get(condition.message or "", "")
        links = known.links.get(message, frozenset())
        if condition.link and message in known.messages and condition.link not in links:
            others = f"it has {', '.join(sorted(links))}" if links else "name one in the header of its templates: `link.name: …`"
            hint = nearest(condition.link, links) or others
            yield Problem(yaml.name, yaml.line((*place, "clicked", "link")), f"message `{message}` has no link `{condition.link}`", hint)


def _offer_problems(scenario: m.Scenario, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    given = [((*place, "offer"), step.offer) for place, step in steps(scenario.steps) if isinstance(step, m.OfferStep)]
    asked = [((*place, "offer_unused"), condition.offer_unused) for place, condition in conditions(scenario.steps) if condition.offer_unused]
    for place, offer in [*given, *asked]:
        if offer not in known.offers:
            hint = nearest(offer, known.offers) or f"add `[offers.{offer}]` to relance.toml"
            yield Problem(yaml.name, yaml.line(place), f"there is no offer `{offer}` in the settings", hint)
    for place, step in sends(scenario.steps) if not given else ():
        if step.send in known.coded:
            text = f"message `{step.send}` shows a personal code, and no step of this scenario gives one"
            yield Problem(yaml.name, yaml.line(place), text, "add `- offer: NAME` before it, or ask `{% if offer %}` in the template")


def _audience_problems(scenario: m.Scenario, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    """A step fills an audience of the settings, and none that a segment fills."""
    for place, step in steps(scenario.steps):
        if not isinstance(step, m.SyncStep):
            continue
        audience, line = step.sync.audience, yaml.line((*place, "sync", "add" if step.sync.add else "remove"))
        if audience not in known.audiences:
            hint = nearest(audience, known.audiences) or f"add `[audiences.{audience}]` to relance.toml"
            yield Problem(yaml.name, line, f"there is no audience `{audience}` in the settings", hint)
        elif segment := known.audiences[audience]:
            text = f"the audience `{audience}` has the members of the segment `{segment}`, nobody else"
            yield Problem(yaml.name, line, text, "sync to one without `segment`, or change the segment")


def _step_problems(scenario: m.Scenario, yaml: YamlFile, known: Known) -> Iterator[Problem]:
    row = trigger_row(scenario.trigger)
    trigger = trigger_values(row.kind, row.activities.split(",") if row.activities else (), row.source)
    yield from _wait_problems(scenario, trigger, yaml)
    for place, condition in conditions(scenario.steps):
        if condition.where:
            yield from _contact_problems(condition.where, About(trigger, known.attributes), (*place, "where"), yaml)
    for place, step in sends(scenario.steps):
        if step.send not in known.messages:
            yield Problem(
                yaml.name,
                yaml.line(place),
                f"there is no message `{step.send}`",
                nearest(step.send, known.messages) or f"write scenarios/messages/{step.send}/email.html.j2",
            )
            continue
        for channel in step.via if step.via != ["preferred"] else []:
            if channel == "preferred":
                continue
            if channel not in known.messages[step.send]:
                yield Problem(
                    yaml.name,
                    yaml.line(place),
                    f"message `{step.send}` is not written for {channel}",
                    f"write scenarios/messages/{step.send}/{channel}.txt.j2, or send it via another channel",
                )
            if channel not in known.channels:
                yield Problem(yaml.name, yaml.line(place), f"no sender serves the channel {channel}", "add one to relance.toml")
