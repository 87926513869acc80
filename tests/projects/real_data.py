"""Where the real data lies, which is never in the repository, and projects over it."""

import os
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.sources.load import Load, load_all
from pipelines.ticks import Tick, tick_of_day
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("RELANCE_REAL_DATA", HERE.parents[2] / "shared" / "data"))


def real_project(name: str, data: str, root: Path) -> Project:
    """Return a copy of project *name* in *root* that reads the real files *data*; skip the test where they are not there."""
    files = sorted(FOLDER.glob(data))
    if not files:
        pytest.skip(f"no {data} in {FOLDER}: say where the real data lies with RELANCE_REAL_DATA")
    return project_over(name, files, root)


def project_over(name: str, files: Sequence[Path], root: Path) -> Project:
    """Return a copy of project *name* in *root* whose data folder leads to *files*."""
    shutil.copytree(HERE / name, root, dirs_exist_ok=True)
    (root / "data").mkdir()
    for file in files:
        (root / "data" / file.name).symlink_to(file.resolve())
    return load_project(root)


def load_at(warehouse: Warehouse, project: Project, day: date) -> list[Load]:
    """Load every source in the tick of *day*."""
    return load_all(warehouse, project, Tick(tick_of_day(project, day), day, datetime.max))
