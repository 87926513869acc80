"""`relance demo` on a part of the demo's own project: the same every time, and never at the cost of anybody's warehouse."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pipelines.assets.demo_mark import mark
from pipelines.assets.in_process import history
from pipelines.sample import stretches
from pipelines.settings_file import load_project
from tests.assets.small_shop import rows
from tests.cli.conftest import Relance

ROOT = Path(__file__).parents[2]
KEPT = ("contacts", "consents", "site_events", "offer_codes")
WORDS = ("demo", "--days", "2", "--contacts", "60", "--json", "--project")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's project with four of its sources, one segment and one scenario."""
    root = tmp_path_factory.mktemp("demo")
    settings = (ROOT / "relance.toml").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=\[)", settings)
    (root / "relance.toml").write_text("".join(block for block in blocks if not block.startswith("[[sources]]") or _named(block) in KEPT), encoding="utf-8")
    shutil.copytree(ROOT / "mappings", root / "mappings")
    shutil.copytree(ROOT / "scenarios" / "messages", root / "scenarios" / "messages")
    shutil.copy(ROOT / "scenarios" / "welcome.yaml", root / "scenarios")
    (root / "segments_sql").mkdir()
    shutil.copy(ROOT / "segments_sql" / "newsletter.sql", root / "segments_sql")
    return root


@pytest.fixture(autouse=True)
def _short_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each month of the past is files that are read like those of any other; the README's tests play all of it."""
    monkeypatch.setattr(stretches, "HISTORY_MONTHS", 3)


@pytest.fixture
def played_demo(folder: Path, relance: Relance) -> dict[str, object]:
    said = relance(*WORDS, str(folder))
    assert (said.code, said.err) == (0, "")
    answer: dict[str, object] = json.loads(said.out)
    return answer


def test_the_demo_plays_its_days_through_dagster_and_begins_afresh_each_time(played_demo: dict[str, object], folder: Path, relance: Relance) -> None:
    project = load_project(folder)
    with history(project) as instance:
        assert sorted(run.job_name for run in instance.get_runs()) == ["daily", "daily", "hand_over", "hand_over"]
    [welcome] = played_demo["scenarios"]  # type: ignore[misc]
    assert welcome["sent"] > 0
    assert len(list((folder / ".relance" / "outgoing").rglob("*.eml"))) == welcome["sent"]
    before = rows(project, "select * from outbox.messages order by message_key")
    told = folder / ".relance" / "audiences" / "spared-00001-adds-2026-01-01.csv"
    told.parent.mkdir()
    told.write_text("Email,Phone\n")
    assert relance(*WORDS, str(folder)).code == 0
    assert rows(project, "select * from outbox.messages order by message_key") == before
    assert not told.exists()


def test_a_warehouse_that_is_not_the_demos_is_left_alone(folder: Path, relance: Relance) -> None:
    project = load_project(folder)
    shutil.rmtree(project.state_folder, ignore_errors=True)
    project.state_folder.mkdir()
    project.warehouse_path.write_bytes(b"precious")
    assert not mark(project).exists()
    said = relance(*WORDS, str(folder))
    assert said.code == 1
    assert said.err.startswith(f"{project.warehouse_path} is not the demo's, and the demo begins by removing it")
    assert project.warehouse_path.read_bytes() == b"precious"


def _named(block: str) -> str:
    found = re.search(r'^name = "(\w+)"', block, re.MULTILINE)
    assert found is not None
    return found[1]
