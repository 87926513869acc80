"""The README's promises: every command it shows runs on a demo project, and whatever it names is there."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import open_read_copy, open_warehouse
from tests.cli.conftest import Relance

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
NOW = datetime(2026, 9, 16, 5)  # the morning after the two days that the demo plays
MEANT = {
    "new segment NAME": "new segment named_here",
    "new scenario NAME": "new scenario named_here_too",
    "segment NAME": "segment newsletter",
    "release SCENARIO": "release welcome",
    "test": "test newsletter",
    "test --record": "test newsletter --record",
    "explain CONTACT": "explain {welcome}",
    "preview MESSAGE --contact ID": "preview welcome_code --contact {welcome}",
    "preview cart_reminder --contact ID": "preview cart_reminder --contact {abandoned_cart}",
    "send-test MESSAGE --to ADDRESS": "send-test welcome_guide --to me@shop.example --contact {welcome}",
    "send-test MESSAGE --to ADDRESS --all-locales": "send-test welcome_guide --to me@shop.example --all-locales --contact {welcome}",
    "suppress FILE": "suppress {list}",
    "suppress FILE --lift": "suppress {list} --lift",
    "forget CONTACT": "forget {birthday} --yes",
    "--date": "--date 2026-09-16",
    "--from … --to …": "--from 2026-09-16 --to 2026-09-16",
}
"""What the README's placeholders stand for here; contacts in braces are some that entered that scenario."""
SHIPPED = {path.stem for path in (REPOSITORY / "scenarios").glob("*.yaml")}
DATA = ("check", "plan", "report", "segment", "preview", "test", "explain")


def shown() -> Iterator[str]:
    """Yield every command line of the README, once: those of its text, and for a row of its table the options that the row names."""
    for line in README.splitlines():
        words = re.findall(r"`([^`]+)`", line)
        for command in (word for word in words if word.startswith("relance ")):
            yield command
            yield from (f"{command} {option}" for option in words if option.startswith("--") and line.startswith(f"| `{command}`"))


def filled(command: str) -> str:
    """Return the words after `relance`, with a thing of the demo in place of each placeholder."""
    said = next((said for said in MEANT if f"{command} ".endswith(f" {said} ")), "")
    return (command.removesuffix(said) + MEANT.get(said, "")).removeprefix("relance ")


SHOWN = [filled(command) for command in dict.fromkeys(shown())]
RUN = [command for command in SHOWN if command not in ("ui", "demo")]  # one serves until it is stopped, the other makes what all of these look at


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demo project, and what playing it printed."""
    root = tmp_path_factory.mktemp("demo")
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copytree(REPOSITORY / "tests" / "cases", root / "tests" / "cases")
    shutil.copy(REPOSITORY / "relance.toml", root)
    command = [sys.executable, "-m", "pipelines.cli", "demo", "--days", "2", "--contacts", "300", "--project", str(root)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return root, done.stdout.replace(f"{root}/", "").replace(f" --project {root}", "")


@pytest.fixture
def demo(played: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli, "now", lambda: NOW)
    return played[0]


def test_the_commands_are_read_from_the_readme() -> None:
    assert {"run", "run --from 2026-09-16 --to 2026-09-16", "release welcome", "new segment recent_buyers", "check"} <= set(SHOWN)
    assert not [command for command in SHOWN if re.search(r"\b[A-Z]{2,}\b|…", command)], "say in MEANT what stands there for"


@pytest.mark.parametrize("command", sorted({command.split()[0] for command in SHOWN}))
def test_every_command_of_the_readme_explains_itself(relance: Relance, command: str) -> None:
    assert relance(command, "--help").code == 0


@pytest.mark.parametrize("command", RUN)
def test_a_command_of_the_readme_runs(demo: Path, relance: Relance, command: str) -> None:
    if command.startswith("release"):
        trip_a_guard(demo)
    (demo / "objections.txt").write_text("nobody@shop.example\n", encoding="utf-8")
    words = [
        *command.format(**some_contacts(demo), list=demo / "objections.txt").split(),
        "--project",
        str(demo),
        *(["--no-open"] if command.startswith("preview") else []),
    ]
    done = relance(*words)
    assert done.code == 0, done.out + done.err
    assert "Traceback" not in done.out + done.err
    if words[0] in DATA:
        json.loads(relance(*words, "--json").out)


def test_the_demo_prints_what_the_readme_shows_but_for_the_numbers(played: tuple[Path, str]) -> None:
    block = next(text for text in re.findall(r"```\n(.*?)```", README, re.DOTALL) if "\nscenario " in text)
    wanted = [" ".join(line.split()) for line in block.splitlines() if not re.search(r"\d", line)]
    printed = [" ".join(line.split()) for line in played[1].splitlines()]
    assert len(wanted) > 5
    assert not [line for line in wanted if line not in printed]


def sent_in(demo: str) -> dict[str, int]:
    """Return how many messages each scenario sent, by the table that the demo prints."""
    return {name: int(sent) for name, sent in re.findall(r"^(\w+) +\d+ +\d+ +(\d+)(?: +\d+){4} +[\d.]+ *$", demo, re.MULTILINE)}


def test_the_demo_says_which_scenarios_sent(played: tuple[Path, str]) -> None:
    sent = sent_in(played[1])
    silent = [name for name, messages in sent.items() if not messages]
    assert sent.keys() == SHIPPED
    said = f"{len(sent) - len(silent)} of the {len(sent)} scenarios sent; nothing came of {', '.join(silent)}."
    assert said in " ".join(played[1].split())


def test_in_the_demo_that_the_readme_shows_every_shipped_scenario_sent() -> None:
    sent = sent_in(README)
    assert sent.keys() == SHIPPED
    assert min(sent.values()) > 0
    assert f"Each of the {len(sent)} scenarios sent at least once." in README


def test_the_demo_leaves_what_the_readme_leads_to(played: tuple[Path, str]) -> None:
    root, _ = played
    assert list((root / ".relance" / "outgoing").rglob("*.eml"))
    assert all((root / path).exists() for path in re.findall(r"\.relance/[\w./]+", README))


def test_every_file_the_readme_leads_to_is_there() -> None:
    missing = [target for target in re.findall(r"\]\(([^)#:]+)\)", README) if not (REPOSITORY / target).exists()]
    assert missing == []


def test_every_target_and_module_the_readme_names_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert not [target for target in re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE) if not re.search(rf"^{target}:", makefile, re.MULTILINE)]
    assert not [module for module in re.findall(r"python -m ([\w.]+)", README) if importlib.util.find_spec(module) is None]


def test_a_wrong_file_is_exit_1_and_a_wrong_word_exit_2(demo: Path, tmp_path: Path, relance: Relance) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(demo, broken, ignore=shutil.ignore_patterns(".relance", ".dagster"))
    (broken / "segments_sql" / "lapsed_customers.sql").write_text("-- Lapsed.\n-- owner: crm@shop.example\nselect contact_id from facts.contact\n")
    done = relance("check", "--project", str(broken))
    assert done.code == 1
    assert "segments_sql/lapsed_customers.sql:3" in done.out + done.err
    assert relance("chekc").code == 2


def trip_a_guard(demo: Path) -> None:
    with open_warehouse(load_project(demo)) as warehouse:
        warehouse.run("insert into runs.guards (scenario, tripped_at, entries, usual) values ('welcome', timestamp '2026-09-15', 900, 3)")


def some_contacts(demo: Path) -> dict[str, str]:
    with open_read_copy(load_project(demo)) as warehouse:
        return dict(warehouse.rows("select scenario, min(contact_id) from journeys.enrolments group by scenario"))
