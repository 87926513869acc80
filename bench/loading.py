"""Loads one large Parquet file with its keys checked, twice: into an empty table, and again with the same rows."""

import json
import sys
from pathlib import Path

import duckdb

from bench import shop
from bench.measure import cost
from pipelines.settings import Project, SourceSettings
from pipelines.sources.load import load_source
from pipelines.ticks import begin_tick
from pipelines.warehouse.duckdb import open_warehouse


def main(folder: Path, rows: int) -> dict[str, float]:
    """Return rows per processor second and the peak of memory."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as scratch:
        scratch.execute(Path(__file__).with_name("visits.sql").read_text(encoding="utf-8"), {"rows": rows})
        scratch.table("visits").write_parquet(str(folder / "sessions.parquet"))
    measured = shop.project(folder)
    project = Project(root=folder, settings=measured.settings)
    source = SourceSettings(name="sessions", table="sessions", path="*.parquet", format="parquet")
    as_of = shop.instants(1)[0]
    with open_warehouse(project) as warehouse:
        tick = begin_tick(warehouse, project, as_of, started_at=as_of)
        assert tick is not None
        with cost() as spent:
            loaded = load_source(warehouse, project, source, tick)
        assert loaded.inserted == rows, loaded
    return {
        "rows": rows,
        "load_cpu": round(spent.cpu, 2),
        "load_wall": round(spent.wall, 2),
        "rows_per_cpu_second": round(rows / spent.cpu),
        "load_peak_mb": round(spent.peak_mb),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
