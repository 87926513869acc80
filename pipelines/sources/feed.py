"""What every step of a load needs to know of a source."""

from dataclasses import dataclass

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.settings import FILE_NAME, Project, SourceSettings
from pipelines.settings_file import line_of_setting
from pipelines.sources.mapping import Mapping
from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table


@dataclass(frozen=True)
class Feed:
    """A source on its way into its contract table."""

    warehouse: Warehouse
    project: Project
    source: SourceSettings
    table: Table
    mapping: Mapping | None


def contract_table(project: Project, source: SourceSettings) -> Table:
    """Return the contract table that *source* fills; raise BadFiles where there is no such table."""
    tables = {table.name: table for table in CONTRACT}
    if source.table not in tables:
        text = f"source `{source.name}` fills `{source.table}`, which is no table of the contract"
        raise BadFiles([setting_problem(project, source, "table", text, nearest(source.table, tables) or f"one of {', '.join(tables)}")])
    return tables[source.table]


def setting_problem(project: Project, source: SourceSettings, key: str, text: str, hint: str) -> Problem:
    """Return a problem of one setting of *source*, at its line of relance.toml."""
    place = project.settings.sources.index(source)
    return Problem(FILE_NAME, line_of_setting(project, "sources", place, key), text, hint)
