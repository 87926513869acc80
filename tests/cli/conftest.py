"""A shop to give commands about, and the command line as a person meets it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.assets.in_process import history
from pipelines.settings import Project
from tests.assets.small_shop import Day, write_shop
from tests.environment import untouched_environment


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Relance = Callable[..., Said]


@pytest.fixture(scope="package", autouse=True)
def _own_environment() -> Iterator[None]:
    with untouched_environment():
        yield


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that ran its first day; for tests that only look."""
    project = write_shop(tmp_path_factory.mktemp("played") / "shop")
    assert Day(project, recorded=True).daily().success
    return project.root


@pytest.fixture
def shown(tmp_path: Path, played: Path) -> Path:
    """A folder of its own with the same shop, its first day and the history of its run."""
    root = tmp_path / "a shop"
    shutil.copytree(played, root)
    return root


@pytest.fixture(scope="session")
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history without runs: making one takes longer than a run."""
    project = write_shop(tmp_path_factory.mktemp("empty") / "shop")
    history(project).dispose()
    return project.root


@pytest.fixture
def shop(tmp_path: Path, no_runs: Path) -> Path:
    """A folder of its own with the same shop, before its first day."""
    root = tmp_path / "shop"
    shutil.copytree(no_runs, root)
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
        from pipelines.settings_file import load_project

        project = shop if isinstance(shop, Project) else load_project(shop)
        as_of = Day(project, number).as_of
        monkeypatch.setattr(cli, "now", lambda: as_of)

    return set_to
