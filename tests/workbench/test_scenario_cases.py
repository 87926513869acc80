"""Every shipped scenario does what its cases say, and the runner says what is wrong and where."""

from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.scenarios.compiled import Compiled
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.workbench.project_files import ProjectFiles, read_files
from pipelines.workbench.scenario_cases import CaseResult, run_cases, unreached

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
START = """cases:
  - case: a sign-up
    ticks: [2026-09-14, 2026-09-15]
    contacts: [{contact_id: ann}]
    events:
      - {at: "2026-09-14 10:00", who: ann, does: signed_up}
"""
EXPECT = """    expect:
      ann:
        messages: [{message: welcome_code, at: "2026-09-15 06:00"}]
        outcome: in_flight
"""


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(ROOT)


@pytest.fixture(scope="module")
def files(project: Project) -> ProjectFiles:
    return read_files(project)


def scenario(files: ProjectFiles, name: str) -> Compiled:
    return next(compiled for compiled in files.compiled if compiled.scenario == name)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_does_what_its_cases_say_and_they_pass_every_step(name: str, project: Project, files: ProjectFiles) -> None:
    compiled = scenario(files, name)
    results = run_cases(project, compiled)
    assert "\n".join(str(result) for result in results if not result.passed) == ""
    assert unreached(compiled, results) == []


@pytest.fixture
def elsewhere(project: Project, tmp_path: Path) -> Project:
    (tmp_path / "tests/cases/scenarios").mkdir(parents=True)
    return Project(root=tmp_path, settings=project.settings)


def run(project: Project, files: ProjectFiles, text: str) -> list[CaseResult]:
    (project.root / "tests/cases/scenarios/welcome.yaml").write_text(text, encoding="utf-8")
    return run_cases(project, scenario(files, "welcome"))


def test_a_wrong_expectation_is_reported_where_it_stands(elsewhere: Project, files: ProjectFiles) -> None:
    wrong = EXPECT.replace("06:00", "07:00").replace("outcome: in_flight", "audiences: [spared]\n        outcome: completed")
    (result,) = run(elsewhere, files, START + wrong)
    assert not result.passed
    assert str(result) == (
        "tests/cases/scenarios/welcome.yaml:8: a sign-up: ann: expected welcome_code at 2026-09-15 07:00, got welcome_code at 2026-09-15 06:00\n"
        "tests/cases/scenarios/welcome.yaml:8: a sign-up: ann: expected in spared, got in no audience\n"
        "tests/cases/scenarios/welcome.yaml:8: a sign-up: ann: expected completed, got in_flight"
    )


def test_an_expectation_of_nobody_asks_nothing_and_is_refused(elsewhere: Project, files: ProjectFiles) -> None:
    (result,) = run(elsewhere, files, START + "    expect: {}\n")
    assert [problem.text for problem in result.problems] == ["a sign-up: it expects nothing"]


def test_steps_that_no_case_passes_are_named(elsewhere: Project, files: ProjectFiles) -> None:
    results = run(elsewhere, files, START + EXPECT)
    assert [str(result) for result in results] == ["tests/cases/scenarios/welcome.yaml:2: a sign-up: as expected"]
    assert unreached(scenario(files, "welcome"), results) == ["wait", "send welcome_guide", "wait", "send welcome_social", "wait"]


def test_a_scenario_without_cases_is_refused(elsewhere: Project, files: ProjectFiles) -> None:
    with pytest.raises(BadFiles, match="tests/cases/scenarios/birthday.yaml: scenario birthday has no cases"):
        run_cases(elsewhere, scenario(files, "birthday"))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param("does: signed_upp", "`signed_upp` is nothing a case can tell\n  hint: did you mean `signed_up`?", id="unknown_activity"),
        pytest.param("does: attended", "`attended` is nothing a case can tell\n  hint: did you mean", id="an_activity_that_is_no_single_row"),
        pytest.param("does: signed_up, with: {ulr: x}", "`ulr` is no column of shop.site_events\n  hint: did you mean `url`?", id="unknown_column"),
        pytest.param(
            "does: offer_redeemed",
            "a code is used by the order that carries it\n  hint: tell `does: order_placed, with: {coupon_code: …}`",
            id="a_code_used_alone",
        ),
        pytest.param(
            "clicks: welcome_gide", "ann was not sent `welcome_gide` before 2026-09-14 12:00\n  hint: did you mean `welcome_guide`?", id="answer_to_nothing"
        ),
    ],
)
def test_an_event_that_cannot_be_fails_its_case_with_its_line(elsewhere: Project, files: ProjectFiles, event: str, said: str) -> None:
    (result,) = run(elsewhere, files, START + f'      - {{at: "2026-09-14 12:00", who: ann, {event}}}\n' + EXPECT)
    assert str(result).startswith(f"tests/cases/scenarios/welcome.yaml:7: a sign-up: {said}")


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        pytest.param(
            "shop.product", "{product_id: p1}", "`shop.product` is no table of the contract\n  hint: did you mean `shop.products`?", id="unknown_table"
        ),
        pytest.param("shop.products", "{prise: 4}", "`prise` is no column of shop.products\n  hint: did you mean `price`?", id="unknown_column"),
    ],
)
def test_a_given_row_that_cannot_be_fails_its_case(elsewhere: Project, files: ProjectFiles, table: str, row: str, said: str) -> None:
    (result,) = run(elsewhere, files, START.replace("    events:", f"    given:\n      {table}:\n        - {row}\n    events:") + EXPECT)
    assert said in str(result)


def test_an_event_after_the_last_tick_fails_its_case(elsewhere: Project, files: ProjectFiles) -> None:
    (result,) = run(elsewhere, files, START + '      - {at: "2026-09-15 12:00", who: ann, does: order_placed}\n' + EXPECT)
    assert str(result).startswith("tests/cases/scenarios/welcome.yaml:7: a sign-up: happens after the last tick, so nobody sees it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("cases: []\n", "1: `cases`: list should have at least 1 item", id="no_cases"),
        pytest.param(
            START.replace("ticks: [2026-09-14, 2026-09-15]", "from: 2026-09-14") + EXPECT, "2: a case says either `from` and `days`, or `ticks`", id="no_ticks"
        ),
        pytest.param(START.replace("who: ann", "who: anne") + EXPECT, "2: `anne` is none of the contacts\n  hint: did you mean `ann`?", id="a_stranger"),
        pytest.param(START.replace("does: signed_up", "does: signed_up, clicks: welcome_code") + EXPECT, "6: an event says one of `does`", id="two_acts"),
        pytest.param(START.replace("does: signed_up", "does: signed_up, link: shop") + EXPECT, "6: only a click is on a `link`", id="a_link_of_no_click"),
        pytest.param(START.replace("does:", "dose:") + EXPECT, "6: unknown key `dose`", id="misspelt_key"),
        pytest.param(START + EXPECT.replace("in_flight", "done"), "10: `outcome`: input should be", id="unknown_outcome"),
        pytest.param(START + START, "7: `cases` is written twice", id="a_key_twice"),
    ],
)
def test_a_case_file_that_cannot_be_read_says_why_and_where(elsewhere: Project, files: ProjectFiles, text: str, said: str) -> None:
    with pytest.raises(BadFiles) as caught:
        run(elsewhere, files, text)
    assert f"tests/cases/scenarios/welcome.yaml:{said}" in str(caught.value)
