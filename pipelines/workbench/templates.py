"""Templates and the scenarios that send them: values no trigger brings, the way out of marketing, languages, the length of an SMS, MJML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.errors import Problem, nearest, shown
from pipelines.messages.locales import language_of
from pipelines.messages.message_library import MessageLibrary, Template
from pipelines.messages.mjml import SUFFIX, attribute_doubts
from pipelines.messages.plausible import longest, unsound
from pipelines.messages.sms import size_of
from pipelines.scenarios import model as m
from pipelines.scenarios.compile import channels_of
from pipelines.scenarios.compile_entry import trigger_row
from pipelines.scenarios.expressions import Values, trigger_values
from pipelines.scenarios.tree import sends
from pipelines.workbench.project_files import ProjectFiles

BROUGHT_BY: Mapping[str, frozenset[str]] = {
    "order": frozenset({"order_id"}),
    "cart": frozenset({"cart_id"}),
    "product": frozenset({"product_id"}),
    "event": frozenset({"event_id", "registration_id", "starts_at"}),
    "subscription": frozenset({"subscription_id"}),
}
"""What a message may be about, and the values of a trigger that say which: any of them."""
ALWAYS = frozenset({"activity", "occurred_at"})
STOP = "STOP"


@dataclass(frozen=True)
class Sent:
    """A template in the hands of a scenario that sends it."""

    scenario: m.Scenario
    message: str
    channel: str
    locale: str
    template: Template
    values: Values
    """What the scenario's trigger brings along."""

    @property
    def goes(self) -> bool:
        """Whether the scenario sends anything as its file is now."""
        return self.scenario.status == "live" or (self.scenario.status == "stopped" and self.scenario.stopped == "drain")


def sent_templates(files: ProjectFiles) -> list[Sent]:
    """Return every template with each scenario that may send it, in order of name."""
    read = {file.scenario.scenario: file.scenario for file in files.scenarios if file.scenario}
    found = []
    for scenario in read.values():
        wanted = {(step.send, channel) for _, step in sends(scenario.steps) for channel in channels_of(step, files.messages.channels)}
        for (message, channel, locale), template in sorted(files.messages.templates.items(), key=lambda item: item[0]):
            if (message, channel) in wanted and isinstance(template, Template):
                found.append(Sent(scenario, message, channel, locale, template, _brought(scenario, read)))
    return found


def template_problems(files: ProjectFiles) -> Iterator[Problem]:
    """Yield what is wrong with templates where scenarios send them; each problem once."""
    sent = sent_templates(files)
    yield from dict.fromkeys(problem for each in sent for problem in _of_one(files.messages, each))
    yield from _missing_languages(files, sent)
    for file, written in sorted(files.texts.items()):
        if file.endswith(SUFFIX):
            yield from attribute_doubts(written, file)


def _of_one(library: MessageLibrary, sent: Sent) -> Iterator[Problem]:
    yield from _not_brought(sent)
    text = longest(library, sent.message, sent.channel, sent.locale, sent.scenario.category, sent.values) if sent.channel == "sms" else ""
    yield from _unsound(library, sent)
    if sent.scenario.category == "marketing":
        yield from _no_way_out(sent, text)
    if text:
        yield from _too_long(sent, text)


def _not_brought(sent: Sent) -> Iterator[Problem]:
    """A template that needs what the trigger never brings could not be written for anybody."""
    for need in sent.template.needs:
        owner, _, name = need.of.partition(".")
        if not name and owner in BROUGHT_BY and not BROUGHT_BY[owner] & sent.values.keys():
            text = f"`{need.typed}` is empty in the scenario `{sent.scenario.scenario}`, whose trigger brings no {owner} along"
            yield Problem(need.file, need.line, text, f"put it in an `{{% if {need.typed} %}}`, or send another message there")
        elif owner == "trigger" and name not in sent.values.keys() | ALWAYS:
            hint = nearest(name, sent.values) or (f"it brings {', '.join(sorted(sent.values))}" if sent.values else "it brings nothing along")
            yield Problem(need.file, need.line, f"the trigger of the scenario `{sent.scenario.scenario}` brings no `{name}` along", hint)


def _unsound(library: MessageLibrary, sent: Sent) -> Iterator[Problem]:
    """MJML of which each piece is sound, and the whole is not."""
    if sent.template.is_mjml and (fault := unsound(library, sent.message, sent.locale, sent.scenario.category, sent.values)):
        text = f"makes MJML that is not sound: {fault.removeprefix(f'{sent.template.file}: ')}"
        yield Problem(sent.template.file, None, text, "it is put together from this file and the pieces that it extends, includes or imports")


def _no_way_out(sent: Sent, text: str) -> Iterator[Problem]:
    severity = "error" if sent.goes else "warning"
    shows = "unsubscribe_url" in sent.template.variables
    if sent.channel == "email" and not shows:
        hint = "include `layout/footer.html.j2` in an `mj-text`" if sent.template.is_mjml else "extend `layout/email.html.j2`, whose footer does"
        hint = f"print `unsubscribe_url`, or {hint}"
        yield Problem(sent.template.file, None, "is marketing, and shows no way to unsubscribe", hint, severity)
    if sent.channel == "sms" and text and STOP not in text and not shows:
        yield Problem(sent.template.file, None, "is marketing, and says no way to stop it", f"end it with a line such as `Reply {STOP} to opt out`", severity)


def _too_long(sent: Sent, text: str) -> Iterator[Problem]:
    size, allowed = size_of(text), sent.template.parts
    if size.parts > allowed:
        said = f"takes {size.parts} SMS parts where {allowed} {'is' if allowed == 1 else 'are'} allowed: {size.length} signs with the longest likely values"
        signs = f"`{'`, `'.join(size.foreign)}` {'is' if len(size.foreign) == 1 else 'are'} not in the GSM alphabet, so that a part holds {size.room} signs; "
        hint = f"shorten it, or write `parts: {size.parts}` in its header"
        yield Problem(sent.template.file, None, said, (signs if size.foreign else "") + hint, "warning")


def _missing_languages(files: ProjectFiles, sent: list[Sent]) -> Iterator[Problem]:
    """A message in fewer languages than the others reaches some contacts in one they did not choose."""
    project = files.messages.project
    own = language_of(project.settings.project.locale)
    languages = {language_of(each.locale or own) for each in sent}
    for message, channel in sorted({(each.message, each.channel) for each in sent}):
        written = {language_of(locale or own) for name, on, locale in files.messages.templates if (name, on) == (message, channel)}
        for language in sorted(languages - written):
            folder = shown(project.messages_folder / message, project.root)
            text = f"`{channel}` is not written in `{language}`, a language of other templates: those contacts would read it in `{own}`"
            yield Problem(folder, None, text, f"add {folder}/{channel}.{language}.{'html' if channel == 'email' else 'txt'}.j2", "warning")


def _brought(scenario: m.Scenario, read: Mapping[str, m.Scenario]) -> Values:
    """Return what the trigger brings along; who is started brings what the trigger of the starter did."""
    seen = {scenario.scenario}
    while isinstance(scenario.trigger, m.ScenarioTrigger) and scenario.trigger.scenario in read and scenario.trigger.scenario not in seen:
        scenario = read[scenario.trigger.scenario]
        seen.add(scenario.scenario)
    row = trigger_row(scenario.trigger)
    return trigger_values(row.kind, row.activities.split(",") if row.activities else (), row.source)
