"""Which messages of the days to come the files change: added, gone, at another time, by another way, with another text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipelines.errors import Problem
from pipelines.messages.locales import fallback
from pipelines.messages.message_library import MessageLibrary
from pipelines.messages.mjml import SUFFIX
from pipelines.messages.template_files import FILE_NAME, LAYOUT
from pipelines.warehouse.duckdb import Warehouse
from pipelines.workbench.project_files import ProjectFiles

HERE = Path(__file__).parent
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """One contact of those concerned; instants are UTC, None where the message does not go."""

    contact_id: str
    at_before: datetime | None
    at_after: datetime | None


@dataclass(frozen=True)
class MessageChange:
    """
    How many messages of a scenario's step change in one way.

    `reason` says why those gone do not go, or those added did not, where they fall due all the same; `detail` which
    way or which files; instants are UTC.
    """

    scenario: str
    step: str
    change: Literal["added", "gone", "moved", "changed", "text"]
    messages: int
    reason: str
    detail: str
    first_at: datetime
    last_at: datetime
    examples: tuple[Example, ...]


def note_messages(warehouse: Warehouse, as_of: datetime, until: datetime) -> None:
    """Keep what is due after the tick *as_of* and before *until* in *warehouse* as a table of its own."""
    warehouse.run(HERE / "plan_due.sql", as_of=as_of, until=until)


def message_changes(warehouse: Warehouse, before: ProjectFiles, after: ProjectFiles) -> tuple[MessageChange, ...]:
    """Return what changes about messages; the temporary table `due_before` has what is due in the other trial."""
    warehouse.run("create or replace temp table new_texts (template varchar, channel varchar, locale varchar, files varchar)")
    written = warehouse.rows("select distinct template, channel, locale from planned_messages where goes order by template, channel, locale")
    rows = [(*key, ", ".join(files)) for key in written if (files := changed_texts(before, after, *key))]
    warehouse.append("new_texts", ["template", "channel", "locale", "files"], rows)
    warehouse.run(HERE / "plan_differences.sql")
    examples: dict[tuple[str, ...], list[Example]] = {}
    for *key, contact, at_before, at_after in warehouse.rows(HERE / "plan_examples.sql", examples=EXAMPLES):
        examples.setdefault(tuple(key), []).append(Example(contact, at_before, at_after))
    return tuple(
        MessageChange(scenario, step, change, messages, reason, detail, first, last, tuple(examples[scenario, step, change, reason, detail]))
        for scenario, step, change, reason, detail, messages, first, last in warehouse.rows(HERE / "plan_changes.sql")
    )


def changed_texts(before: ProjectFiles, after: ProjectFiles, message: str, channel: str, locale: str) -> list[str]:
    """Return the files that make a message on a channel in a language and differ, the layout's and the shop's settings among them."""
    used = {*_used(before.messages, before.texts, message, channel, locale), *_used(after.messages, after.texts, message, channel, locale)}
    changed = sorted(file for file in used if before.texts.get(file) != after.texts.get(file))
    return changed + (["[shop]"] if before.messages.project.settings.shop != after.messages.project.settings.shop else [])


def _used(library: MessageLibrary, texts: Mapping[str, str], message: str, channel: str, locale: str) -> Iterable[str]:
    found = library.find(message, channel, locale)
    if isinstance(found, Problem):
        return
    yield found.file
    yield found.file.replace(".html.j2", ".txt.j2").replace(SUFFIX, ".txt.j2")
    for file in texts:
        folder, _, name = file.rpartition("/")
        if folder.endswith(f"messages/{LAYOUT}"):
            match = FILE_NAME.fullmatch(name)
            parts = match.groupdict() if match else {"channel": channel, "locale": _locale_in(name)}
            if parts["channel"] == channel and (parts["locale"] or "") in fallback(locale):
                yield file


def _locale_in(name: str) -> str:
    """Return the language in the name of a layout's part: `fr` of `footer.fr.html.j2`."""
    _, *between = name.removesuffix(".j2").split(".")
    return between[0] if len(between) > 1 else ""
