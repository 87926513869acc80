"""All messages of a project, compiled once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import jinja2

from pipelines.errors import Problem, shown
from pipelines.messages.checking import Checked, Known, check
from pipelines.messages.data import VARIABLE, DataFiles, MessageData, read_data
from pipelines.messages.environment import Piece, Source, environment, localized
from pipelines.messages.front_matter import SCHEMES, FrontMatter, parse
from pipelines.messages.locales import fallback, language_of
from pipelines.messages.mjml import SUFFIX, mjml_problems
from pipelines.messages.reading import Macro, Need
from pipelines.messages.shapes import SHAPES, UNKNOWN, Shape, named
from pipelines.messages.shop_pages import PAGES, unnamed
from pipelines.messages.template_files import Found, TemplateFile, find_templates
from pipelines.messages.unsubscribe import problems_of_shop
from pipelines.segments.files import SegmentFiles
from pipelines.settings import Project

WRITING = frozenset({"language", "locale", "timezone", "currency", "subject", "preheader"})
CONTEXT = frozenset({*SHAPES, *PAGES, "links", "in_segment", "unsubscribe_url", *WRITING})
"""Every variable that all templates may use; those beside a `data.sql` have `data` too."""
FIXED = frozenset({"shop"})
"""Those that are the same in every message."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Template:
    """
    The compiled templates of one message on one channel in one language. `text` is None where HTML gives the text.

    `variables` and `segments` are all that it, or what it uses of the layout, may ask for; `needs` are the values that must
    not be empty there. `data` is what its message looks up besides. An SMS may take so many `parts`.
    """

    file: str
    language: str
    body: Piece
    text: Piece | None
    fields: Mapping[str, Piece]
    links: Mapping[str, Piece]
    variables: frozenset[str]
    segments: frozenset[str]
    needs: tuple[Need, ...]
    parts: int = 1
    data: MessageData | None = None
    is_mjml: bool = False

    @property
    def needs_a_code(self) -> bool:
        """Whether it cannot be written without a personal code."""
        return any(need.of == "offer" for need in self.needs)


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

    @cached_property
    def links(self) -> dict[str, frozenset[str]]:
        """The names of the links of each message: those that it has in every language of a channel."""
        found: dict[tuple[str, str], frozenset[str]] = {}
        for (message, channel, _), template in self.templates.items():
            if isinstance(template, Template):
                found[message, channel] = found.get((message, channel), frozenset(template.links)) & template.links.keys()
        return {message: frozenset().union(*(links for (name, _), links in found.items() if name == message)) for message, _ in found}

    @cached_property
    def coded(self) -> frozenset[str]:
        """The messages that cannot be written without a personal code."""
        return frozenset(message for (message, _, _), template in self.templates.items() if isinstance(template, Template) and template.needs_a_code)

    def languages(self, message: str) -> list[str]:
        """The languages *message* is written in, the project's own among them where a template names none."""
        return sorted({locale or self.project.settings.project.locale for name, _, locale in self.templates if name == message})

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
        self.shared: dict[str, Checked] = {}
        self.macros: dict[str, Mapping[str, Macro]] = {}
        for layout in found.layouts:
            if layout.name.endswith(SUFFIX):
                self.problems.extend(mjml_problems(layout.text, layout.file, is_layout=True))
            self.shared[layout.name] = self._check(layout.name, "", SHAPES)
            self.macros[layout.name] = self.shared[layout.name].macros

    def read(self, template: TemplateFile) -> Template | Problem:
        (header, wrong), alternative = self.headers[template.name], self.alternatives.get(template.key)
        before = len(self.problems)
        self.problems.extend(wrong)
        if alternative and (self.headers[alternative.name][0].fields or self.headers[alternative.name][1]):
            self.problems.append(Problem(alternative.file, 1, "a plain text alternative has no header", f"it shares that of {template.file}"))
        if template.channel == "email" and "subject" not in header.fields and not wrong:
            self.problems.append(Problem(template.file, 1, "the e-mail has no subject", "start the file with `---`, `subject: …`, `---`"))
        self.problems.extend([*_parts_problems(template, header), *_link_problems(template, header)])
        if template.kind == "mjml" and template.channel == "email":
            self.problems.extend(mjml_problems(header.body, template.file, is_layout=False))
        pieces = [*_pieces(template, header), *([alternative.name] if alternative else [])]
        data = self.data.get(template.message)
        shapes = {**SHAPES, "links": named("links", frozenset(header.links), may_be_empty=False)}
        if data:
            shapes[VARIABLE] = named(VARIABLE, data.columns, may_be_empty=True) if isinstance(data, MessageData) else UNKNOWN
        checked = {name: self._check(name, template.locale, shapes) for name in pieces}
        if len(self.problems) > before:
            return self.problems[before]
        if isinstance(data, Problem):
            return data
        return self._compiled(template, header, alternative, checked, data)

    def _compiled(
        self, template: TemplateFile, header: FrontMatter, alternative: TemplateFile | None, checked: Mapping[str, Checked], data: MessageData | None
    ) -> Template:
        def piece(name: str) -> Piece:
            one = checked[name]
            return Piece(self._environment(template.locale).get_template(name), fixed=one.variables <= FIXED and one.stands_alone)

        pieces = [*checked.values(), *self._used([*checked.values()], template.locale)]
        return Template(
            file=template.file,
            language=language_of(template.locale or self.project.settings.project.locale),
            body=piece(template.name),
            text=piece(alternative.name) if alternative else None,
            fields={name: piece(f"{template.name}#{name}") for name in header.fields},
            links={name: piece(f"{template.name}#link.{name}") for name in header.links},
            variables=frozenset().union(*(piece.variables for piece in pieces)),
            segments=frozenset().union(*(piece.segments for piece in pieces)),
            parts=max((int(field.text) for field in header.parts.values()), default=1),
            needs=tuple(dict.fromkeys(need for piece in pieces for need in piece.needs)),
            data=data,
            is_mjml=template.kind == "mjml",
        )

    def _used(self, checked: list[Checked], locale: str) -> list[Checked]:
        """Return the pieces of the layout that *checked* use, and those that these use, as they are in a language."""
        found: dict[str, Checked] = {}
        wanted = [name for piece in checked for name in piece.uses]
        while wanted:
            asked = wanted.pop()
            name = next((each for language in fallback(locale) if (each := localized(asked, language)) in self.shared), None)
            if name and name not in found:
                found[name] = self.shared[name]
                wanted += self.shared[name].uses
        return list(found.values())

    def _check(self, name: str, locale: str, shapes: Mapping[str, Shape]) -> Checked:
        known = Known(CONTEXT | frozenset(shapes), shapes, self.segments, self.macros, unnamed(self.project.settings.shop))
        checked = check(self._environment(locale), name, self.sources[name], known)
        self.problems.extend(checked.problems)
        return checked

    def _environment(self, locale: str) -> jinja2.Environment:
        if locale not in self.environments:
            self.environments[locale] = environment(self.sources, fallback(locale), {"shop": self.project.settings.shop})
        return self.environments[locale]


