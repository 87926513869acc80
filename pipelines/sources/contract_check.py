"""What can be said of a project's sources before any row is loaded, for `relance check`."""

from typing import Iterator

from pipelines.errors import BadFiles, Problem, SourceRefused, shown
from pipelines.settings import Project, SourceSettings
from pipelines.sources.binding import Binder
from pipelines.sources.feed import Feed, contract_table, setting_problem
from pipelines.sources.files import find_files
from pipelines.sources.mapping import read_mapping
from pipelines.sources.relation import sketch_file
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import EngineError, refusal


def check_sources(project: Project) -> list[Problem]:
    """Return every problem of the project's sources: tables, paths, mappings, and whether each mapping fits the first file it is for."""
    with memory_warehouse(project.settings.params) as warehouse:
        return [problem for source in project.settings.sources for problem in _problems(warehouse, project, source)]


def _problems(warehouse: Warehouse, project: Project, source: SourceSettings) -> Iterator[Problem]:
    files = find_files(project, source)
    if not files and not source.optional:
        text = f"source `{source.name}`: no file matches `{source.path}`"
        yield setting_problem(project, source, "path", text, "correct the path, or write optional = true if its files come later")
    yield from _format_problems(warehouse, project, source)
    try:
        table = contract_table(project, source)
        if source.stale_after and not table.time:
            text = f"source `{source.name}`: {table.name} has no time of its own, so it is never stale"
            yield setting_problem(project, source, "stale_after", text, "leave stale_after out")
        feed = Feed(warehouse, project, source, table, read_mapping(project, source, table))
        # The keys of JSON lines are known only after reading them all.
        if files and source.format != "jsonl":
            Binder(feed).bind(sketch_file(warehouse, source, files[0]))
    except BadFiles as bad:
        yield from bad.problems
    except SourceRefused as refused:
        text = f"source `{source.name}`: {shown(files[0], project.root)} {refused}"
        yield setting_problem(project, source, "path", text, "a run would refuse the file and keep what it loaded before")


def _format_problems(warehouse: Warehouse, project: Project, source: SourceSettings) -> Iterator[Problem]:
    for key in ("timestamp_format", "date_format"):
        try:
            warehouse.value("select try_strptime('', coalesce(nullif($form, ''), '%Y'))", form=getattr(source, key))
        except EngineError as error:
            text = f"source `{source.name}`: {refusal(error).text}"
            yield setting_problem(project, source, key, text, "write it as strptime does, such as %d/%m/%Y %H:%M")
