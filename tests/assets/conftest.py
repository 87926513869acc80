"""Dagster's home is a test's own, and no test leaves its environment to the next."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.assets.in_process import history
from pipelines.settings import Project
from tests.assets.small_shop import Day, write_shop
from tests.environment import untouched_environment


@pytest.fixture(scope="package", autouse=True)
def _own_environment() -> Iterator[None]:
    with untouched_environment():
        yield


@pytest.fixture(scope="session")
def empty_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history without runs: making one takes longer than a run."""
    project = write_shop(tmp_path_factory.mktemp("empty"))
    history(project).dispose()
    return project.root / ".dagster"


@pytest.fixture
def shop_folder(tmp_path: Path, empty_history: Path) -> Path:
    """A folder to write a shop in, its path with a space."""
    root = tmp_path / "a shop"
    shutil.copytree(empty_history, root / ".dagster")
    return root


@pytest.fixture
def project(shop_folder: Path) -> Project:
    return write_shop(shop_folder)


@pytest.fixture
def first_day(project: Project) -> Day:
    return Day(project)
