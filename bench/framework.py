"""What Dagster adds: the same days of a small sample shop through the daily job, and through the stages alone."""

import json
import os
import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from bench.measure import cost
from bench.shop import ROOT
from pipelines.assets.in_process import Runner
from pipelines.sample.shop import write_day, write_history
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import open_warehouse
from pipelines.workbench.project_files import read_files
from pipelines.workbench.replay import run_tick

DAYS = 4


def sample(root: Path, contacts: int = 300) -> Project:
    """Return a sample shop of *contacts* in *root*, with its history; its days are written as they come, since a row of days to come is refused."""
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(ROOT / name, root / name)
    settings = (ROOT / "relance.toml").read_text(encoding="utf-8")
    (root / "relance.toml").write_text(re.sub(r"(?m)^contacts = [0-9_]+", f"contacts = {contacts}", settings), encoding="utf-8")
    project = load_project(root)
    write_history(project)
    return project


def main(folder: Path) -> dict[str, float]:
    """Return the processor seconds of a daily run and of its stages: the median of the days after the first."""
    through, alone = sample(folder / "through"), sample(folder / "alone")
    days = [through.settings.sample.start + timedelta(days=number) for number in range(DAYS)]
    runner = Runner(through, lambda: tick_of_day(through, days[-1]), os.environ)
    runs, stages = [], []
    for day in days:
        write_day(through, day)
        with cost() as spent:
            outcome = runner.run("daily", {"dagster/partition": str(day), "relance/now": tick_of_day(through, day).isoformat()})
        assert outcome.success, outcome.failures
        runs.append(spent.cpu)
    files = read_files(alone)
    with open_warehouse(alone) as warehouse:
        for day in days:
            write_day(alone, day)
            with cost() as spent:
                run_tick(warehouse, alone, files, tick_of_day(alone, day))
            stages.append(spent.cpu)
    return {"run_cpu": round(sorted(runs[1:])[DAYS // 2 - 1], 2), "stages_cpu": round(sorted(stages[1:])[DAYS // 2 - 1], 2)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
