"""Everything people wrote in a project, read once: segments, messages, scenarios, each checked against the others."""

from dataclasses import dataclass

from pipelines.errors import Problem
from pipelines.messages.message_library import MessageLibrary, read_messages
from pipelines.scenarios.compiled import Compiled
from pipelines.scenarios.files import ScenarioFile, read_scenarios
from pipelines.scenarios.references import Known
from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings import Project


@dataclass(frozen=True)
class ProjectFiles:
    """The files of a project. A bad one is in `problems` and takes down only what depends on it."""

    segments: SegmentFiles
    messages: MessageLibrary
    scenarios: tuple[ScenarioFile, ...]

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
    known = Known(frozenset(segments.names), messages.channels, channels)
    scenarios = tuple(read_scenarios(project, known))
    asked = {segment for file in scenarios if file.compiled for segment in file.compiled.segments}
    asked |= {cap.segment for cap in project.settings.caps if cap.segment}
    return ProjectFiles(segments.resting_without(asked), messages, scenarios)
