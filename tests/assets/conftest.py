"""Dagster's home is a test's own, and no test leaves its environment to the next."""

from pathlib import Path

import pytest

from pipelines.settings import Project
from tests.assets.small_shop import Day, write_shop


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_HOME", "RELANCE_PROJECT", "RELANCE_ENVIRONMENT", "RELANCE_REPORTS_URL", "LILAS_ALERTS"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_shop(tmp_path / "a shop")


@pytest.fixture
def first_day(project: Project) -> Day:
    return Day(project)
