"""The files of `scenarios/messages/`: which there are, what each is for, and which have no business there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pipelines.errors import Problem, nearest, shown
from pipelines.messages import data
from pipelines.settings import Project
from senders.message import Channel

LAYOUT = "layout"
CHANNELS = get_args(Channel)
FOLDER_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
FILE_NAME = re.compile(rf"(?P<channel>{'|'.join(CHANNELS)})(\.(?P<locale>[a-z]{{2,3}}(-[A-Z][A-Za-z]+)?))?\.(?P<kind>html|mjml|txt)\.j2")


@dataclass(frozen=True)
class TemplateFile:
    """
    One template. `name` is what other templates call it, `file` how a person knows it.

    The `html` or `mjml` of an e-mail is its template proper; its `txt` is the plain text alternative. Other channels have `txt` alone.
    """

    message: str
    channel: str
    locale: str
    kind: str
    name: str
    file: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.message, self.channel, self.locale

    @property
    def is_alternative(self) -> bool:
        return self.channel == "email" and self.kind == "txt"


@dataclass(frozen=True)
class Found:
    """Everything a project's message folder holds; `data` are the paths of its `data.sql` files."""

    templates: list[TemplateFile]
    layouts: list[TemplateFile]
    data: list[Path]
    problems: list[Problem]


def find_templates(project: Project) -> Found:
    """Return the templates of a project, in order of name."""
    found = Found([], [], [], [])
    for folder in sorted(path for path in project.messages_folder.glob("*") if not path.name.startswith(".")):
        where = shown(folder, project.root)
        if not folder.is_dir():
            found.problems.append(Problem(where, None, "is no message: each message is a folder of templates", f"move it to {where.partition('.')[0]}/"))
        elif not FOLDER_NAME.fullmatch(folder.name):
            found.problems.append(Problem(where, None, f"`{folder.name}` is no name for a message", "use small letters, digits and `_`"))
        else:
            _read_folder(folder, project, found)
    return found


def _read_folder(folder: Path, project: Project, found: Found) -> None:
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if folder.name != LAYOUT:
        found.data.extend(path for path in paths if path.name == data.NAME)
        paths = [path for path in paths if path.name != data.NAME]
    if not paths:
        found.problems.append(Problem(shown(folder, project.root), None, "holds no template", "add `email.html.j2`, or remove the folder"))
    for path in paths:
        match _read(path, project):
            case Problem() as problem:
                found.problems.append(problem)
            case TemplateFile(message="layout") as layout:
                found.layouts.append(layout)
            case template:
                found.templates.append(template)
    if folder.name != LAYOUT:
        mine = [template for template in found.templates if template.message == folder.name]
        found.problems.extend(_gaps(mine, shown(folder, project.root)))


def _read(path: Path, project: Project) -> TemplateFile | Problem:
    file, message = shown(path, project.root), path.parent.name
    match = FILE_NAME.fullmatch(path.name)
    in_layout = message == LAYOUT and path.name.endswith(".j2")
    if not (match or in_layout) or not path.is_file():
        return Problem(file, None, f"`{path.name}` is no template name", _name_hint(path.name))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(file, None, f"is not UTF-8 text ({error.reason})", "save it as UTF-8")
    parts = match.groupdict() if match and not in_layout else {}
    return TemplateFile(message, parts.get("channel", ""), parts.get("locale") or "", parts.get("kind", ""), f"{message}/{path.name}", file, text)


def _name_hint(name: str) -> str:
    known = [f"{channel}.{'html' if channel == 'email' else 'txt'}.j2" for channel in CHANNELS]
    others = f"other channels: {', '.join(known[1:])}; `{data.NAME}` for what else they show"
    return nearest(name, [*known, "email.mjml.j2", data.NAME]) or f"write `email.html.j2` or `email.mjml.j2`, or with a language `email.fr.html.j2`; {others}"


def _gaps(templates: list[TemplateFile], folder: str) -> Iterator[Problem]:
    """Yield what a message lacks: the template every language falls back on, the HTML beside a text."""
    proper = {template.key for template in templates if not template.is_alternative}
    html = {template.key for template in templates if template.kind == "html"}
    for template in templates:
        wanted = {"email": "html" if template.kind == "txt" else template.kind}.get(template.channel, "txt")
        if template.kind != "txt" and template.channel != "email":
            yield Problem(template.file, None, f"`{template.channel}` is plain text", f"rename it to {template.channel}.txt.j2")
        elif template.kind == "mjml" and template.key in html:
            hint = f"keep one of them: {template.name.replace('.mjml.', '.html.')} is the other"
            yield Problem(template.file, None, "is the same e-mail as a template in HTML", hint)
        elif template.is_alternative and template.key not in proper:
            yield Problem(template.file, None, "is the plain text of an e-mail that is not there", f"add {template.name.replace('.txt.', '.html.')}")
        elif template.locale and (template.message, template.channel, "") not in proper:
            yield Problem(folder, None, f"`{template.channel}` has no template for other languages", f"add {folder}/{template.channel}.{wanted}.j2")
            proper.add((template.message, template.channel, ""))
