"""What every step of a load needs to know of a source."""

from dataclasses import dataclass

from pipelines.settings import Project, SourceSettings
from pipelines.sources.mapping import Mapping
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
