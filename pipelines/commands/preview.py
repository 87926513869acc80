"""`preview`: a message as one real contact would get it, as a page to look at."""

import webbrowser
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.commands.asked import console, say
from pipelines.errors import RelanceError
from pipelines.messages import preview as messages
from pipelines.messages.html_size import CLIPPED, kilobytes
from pipelines.messages.render import InvalidContent
from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_read_copy
from pipelines.workbench.project_files import read_files
from senders.message import Message
from senders.sms_text import in_alphabet, segments

HERE = Path(__file__).parent


def preview(project: Project, message: str, contact_id: str, *, channel: str, locale: str, opened: bool, as_json: bool) -> int:
    """Write the page of *message* for a contact and open it in a browser where *opened*; return the exit code."""
    with open_read_copy(project) as warehouse:
        as_of = warehouse.value("select as_of()")
        with warehouse.at(as_of):
            seen = messages.preview(warehouse, read_files(project).messages, message, contact_id, channel=channel, locale=locale)
    match seen.outcome:
        case InvalidContent(detail=detail):
            raise RelanceError(f"{detail}\n  hint: made with {seen.made_with}")
        case Message() as made:
            page = _write(project, message, made, seen.made_with)
    cost = segments(in_alphabet(made.text)) if made.channel == "sms" else None
    size = kilobytes(made.html)
    if as_json:
        told = {"message": message, "channel": made.channel, "locale": made.locale, "subject": made.subject, "made_with": seen.made_with, "page": str(page)}
        say(told | ({"segments": cost.count, "encoding": cost.encoding} if cost else {}) | ({"html_kb": size, "clipped": size > CLIPPED} if size else {}))
    else:
        clipped = f"size: {size} kB of HTML, of which Gmail hides all beyond {CLIPPED}\n" if size > CLIPPED else ""
        console().print(f"made with {seen.made_with}\n" + (f"segments: {cost.count} ({cost.encoding})\n" if cost else "") + f"{clipped}page: {page}")
    if opened:
        webbrowser.open(page.as_uri())
    return 0


def _write(project: Project, name: str, message: Message, made_with: str) -> Path:
    page = project.previews_folder / f"{name}.{message.channel}.{message.locale}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_environment().get_template("preview.html.j2").render(name=name, message=message, made_with=made_with), encoding="utf-8")
    return page


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
