"""The sample shop answers the messages that a run handed over: it opens, clicks, leaves and buys, always in the same way."""

from datetime import date, timedelta
from pathlib import Path

from pipelines.sample.files import OnFile, Writer, ignore, sample_sources
from pipelines.settings import Project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


def answer(warehouse: Warehouse, project: Project, day: date, on_file: OnFile = ignore) -> list[Path]:
    """
    Write what contacts do between the tick of *day* and the next with the messages accepted so far and not yet answered.

    The files (`answers-<day>`: what providers report, visits, orders with their parcels, consents taken back) are read by the next
    tick. The same warehouse gives the same files; nothing is written into it. Returns the files.
    """
    opens_at, closes_at = tick_of_day(project, day), tick_of_day(project, day + timedelta(days=1))
    values = {"opens_at": opens_at, "closes_at": closes_at, "url": project.settings.shop.url, "currency": project.settings.project.currency}
    writer = Writer(project, "answers", on_file)
    with warehouse.at(opens_at):
        warehouse.run(HERE / "draws.sql", seed=project.settings.sample.seed)
        warehouse.run(HERE / "replies.sql", **values)
        for source in sample_sources(project):
            answers = HERE / "answers" / f"{source.table}.sql"
            if answers.exists():
                warehouse.run(answers, **values)
                writer.write(warehouse, source, f"answers-{day}")
    return writer.written
