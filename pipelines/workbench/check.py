"""Everything that is wrong, or doubtful, in a project's files: what `relance check` says."""

import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.facts.attributes import attribute_problems, refused_attributes
from pipelines.facts.score import score_problems
from pipelines.scenarios import model as m
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.tree import sends, steps
from pipelines.settings import FILE_NAME, Project
from pipelines.settings_file import line_of_setting, load_project
from pipelines.sources.contract_check import check_sources
from pipelines.warehouse.duckdb import open_read_copy
from pipelines.workbench.clocks import clock_doubts, doubt
from pipelines.workbench.deliverability import mail_doubts
from pipelines.workbench.entries import entry_problems
from pipelines.workbench.in_flight import senseless_problems
from pipelines.workbench.moves import move_problems
from pipelines.workbench.project_files import ProjectFiles, read_files
from pipelines.workbench.templates import template_problems
from pipelines.workbench.values import value_doubts
from senders.audience import FORMATS
from senders.smtp import SmtpSettings


def check(root: Path) -> list[Problem]:
    """Return every problem of every file of the project in *root*, errors and warnings; an empty list means all is well."""
    try:
        project = load_project(root)
    except BadFiles as error:
        return list(error.problems)
    files = read_files(project)
    settings = [*check_sources(project), *score_problems(project), *attribute_problems(project), *refused_attributes(project), *_dangling(project, files)]
    found = [*settings, *files.problems, *_in_flight(project, files), *_doubts(project, files)]
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0, problem.text))


