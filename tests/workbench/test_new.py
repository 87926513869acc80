"""What `relance new` writes works as it stands."""

import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles, Problem
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.workbench.check import check
from pipelines.workbench.new import new_project, new_scenario, new_segment
from pipelines.workbench.project_files import read_files
from pipelines.workbench.scenario_cases import run_cases, unreached
from pipelines.workbench.segment_cases import run_segment_cases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the demo project's files, without data."""
    return copied(tmp_path / "shop")


def copied(target: Path) -> Project:
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copy(ROOT / "relance.toml", target)
    return load_project(target)


def wrong(root: Path) -> list[Problem]:
    """What check says, but that the sources have no files yet."""
    return [problem for problem in check(root) if "no file matches" not in problem.text]


def test_a_new_segment_passes_check_and_its_case(project: Project) -> None:
    paths = new_segment(project, "big_spenders")
    assert [path.relative_to(project.root).as_posix() for path in paths] == ["segments_sql/big_spenders.sql", "tests/cases/segments/big_spenders.yaml"]
    assert wrong(project.root) == []
    results = run_segment_cases(project, read_files(project).segments, ["big_spenders"])
    assert [result.passed for result in results] == [True]


def test_a_new_scenario_passes_check_and_its_cases_pass_every_step(project: Project) -> None:
    paths = new_scenario(project, "thank_you")
    assert [path.relative_to(project.root).as_posix() for path in paths] == [
        "scenarios/thank_you.yaml",
        "scenarios/messages/thank_you_hello/email.html.j2",
        "scenarios/messages/thank_you_hello/email.fr.html.j2",
        "tests/cases/scenarios/thank_you.yaml",
    ]
    assert wrong(project.root) == []
    compiled = next(each for each in read_files(project).compiled if each.scenario == "thank_you")
    assert compiled.state == "draft"
    results = run_cases(project, compiled)
    assert "\n".join(str(result) for result in results if not result.passed) == ""
    assert unreached(compiled, results) == []


def test_a_new_project_lacks_nothing_but_its_data(tmp_path: Path) -> None:
    new_project(tmp_path / "my_shop")
    assert wrong(tmp_path / "my_shop") == []
    assert [problem.text for problem in check(tmp_path / "my_shop")] == [
        "source `contacts`: no file matches `data/contacts*.csv`",
        "source `orders`: no file matches `data/orders*.csv`",
    ]
    project = load_project(tmp_path / "my_shop")
    assert project.settings.project.name == "my_shop"
    assert [result.passed for result in run_segment_cases(project, read_files(project).segments)] == [True]


def test_a_new_project_takes_a_new_scenario_and_a_new_segment(tmp_path: Path) -> None:
    new_project(tmp_path / "my_shop")
    project = load_project(tmp_path / "my_shop")
    new_segment(project, "recent")
    new_scenario(project, "thank_you")
    assert wrong(project.root) == []


def test_nothing_is_overwritten_and_nothing_written_beside_what_exists(project: Project) -> None:
    path = project.root / "tests/cases/segments/lapsed.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(BadFiles, match=r"tests/cases/segments/lapsed\.yaml: exists already\n  hint: choose another name"):
        new_segment(project, "lapsed")
    assert path.read_text() == "mine"
    assert not (project.segments_folder / "lapsed.sql").exists()


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        pytest.param("Big Spenders", "big_spenders", id="capitals_and_spaces"),
        pytest.param("2_orders", "orders", id="a_digit_first"),
        pytest.param("../elsewhere", "elsewhere", id="a_path"),
        pytest.param("clients-fidèles", "clients_fideles", id="accents"),
        pytest.param("", "my_name", id="nothing"),
        pytest.param("members", "my_members", id="a_word_of_the_warehouse"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(project: Project, name: str, proposal: str) -> None:
    with pytest.raises(
        BadFiles,
        match=f"(is not a name: lower-case letters, digits and _, a letter first|is a name that relance uses itself)\n  hint: for example `{proposal}`",
    ):
        new_segment(project, name)
