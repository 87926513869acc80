"""The README's promises: every command it shows runs on a demo project, and every file it names is there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`relance ([a-z]+)", README)))
SHOWN = [
    ["run", "--date", "2026-09-16"],
    ["deliver"],
    ["check"],
    ["report"],
    ["segment", "lapsed_customers"],
    ["new", "segment", "recent_buyers"],
    ["new", "scenario", "thank_you"],
    ["report", "--json"],
    ["segment", "newsletter", "--json"],
    ["check", "--json"],
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo")
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "relance.toml", root)
    done = _relance("demo", "--days", "2", "--contacts", "300", "--project", str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_every_command_of_the_readme_exists() -> None:
    assert COMMANDS
    for command in COMMANDS:
        assert _relance(command, "--help").returncode == 0, command


def test_every_file_the_readme_leads_to_is_there() -> None:
    missing = [target for target in re.findall(r"\]\(([^)#:]+)\)", README) if not (REPOSITORY / target).exists()]
    assert missing == []


@pytest.mark.parametrize("command", SHOWN, ids=" ".join)
def test_a_command_of_the_readme_runs(demo: Path, command: list[str]) -> None:
    done = _relance(*command, "--project", str(demo))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if "--json" in command:
        json.loads(done.stdout)


def test_a_preview_shows_a_message_as_a_contact_would_get_it(demo: Path) -> None:
    contacts = json.loads(_relance("segment", "newsletter", "--json", "--project", str(demo)).stdout)
    assert contacts["members"] > 0
    done = _relance("preview", "welcome_code", "--contact", _some_contact(demo), "--no-open", "--project", str(demo))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_leaves_messages_and_a_report(demo: Path) -> None:
    assert list((demo / ".relance" / "outgoing").rglob("*.eml"))
    assert (demo / ".relance" / "reports" / "index.html").exists()


def test_a_wrong_file_is_exit_1_and_a_wrong_word_exit_2(demo: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(demo, broken, ignore=shutil.ignore_patterns(".relance", ".dagster"))
    (broken / "segments_sql" / "lapsed_customers.sql").write_text("-- Lapsed.\n-- owner: crm@shop.example\nselect contact_id from facts.contact\n")
    done = _relance("check", "--project", str(broken))
    assert done.returncode == 1
    assert "segments_sql/lapsed_customers.sql:3" in done.stdout + done.stderr
    assert _relance("chekc").returncode == 2


def _some_contact(demo: Path) -> str:
    from pipelines.settings import load_project
    from pipelines.warehouse.duckdb import open_read_copy

    with open_read_copy(load_project(demo)) as warehouse:
        return str(warehouse.value("select min(contact_id) from segments.members where segment = 'newsletter'"))


def _relance(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pipelines.cli", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False)
