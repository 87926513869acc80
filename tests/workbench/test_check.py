"""`relance check` says everything that is wrong, or doubtful, at once, with the place."""

import shutil
from pathlib import Path

import pytest

from pipelines.errors import Problem
from pipelines.workbench.check import check

ROOT = Path(__file__).parents[2]
SOUND = """scenario: NAME
description: Says hello.
owner: crm@shop.example
stage: service
status: live
category: marketing
topic: promotions
trigger: {activity: order_placed}
goal: {activity: order_placed, within: 30 days}
steps:
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the demo project's files, without data."""
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "relance.toml", tmp_path)
    return tmp_path


def found(root: Path) -> list[Problem]:
    return [problem for problem in check(root) if "no file matches" not in problem.text]


def said(root: Path) -> str:
    return "\n".join(map(str, found(root)))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line(root: Path, scenario: str, word: str) -> int:
    text = (root / f"scenarios/{scenario}.yaml").read_text(encoding="utf-8")
    return text[: text.index(word)].count("\n") + 1


def write(root: Path, steps: str, name: str = "hello") -> None:
    (root / f"scenarios/{name}.yaml").write_text(SOUND.replace("NAME", name) + steps, encoding="utf-8")


def test_the_shipped_files_are_sound_and_raise_no_doubt() -> None:
    assert said(ROOT) == ""


def test_problems_of_every_kind_of_file_are_said_together_with_their_lines(root: Path) -> None:
    edit(root / "mappings/orders.sql", "from source", "from sauce")
    edit(root / "segments_sql/newsletter.sql", "select contact_id", "select contact_idd")
    edit(root / "scenarios/messages/cart_help/email.html.j2", "{% block content %}", "{% block content %}{{ shp.name }}")
    edit(root / "scenarios/win_back.yaml", "entered: lapsed_customers", "entered: lapsed_custommers")
    edit(root / "scenarios/welcome.yaml", "  - send: welcome_guide", "  - send: welcome_gide")
    problems = found(root)
    files = {problem.file for problem in problems}
    assert files >= {
        "mappings/orders.sql",
        "segments_sql/newsletter.sql",
        "scenarios/messages/cart_help/email.html.j2",
        "scenarios/win_back.yaml",
        "scenarios/welcome.yaml",
    }
    assert {problem.file for problem in problems if problem.line is None} == {"mappings/orders.sql", "scenarios/messages/welcome_guide"}
    text = said(root)
    assert (
        f"scenarios/win_back.yaml:{line(root, 'win_back', 'lapsed_custommers')}: unknown segment `lapsed_custommers`\n  hint: did you mean `lapsed_customers`?"
        in text
    )
    assert f"scenarios/welcome.yaml:{line(root, 'welcome', 'welcome_gide')}: there is no message `welcome_gide`\n  hint: did you mean `welcome_guide`?" in text
    assert problems == sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.text))


def test_settings_that_cannot_be_read_are_all_that_is_said(root: Path) -> None:
    edit(root / "relance.toml", "timezone =", "time_zone =")
    edit(root / "relance.toml", "at_most = 3", "at_most = 0")
    edit(root / "scenarios/win_back.yaml", "entered: lapsed_customers", "entered: nothing_like_it")
    problems = check(root)
    assert {problem.file for problem in problems} == {"relance.toml"}
    assert len([problem for problem in problems if problem.line]) >= 2


def test_a_folder_without_settings_is_said(tmp_path: Path) -> None:
    assert [str(problem).splitlines()[0] for problem in check(tmp_path)] == [f"relance.toml: not found in {tmp_path}"]


def test_quarter_hour_ticks_serve_them(root: Path) -> None:
    edit(root / "relance.toml", 'daily_at = "06:00"', 'daily_at = "06:00"\nquarter_hourly = true')
    write(root, '  - wait: 2 hours\n  - send: welcome_social\n  - wait: {until: "10:00"}\n  - send: welcome_guide\n')
    assert said(root) == ""


def test_messages_parameters_and_offers_that_nobody_uses_are_warnings(root: Path) -> None:
    shutil.copytree(root / "scenarios/messages/welcome_code", root / "scenarios/messages/forgotten")
    edit(root / "relance.toml", "[params]", "[offers.forgotten]\n\n[params]\nforgotten_days = 3")
    lines = (root / "relance.toml").read_text(encoding="utf-8").splitlines()
    offer, forgotten = lines.index("[offers.forgotten]") + 1, lines.index("forgotten_days = 3") + 1
    assert [(problem.file, problem.line, problem.severity, problem.text) for problem in found(root)] == [
        ("relance.toml", offer, "warning", "no scenario gives the offer `forgotten`"),
        ("relance.toml", forgotten, "warning", "no segment asks for the parameter `forgotten_days`"),
        ("scenarios/messages/forgotten", None, "warning", "no scenario sends this message"),
    ]


def without_a_way_out(root: Path) -> list[tuple[str, int | None, str]]:
    text = (root / "relance.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("unsubscribe_url", "unsubscribe_mailto"))]
    (root / "relance.toml").write_text("\n".join(kept), encoding="utf-8")
    about = [problem for problem in found(root) if "unsubscribe" in f"{problem.text}{problem.hint}"]
    assert {problem.text for problem in about} == {"sends marketing e-mail that nobody can unsubscribe from"}, "it is said in one way"
    return [(problem.file, problem.line, problem.severity) for problem in about]


def test_marketing_mail_that_nobody_can_unsubscribe_from_is_an_error_where_it_is_sent(root: Path) -> None:
    marketing = {path.stem: path.read_text("utf-8") for path in sorted((root / "scenarios").glob("*.yaml")) if "category: marketing" in path.read_text("utf-8")}
    first_sends = [(f"scenarios/{name}.yaml", line(root, name, "- send:"), "error") for name in marketing]
    assert len(first_sends) > 10
    assert without_a_way_out(root) == first_sends


@pytest.mark.parametrize(
    ("status", "severity"),
    [
        pytest.param("draft", "warning", id="draft"),
        pytest.param("paused", "warning", id="paused"),
        pytest.param("stopped", "warning", id="ejected"),
        pytest.param("stopped\nstopped: drain", "error", id="drained"),
        pytest.param("live", "error", id="live"),
    ],
)
def test_where_nothing_is_sent_that_is_a_warning(root: Path, status: str, severity: str) -> None:
    for path in (root / "scenarios").glob("*.yaml"):
        path.unlink()
    write(root, "  - send: welcome_social\n")
    edit(root / "scenarios/hello.yaml", "status: live", f"status: {status}")
    assert without_a_way_out(root) == [("scenarios/hello.yaml", line(root, "hello", "- send:"), severity)]