def _parts_problems(template: TemplateFile, header: FrontMatter) -> Iterator[Problem]:
    for field in header.parts.values():
        if template.channel != "sms":
            yield Problem(template.file, field.line, f"`parts` is for an sms, this is for {template.channel}", "leave it out")
        elif field.text not in map(str, range(1, 11)):
            yield Problem(template.file, field.line, f"`parts: {field.text}` is no number of parts", "write for example `parts: 2`, at most 10")


def _link_problems(template: TemplateFile, header: FrontMatter) -> Iterator[Problem]:
    """Look at what stands before the first jinja of an address: the rest is known when the message is made."""
    for name, field in header.links.items():
        begins = field.text.partition("{")[0]
        if not field.text or not any(scheme.startswith(begins) or begins.startswith(scheme) for scheme in SCHEMES):
            hint = "begin it with `https://` or with `{{ shop.url }}`"
            yield Problem(template.file, field.line, f"link `{name}` is `{field.text}`, which is no web address", hint)


def _pieces(template: TemplateFile, header: FrontMatter) -> dict[str, Source]:
    """Return the body and each value of the header as a template of its own, on the lines where they stand in the file."""
    named = {f"#{name}": field for name, field in header.fields.items()} | {f"#link.{name}": field for name, field in header.links.items()}
    values = {template.name + suffix: Source("\n" * (field.line - 1) + field.text, template.file) for suffix, field in named.items()}
    return {template.name: Source(header.body, template.file)} | values
