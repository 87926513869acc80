"""What is bought together: a table of its own, which recommendations, segments and `data.sql` files read."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.assets import described
from pipelines.assets.facts import facts_spec
from pipelines.assets.keys import BOUGHT_TOGETHER, sources_of
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage
from pipelines.facts.bought_together import HERE as COUNTING
from pipelines.facts.bought_together import Mode, refresh_bought_together
from pipelines.facts.sources import BEHIND_TOGETHER

HERE = Path(__file__).parent
STATEMENT = COUNTING / "publish.sql"
SHOWN = 10
COUNTED: dict[Mode, str] = {
    "full": "from the whole year",
    "incremental": "from the orders that are new, changed or too old since it was last counted",
    "rested": "not again: the first tick of the day has",
    "unused": "not at all: no template shows `recommendations`, and no segment or `data.sql` reads the table",
}


def bought_together_stage(wiring: Wiring) -> Stage:
    """Return the stage that counts, with the first tick of a day, which products are bought together."""

    def work(run: Run) -> Iterator[Result]:
        yield Result(asset_key=BOUGHT_TOGETHER, metadata=_metadata(run, _counted(run)))

    deps = sources_of(wiring.project, BEHIND_TOGETHER)
    spec = facts_spec(wiring.project, BOUGHT_TOGETHER.path[-1], deps, STATEMENT.read_text(encoding="utf-8"), described.from_file(STATEMENT))
    return Stage("count_bought_together", [spec], work)


def _counted(run: Run) -> Metadata:
    if run.tick is None:
        return {}
    built = refresh_bought_together(run.warehouse, run.project, run.tick, in_use=run.files.ask_what_is_bought_together)
    return {"counted": COUNTED[built.mode], "orders looked into": built.orders}


def _metadata(run: Run, counted: Metadata) -> Metadata:
    with run.warehouse.at(run.as_of):
        return {
            "dagster/row_count": run.warehouse.value("select count(*) from facts.bought_together"),
            **counted,
            "preview": described.shown_rows(run.warehouse.records(HERE / "bought_together_rows.sql", limit=SHOWN)),
        }
