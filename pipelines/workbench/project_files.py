"""Everything people wrote in a project, read once: segments, messages, scenarios, each checked against the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import Problem, shown
from pipelines.messages.message_library import MessageLibrary, Template, read_messages
from pipelines.scenarios.compiled import Compiled
from pipelines.scenarios.files import ScenarioFile, read_scenarios
from pipelines.scenarios.references import Known
from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings import FILE_NAME, Project

BOUGHT_TOGETHER = "facts.bought_together"


@dataclass(frozen=True)
class ProjectFiles:
    """The files of a project, and their `texts` by path. A bad one is in `problems` and takes down only what depends on it."""

    segments: SegmentFiles
    messages: MessageLibrary
    scenarios: tuple[ScenarioFile, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def compiled(self) -> list[Compiled]:
        """The scenarios that can run."""
        return [file.compiled for file in self.scenarios if file.compiled]

    @property
    def unusable(self) -> dict[str, str]:
        """The scenarios whose file cannot be used, each with the first thing that is wrong: people in flight there wait."""
        bad = [file for file in self.scenarios if file.compiled is None]
        return {
            file.path.stem: next((str(problem).splitlines()[0] for problem in file.problems if problem.severity == "error"), "its file cannot be used")
            for file in bad
        }

    @property
    def ask_what_is_bought_together(self) -> bool:
        """Whether a template, of a draft too, a `data.sql` or a segment reads facts.bought_together."""
        templates = [template for template in self.messages.templates.values() if isinstance(template, Template)]
        read = {table for segment in self.segments.segments for table in segment.reads_tables}
        read |= {table for template in templates if template.data for table in template.data.reads}
        return BOUGHT_TOGETHER in read or any("recommendations" in template.variables for template in templates)

    @property
    def problems(self) -> list[Problem]:
        scenarios = [problem for file in self.scenarios for problem in file.problems]
        return sorted([*self.segments.all_problems, *self.messages.problems, *scenarios], key=lambda problem: (problem.file, problem.line or 0, problem.text))


def read_files(project: Project) -> ProjectFiles:
    """
    Return what *project*'s folders hold; never raises for a bad file.

    Segments that no scenario and no cap asks about are built once a day: between two days nothing is decided by them.
    """
    segments = read_segments(project)
    messages = read_messages(project, segments)
    channels = frozenset(channel for sender in project.settings.senders for channel in sender.channels)
    audiences = {name: audience.segment for name, audience in project.settings.audiences.items()}
    offers, attributes = frozenset(project.settings.offers), project.settings.attribute_types
    known = Known(frozenset(segments.names), messages.channels, channels, messages.links, messages.coded, offers, audiences, attributes)
    scenarios = tuple(read_scenarios(project, known))
    asked = {segment for file in scenarios if file.compiled for segment in file.compiled.segments}
    asked |= {cap.segment for cap in project.settings.caps if cap.segment}
    return ProjectFiles(segments.resting_without(asked), messages, scenarios, texts_of(project))


def texts_of(project: Project) -> dict[str, str]:
    """Return the text of every file that says what a tick does, by its path in the project's folder; a file that is no UTF-8 text is left out."""
    found = {}
    for path in sorted(set(_paths(project))):
        if path.is_file() and not path.name.startswith("."):
            try:
                found[shown(path, project.root)] = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
    return found


def _paths(project: Project) -> Iterator[Path]:
    yield project.root / FILE_NAME
    yield from project.segments_folder.glob("*.sql")
    yield from project.scenarios_folder.glob("*.y*ml")
    yield from project.messages_folder.glob("*/*")
    yield from (project.root / source.mapping for source in project.settings.sources if source.mapping)
