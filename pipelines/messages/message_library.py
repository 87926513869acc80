"""All messages of a project, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import jinja2

from pipelines.errors import Problem, shown
from pipelines.messages.checking import Checked, Known, check
from pipelines.messages.data import VARIABLE, DataFiles, MessageData, read_data
from pipelines.messages.environment import Source, environment
from pipelines.messages.front_matter import FrontMatter, parse
from pipelines.messages.locales import fallback, language_of
from pipelines.messages.template_files import Found, TemplateFile, find_templates
from pipelines.messages.unsubscribe import problems_of_shop
from pipelines.messages.views import FIELDS
from pipelines.segments.files import SegmentFiles
from pipelines.settings import Project, ShopSettings

WRITING = frozenset({"language", "locale", "timezone", "currency", "subject", "preheader"})
CONTEXT = frozenset({*FIELDS, "trigger", "recommendations", "links", "in_segment", "shop", "referral_url", "unsubscribe_url", *WRITING})
"""Every variable that all templates may use; those beside a `data.sql` have `data` too."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Template:
    """
    The compiled templates of one message on one channel in one language. `text` is None where HTML gives the text.

    `variables` and `segments` are all that it, or the layout, may ask for; `data` is what its message looks up besides.
    """

    file: str
    language: str
    body: jinja2.Template
    text: jinja2.Template | None
    fields: Mapping[str, jinja2.Template]
    links: Mapping[str, jinja2.Template]
    variables: frozenset[str]
    segments: frozenset[str]
    data: MessageData | None = None


@dataclass(frozen=True)
class MessageLibrary:
    """The messages of a project by (message, channel, language); a template that cannot be used is the problem with it."""

    project: Project
    templates: Mapping[Key, Template | Problem]
    problems: tuple[Problem, ...]

    @cached_property
    def channels(self) -> dict[str, frozenset[str]]:
        """The channels of each message."""
        return {message: frozenset(channel for name, channel, _ in self.templates if name == message) for message, _, _ in self.templates}

    def find(self, message: str, channel: str, locale: str) -> Template | Problem:
        """Return the template in the best language there is for *locale*, or why there is none."""
        for candidate in fallback(locale):
            if (message, channel, candidate) in self.templates:
                return self.templates[message, channel, candidate]
        folder = shown(self.project.messages_folder / message, self.project.root)
        return Problem(folder, None, f"has no template for `{channel}`", "add one, or send by another channel")


def read_messages(project: Project, segments: SegmentFiles) -> MessageLibrary:
    """
    Return the message library of *project*, whose `data.sql` files may read *segments*. Reads every file once and never stops at a bad one: see `problems`.

    A template without language in its name is in the project's own (`project.locale`).
    """
    found = find_templates(project)
    data = read_data(project, found.data, segments)
    reading = _Reading(project, found, data, segments)
    templates = {template.key: reading.read(template) for template in found.templates if not template.is_alternative}
    problems = {*found.problems, *data.problems, *reading.problems, *(problems_of_shop(project.settings.shop) if templates else [])}
    return MessageLibrary(project, templates, tuple(sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.text))))


class _Reading:
    """One pass over the files: what all of them need, and the problems met on the way."""

    def __init__(self, project: Project, found: Found, data: DataFiles, segments: SegmentFiles) -> None:
        self.project = project
        self.data = data.by_message
        self.headers = {template.name: parse(template.text, template.file) for template in found.templates}
        self.alternatives = {template.key: template for template in found.templates if template.is_alternative}
        self.sources = {layout.name: Source(layout.text, layout.file) for layout in found.layouts}
        for template in found.templates:
            self.sources |= _pieces(template, self.headers[template.name][0])
        self.segments = frozenset(segments.names) if project.segments_folder.is_dir() else None
        self.environments: dict[str, jinja2.Environment] = {}
        self.problems: list[Problem] = []
        self.shared = [self._check(layout.name, "", FIELDS) for layout in found.layouts]

    def read(self, template: TemplateFile) -> Template | Problem:
        (header, wrong), alternative = self.headers[template.name], self.alternatives.get(template.key)
        before = len(self.problems)
        self.problems.extend(wrong)
        if alternative and (self.headers[alternative.name][0].fields or self.headers[alternative.name][1]):
            self.problems.append(Problem(alternative.file, 1, "a plain text alternative has no header", f"it shares that of {template.file}"))
        if template.channel == "email" and "subject" not in header.fields and not wrong:
            self.problems.append(Problem(template.file, 1, "the e-mail has no subject", "start the file with `---`, `subject: …`, `---`"))
        pieces = [*_pieces(template, header), *([alternative.name] if alternative else [])]
        data = self.data.get(template.message)
        fields = FIELDS | {"links": frozenset(header.links)} | ({VARIABLE: frozenset(data.columns)} if isinstance(data, MessageData) else {})
        checked = [self._check(name, template.locale, fields, frozenset({VARIABLE} if data else {})) for name in pieces]
        if len(self.problems) > before:
            return self.problems[before]
        if isinstance(data, Problem):
            return data
        return self._compiled(template, header, alternative, checked, data)

    def _compiled(
        self, template: TemplateFile, header: FrontMatter, alternative: TemplateFile | None, checked: list[Checked], data: MessageData | None
    ) -> Template:
        get = self._environment(template.locale).get_template
        return Template(
            file=template.file,
            language=language_of(template.locale or self.project.settings.project.locale),
            body=get(template.name),
            text=get(alternative.name) if alternative else None,
            fields={name: get(f"{template.name}#{name}") for name in header.fields},
            links={name: get(f"{template.name}#link.{name}") for name in header.links},
            variables=frozenset().union(*(piece.variables for piece in [*checked, *self.shared])),
            segments=frozenset().union(*(piece.segments for piece in [*checked, *self.shared])),
            data=data,
        )

    def _check(self, name: str, locale: str, fields: Mapping[str, frozenset[str]], more: frozenset[str] = frozenset()) -> Checked:
        known = Known(CONTEXT | more, {**fields, "shop": frozenset(ShopSettings.model_fields)}, self.segments)
        checked = check(self._environment(locale), name, self.sources[name], known)
        self.problems.extend(checked.problems)
        return checked

    def _environment(self, locale: str) -> jinja2.Environment:
        if locale not in self.environments:
            self.environments[locale] = environment(self.sources, fallback(locale))
        return self.environments[locale]


def _pieces(template: TemplateFile, header: FrontMatter) -> dict[str, Source]:
    """Return the body and each value of the header as a template of its own, on the lines where they stand in the file."""
    named = {f"#{name}": field for name, field in header.fields.items()} | {f"#link.{name}": field for name, field in header.links.items()}
    values = {template.name + suffix: Source("\n" * (field.line - 1) + field.text, template.file) for suffix, field in named.items()}
    return {template.name: Source(header.body, template.file)} | values
