"""A shop to give commands about, and the command line as a person meets it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.assets.in_process import history
from pipelines.settings import Project
from tests.assets.small_shop import Day, write_shop

OURS = ("DAGSTER_HOME", "RELANCE_PROJECT", "RELANCE_ENVIRONMENT", "RELANCE_REPORTS_URL")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Relance = Callable[..., Said]


@pytest.fixture(scope="package", autouse=True)
def _own_environment() -> Iterator[None]:
    before = {name: os.environ.pop(name, None) for name in OURS}
    yield
    for name in OURS:
        os.environ.pop(name, None)
    os.environ |= {name: value for name, value in before.items() if value is not None}


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that ran its first day; for tests that only look."""
    project = write_shop(tmp_path_factory.mktemp("played") / "shop")
    history(project).dispose()
    assert Day(project).daily().success
    return project.root


@pytest.fixture
def shop(tmp_path: Path, played: Path) -> Path:
    """A folder of its own with the same shop, before its first day."""
    root = tmp_path / "shop"
    shutil.copytree(played, root, ignore=shutil.ignore_patterns(".relance"))
    return root


@pytest.fixture
def relance(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Relance:
    """Return what runs a command line in this process."""

    def run(*words: str) -> Said:
        monkeypatch.setattr("sys.argv", ["relance", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        code = left.value.code
        return Said(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[Project | Path, int], None]:
    """Return what sets the clock of the command line to the tick of day *number*."""

    def set_to(shop: Project | Path, number: int) -> None:
        from pipelines.settings import load_project

        project = shop if isinstance(shop, Project) else load_project(shop)
        as_of = Day(project, number).as_of
        monkeypatch.setattr(cli, "now", lambda: as_of)

    return set_to