def _dangling(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """Settings that name a segment or a sender must name one there is: a cap of no segment would bind nobody, an alert nobody carries is never heard."""
    for number, cap in enumerate(project.settings.caps):
        if cap.segment and cap.segment not in files.segments.names:
            hint = nearest(cap.segment, files.segments.names) or "segments are the files of segments_sql/"
            line = line_of_setting(project, "caps", number, "segment")
            yield Problem(FILE_NAME, line, f"cap `{cap.name}` is for the segment `{cap.segment}`, which does not exist", hint)
    for name, audience in sorted(project.settings.audiences.items()):
        if audience.segment and audience.segment not in files.segments.names:
            hint = nearest(audience.segment, files.segments.names) or "segments are the files of segments_sql/"
            line = line_of_setting(project, "audiences", name, "segment")
            yield Problem(FILE_NAME, line, f"audience `{name}` mirrors the segment `{audience.segment}`, which does not exist", hint)
        if audience.postcode and not any(form.home for form in FORMATS[audience.platform]):
            text, hint = f"audience `{name}` names a postcode, which {audience.platform} does not take", "leave it out: google and meta alone take it"
            yield Problem(FILE_NAME, line_of_setting(project, "audiences", name, "postcode"), text, hint, "warning")
    alerts, carriers = project.settings.alerts, [each.name for each in project.settings.senders if isinstance(each, SmtpSettings)]
    if alerts.email_to and alerts.smtp_sender not in carriers:
        hint = nearest(alerts.smtp_sender, carriers) or "name a sender of kind smtp, or leave email_to out"
        line = line_of_setting(project, "alerts", "smtp_sender")
        yield Problem(FILE_NAME, line, f"alerts.smtp_sender names `{alerts.smtp_sender}`, which is no smtp sender", hint)


def _in_flight(project: Project, files: ProjectFiles) -> list[Problem]:
    """
    People on their way are looked up in the read copy, where there is one: steps that `migrate` leads away from must have been there, and
    what they are asked of attributes must still mean something.
    """
    moved = any(file.scenario and file.scenario.migrate for file in files.scenarios)
    if not project.read_copy_path.exists() or not (moved or project.settings.attributes):
        return []
    with open_read_copy(project, older=True) as warehouse:
        return [*(move_problems(warehouse, files) if moved else ()), *senseless_problems(warehouse, project)]


def _doubts(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    for file in files.scenarios:
        if file.scenario:
            yield from clock_doubts(project, file, file.scenario)
            yield from _marketing_doubts(project, file, file.scenario) if file.scenario.category == "marketing" else ()
    yield from entry_problems(project, files.scenarios)
    yield from template_problems(files)
    yield from mail_doubts(project, files)
    yield from value_doubts(project, files)
    yield from _unused(project, files)
    yield from _unset(project)


def _marketing_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    shop = project.settings.shop
    if scenario.goal is None:
        yield doubt(file, ("scenario",), "has no goal: nobody will know whether it works", "add `goal:` with an activity, `within` and a target")
    mails = [(*place, "send") for place, step in sends(scenario.steps) if "email" in step.via]
    if mails and not (shop.unsubscribe_url or shop.unsubscribe_mailto):
        text, hint = "sends marketing e-mail that nobody can unsubscribe from", f"set shop.unsubscribe_url or shop.unsubscribe_mailto in {FILE_NAME}"
        yield Problem(file.name, file.yaml.line(mails[0]), text, hint) if _goes(scenario) else doubt(file, mails[0], text, hint)


def _goes(scenario: m.Scenario) -> bool:
    """Whether its messages reach people."""
    return scenario.status == "live" or (scenario.status == "stopped" and scenario.stopped == "drain")


def _unused(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    sent = {step.send for file in files.scenarios if file.scenario for _, step in sends(file.scenario.steps)}
    if all(file.scenario for file in files.scenarios):
        for name in sorted(set(files.messages.channels) - sent):
            folder = shown(project.messages_folder / name, project.root)
            yield Problem(folder, None, "no scenario sends this message", "send it, or remove the folder", "warning")
        given = {step.offer for file in files.scenarios if file.scenario for _, step in steps(file.scenario.steps) if isinstance(step, m.OfferStep)}
        for name in sorted(set(project.settings.offers) - given):
            yield Problem(FILE_NAME, line_of_setting(project, "offers", name), f"no scenario gives the offer `{name}`", "give it, or remove it", "warning")
        filled = {step.sync.audience for file in files.scenarios if file.scenario for _, step in steps(file.scenario.steps) if isinstance(step, m.SyncStep)}
        for name in sorted(set(project.settings.audiences) - filled):
            if not project.settings.audiences[name].segment:
                line, hint = line_of_setting(project, "audiences", name), f"use `sync: {{add: {name}}}` in one, or name a `segment`"
                yield Problem(FILE_NAME, line, f"no scenario puts anybody into the audience `{name}`", hint, "warning")
    used = {name for segment in files.segments.segments for name in segment.params}
    if not files.segments.problems:
        for name in sorted(set(project.settings.params) - used):
            line = line_of_setting(project, "params", name)
            yield Problem(FILE_NAME, line, f"no segment asks for the parameter `{name}`", "remove it from [params]", "warning")


def _unset(project: Project) -> Iterator[Problem]:
    """Where messages may reach people, what waits for a secret that is not there is a failure of its own: better heard of before."""
    name = project.settings.alerts.webhook_env
    if name and not os.environ.get(name):
        line, hint = line_of_setting(project, "alerts", "webhook_env"), f"set {name} where the schedule runs"
        yield Problem(FILE_NAME, line, f"alerts.webhook_env names `{name}`, which is not set here: no alert would be posted", hint, "warning")
    name = project.settings.shop.unsubscribe_secret_env
    if name and not os.environ.get(name):
        line, hint = line_of_setting(project, "shop", "unsubscribe_secret_env"), f"set {name} where the schedule runs"
        text = f"shop.unsubscribe_secret_env names `{name}`, which is not set here: marketing messages would wait"
        yield Problem(FILE_NAME, line, text, hint, "warning")
    for number, sender in enumerate(project.settings.senders):
        for key, name in sender:
            if key.endswith("_env") and name and not os.environ.get(name):
                line, hint = line_of_setting(project, "senders", number, key), f"set {name} where the schedule runs"
                text = f"sender `{sender.name}` names `{name}` as its {key}, which is not set here: its messages would wait"
                yield Problem(FILE_NAME, line, text, hint, "warning")
