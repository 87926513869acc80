"""What the data there is says of files: values that templates need and contacts lack, segments that have nobody."""

from collections import defaultdict
from collections.abc import Iterator, Set
from contextlib import suppress
from pathlib import Path

from pipelines.errors import Problem, ReadCopyTooOld
from pipelines.messages.emptiness import emptiness
from pipelines.messages.reading import Need
from pipelines.scenarios import model as m
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.yaml_file import Path_
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse, open_read_copy
from pipelines.workbench.clocks import doubt
from pipelines.workbench.project_files import ProjectFiles
from pipelines.workbench.templates import sent_templates

HERE = Path(__file__).parent
REACHED_BY = {"contact.email": "email", "contact.phone": "sms"}
"""Values without which a message of the channel has nowhere to go."""


def value_doubts(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """Yield what is doubtful on the rows of the last daily tick; nothing before there is one of this version of relance."""
    if not project.read_copy_path.exists():
        return
    with suppress(ReadCopyTooOld), open_read_copy(project) as warehouse, warehouse.at(warehouse.value("select as_of()")):
        there = {name for (name,) in warehouse.rows("select column_name from information_schema.columns where table_schema = 'facts'")}
        yield from _empty_values(warehouse, files, there & project.settings.attributes.keys())
        yield from _empty_segments(warehouse, files)


def _empty_values(warehouse: Warehouse, files: ProjectFiles, declared: Set[str]) -> Iterator[Problem]:
    """A value that contacts lack; attributes declared since the last tick are not known of anybody yet."""
    needs: defaultdict[str, dict[Need, None]] = defaultdict(dict)
    data = {}
    for sent in sent_templates(files):
        needs[sent.message] |= dict.fromkeys(need for need in sent.template.needs if REACHED_BY.get(need.of) != sent.channel)
        data[sent.message] = sent.template.data
    found: dict[Need, str] = {}
    for message, wanted in sorted(needs.items()):
        counted = emptiness(warehouse, message, [need.of for need in wanted], data[message], declared)
        found |= {need: f"is empty for {counted[need.of]}" for need in wanted if need.of in counted and counted[need.of].empty}
    for need, said in found.items():
        hint = f"write `{need.typed} or …`, or put it in an `{{% if {need.typed} %}}`: a message that would print nothing is not sent"
        yield Problem(need.file, need.line, f"`{need.typed}` {said}", hint, "warning")


def _empty_segments(warehouse: Warehouse, files: ProjectFiles) -> Iterator[Problem]:
    """A scenario that takes in members of a segment which never had any takes in nobody."""
    empty = {name for (name,) in warehouse.rows(HERE / "segments_empty_so_far.sql")}
    for file in files.scenarios:
        for place, segment in _taken_from(file):
            if segment in empty:
                text = f"the segment `{segment}` has had no member so far: nobody enters"
                yield doubt(file, place, text, f"`relance segment {segment}` shows what it asks for")


def _taken_from(file: ScenarioFile) -> Iterator[tuple[Path_, str]]:
    if not file.scenario or file.scenario.status != "live":
        return
    match file.scenario.trigger:
        case m.SegmentTrigger(segment=change):
            yield ("trigger", "segment", "entered" if change.entered else "left"), change.entered or change.left or ""
        case m.CampaignTrigger(segment=segment):
            yield ("trigger", "segment"), segment
        case _:
            pass
    yield from ((("audience", "in", number), segment) for number, segment in enumerate(file.scenario.audience.within))
