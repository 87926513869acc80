"""Which assets stand behind a table: what the lineage draws."""

from collections.abc import Iterable

import dagster as dg
import sqlglot.expressions as exp

from pipelines.assets.stage import key
from pipelines.facts.sources import BEHIND
from pipelines.settings import Project
from pipelines.warehouse.activities import activities, known_activity
from pipelines.warehouse.schema import VIEWS

FACTS = tuple(view.name for view in VIEWS if view.schema == "facts")
OUTBOX = dg.AssetKey(["outbox", "messages"])
REPORT = dg.AssetKey(["results", "report"])


def sources_of(project: Project, tables: Iterable[str]) -> set[dg.AssetKey]:
    """Return the sources that fill the contract tables *tables*."""
    wanted = set(tables)
    return {key("sources", source.name) for source in project.settings.sources if source.table in wanted}


def fact_keys() -> set[dg.AssetKey]:
    return {key("facts", name) for name in FACTS}


def behind_facts(project: Project) -> set[str]:
    """Return the contract tables that facts are counted from: their own, and those of the activities that score points."""
    scored = [rule.activity for rule in project.settings.lead_score.rules]
    return {"contacts", *(table for tables in BEHIND.values() for table in tables), *behind_activities(scored)}


def behind_activities(names: Iterable[str]) -> set[str]:
    """Return the contract tables that the activities *names* come from."""
    kinds = [kind for name in names if (kind := known_activity(name))]
    return {table.name for kind in kinds for table in kind.query.find_all(exp.Table) if table.db == "shop"}


def behind_view(view: str) -> set[str]:
    """Return the contract tables behind a name of `shop`."""
    match view:
        case "activities":
            return behind_activities(activities())
        case "current_products":
            return {"products"}
        case _:
            return {view}
