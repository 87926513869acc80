"""Which assets stand behind a table: what the lineage draws."""

from collections.abc import Iterable

import dagster as dg

from pipelines.assets.stage import key
from pipelines.settings import Project
from pipelines.warehouse.schema import VIEWS

BOUGHT_TOGETHER = dg.AssetKey(["facts", "bought_together"])
FACTS = tuple(view.name for view in VIEWS if view.schema == "facts" and view.name != BOUGHT_TOGETHER.path[-1])
"""Facts about contacts."""
OUTBOX = dg.AssetKey(["outbox", "messages"])
REPORT = dg.AssetKey(["results", "report"])


def sources_of(project: Project, tables: Iterable[str]) -> set[dg.AssetKey]:
    """Return the sources that fill the contract tables *tables*."""
    wanted = set(tables)
    return {key("sources", source.name) for source in project.settings.sources if source.table in wanted}


def fact_keys() -> set[dg.AssetKey]:
    return {key("facts", name) for name in FACTS}
