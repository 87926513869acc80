"""Facts about contacts: one row per contact, counted from the sources, which segments and scenarios ask about."""

import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import sqlglot.expressions as exp

from pipelines.assets import described
from pipelines.assets.keys import FACTS, sources_of
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.facts.refresh import FactsBuilt, refresh_facts
from pipelines.facts.sources import behind_facts
from pipelines.settings import Project
from pipelines.warehouse.build import HERE as WAREHOUSE
from pipelines.warehouse.build import with_attributes
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.schema import BY_NAME
from pipelines.workbench.replay import zones_in_use

HERE = Path(__file__).parent
CONTACTS = key("facts", "contacts")
VIEWS = WAREHOUSE / "views.sql"
SHOWN = 5
WORDS = frozenset({
    "country", "locale", "timezone", "engagement", "preferred_channel", "favourite_category", "top_interests", "category", "channel", "basis", "email_consent",
    "sms_consent", "push_consent", "attribute", "activity",
})  # fmt: skip
"""Text that previews show: what facts work out, and what every shop has few of."""
ONE_ROW = dg.AssetCheckSpec("one_row_per_contact", asset=CONTACTS, description="Every contact of `shop.contacts` has exactly one row.")


def facts_stage(wiring: Wiring) -> Stage:
    """Return the stage that counts facts and fills every table of `facts` that people read."""
    specs = [_spec(wiring.project, name) for name in FACTS]

    def work(run: Run) -> Iterator[Result]:
        built = _counted(run)
        for name in FACTS:
            yield Result(asset_key=key("facts", name), metadata=_metadata(run, name, built), check_results=_checks(run) if name == "contacts" else [])

    return Stage("count_facts", specs, work, [ONE_ROW])


def _spec(project: Project, name: str) -> dg.AssetSpec:
    line, statement = _view(name)
    deps = sources_of(project, behind_facts(project.settings))
    return facts_spec(project, name, deps, statement, described.from_file(VIEWS, line))


def facts_spec(project: Project, name: str, deps: set[dg.AssetKey], statement: str, file: dg.CodeReferencesMetadataValue) -> dg.AssetSpec:
    """Return the asset of the table `facts.<name>`, which the *statement* of a *file* makes."""
    (table,) = with_attributes([BY_NAME[f"facts.{name}"]], project.settings.attribute_types)
    return dg.AssetSpec(
        key("facts", name),
        deps=deps,
        group_name="facts",
        kinds={"sql", "duckdb"},
        description=f"`{table.full_name}`: {table.grain}.\n\n{described.code('sql', statement)}",
        metadata={"dagster/table_name": table.full_name, "dagster/column_schema": described.columns(table), "dagster/code_references": file},
    )


def _view(name: str) -> tuple[int, str]:
    """Return the line and the statement that define the view `facts.<name>`."""
    text = VIEWS.read_text(encoding="utf-8")
    found = re.search(rf"^create or replace view facts\.{name} as\n.*?;$", text, re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return text.count("\n", 0, found.start()) + 1, found[0]


def _counted(run: Run) -> FactsBuilt | None:
    if run.tick is None:
        return None
    ensure_zones(run.warehouse, zones_in_use(run.warehouse, run.project))
    return refresh_facts(run.warehouse, run.project, run.tick)


def _metadata(run: Run, name: str, built: FactsBuilt | None) -> Metadata:
    table = exp.to_table(f"facts.{name}")
    everything, some = exp.select(exp.Count(this=exp.Star())).from_(table), exp.select("*").from_(table).limit(SHOWN)
    done: Metadata = (
        {}
        if built is None
        else {"counted": "from the news of the tick" if built.mode == "incremental" else "from the whole history", "rows written": built.changed}
    )
    with run.warehouse.at(run.as_of):
        return {
            "dagster/row_count": run.warehouse.value(everything.sql("duckdb")),
            **(done if name == "contacts" else {}),
            **({"answers not of their type": run.warehouse.value("select count(*) from facts.unread_answers")} if name == "attributes" else {}),
            "preview": described.shown_people(run.warehouse.records(some.sql("duckdb")), WORDS),
        }


def _checks(run: Run) -> list[dg.AssetCheckResult]:
    with run.warehouse.at(run.as_of):
        missing, doubled = run.warehouse.rows(HERE / "facts_rows.sql")[0]
    return [
        dg.AssetCheckResult(
            asset_key=CONTACTS, check_name=ONE_ROW.name, passed=not (missing or doubled), metadata={"without a row": missing, "with several rows": doubled}
        )
    ]
