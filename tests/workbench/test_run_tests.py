"""`relance test`: what fails is said where it stands, and what happened can be written into the file."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.workbench.project_files import read_files
from pipelines.workbench.run_tests import CasesRun, run_tests

ROOT = Path(__file__).parents[2]
SCENARIO = """\
cases:
  # kept as it is
  - case: a sign-up
    ticks: [2026-09-14, 2026-09-15]
    contacts: [{contact_id: ann}]
    events:
      - {at: "2026-09-14 10:00", who: ann, does: signed_up}

  - case: nobody comes   # and this
    ticks: [2026-09-14]
    contacts: [{contact_id: bob}]
    expect:
      bob:
        outcome: completed
"""
SEGMENT = """\
as_of: 2026-09-14 06:00
cases:
  - case: both sides
    given:
      facts.contacts:
        - {contact_id: ann, newsletter: true}
        - {contact_id: bob}
    expect: [bob]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "relance.toml", tmp_path)
    for kind, name, text in (("scenarios", "welcome", SCENARIO), ("segments", "newsletter", SEGMENT)):
        (tmp_path / "tests/cases" / kind).mkdir(parents=True)
        (tmp_path / "tests/cases" / kind / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_project(tmp_path)


def ran(project: Project, *names: str, recording: bool = False) -> list[CasesRun]:
    return list(run_tests(project, read_files(project), names, recording=recording))


def test_what_differs_is_said_with_its_line_and_steps_nobody_passes_too(project: Project) -> None:
    newsletter, welcome = ran(project, "newsletter", "welcome")
    assert newsletter.problems == ("tests/cases/segments/newsletter.yaml:3: both sides: expected, not there: bob; there, not expected: ann",)
    first, second, *steps = welcome.problems
    assert first.startswith("tests/cases/scenarios/welcome.yaml:3: a sign-up: it expects nothing\n  hint: `relance test --record`")
    assert second == "tests/cases/scenarios/welcome.yaml:13: nobody comes: bob: expected completed, got never_entered"
    assert steps
    assert all("no case passes the step" in step for step in steps)


def test_recording_writes_what_happened_and_leaves_the_rest_as_it_was(project: Project) -> None:
    ran(project, "newsletter", "welcome", recording=True)
    cases = project.root / "tests/cases"
    assert (cases / "segments/newsletter.yaml").read_text(encoding="utf-8") == SEGMENT.replace("[bob]", "[ann]")
    written = (cases / "scenarios/welcome.yaml").read_text(encoding="utf-8")
    added = '    expect:\n      ann:\n        messages:\n          - {message: welcome_code, at: "2026-09-15 06:00"}\n        outcome: in_flight\n'
    assert written == SCENARIO.replace("signed_up}\n", "signed_up}\n" + added).replace("outcome: completed", "outcome: never_entered")
    assert ran(project, "newsletter")[0].problems == ()
    assert [problem for problem in ran(project, "welcome")[0].problems if "no case passes" not in problem] == []


def test_what_has_no_cases_or_is_nothing_is_said(project: Project) -> None:
    (nothing,) = ran(project, "birthday")
    assert nothing.problems[0].startswith("tests/cases/scenarios/birthday.yaml: scenario birthday has no cases")
    with pytest.raises(BadFiles, match="is neither a segment nor a scenario"):
        ran(project, "welcom")


def test_a_file_that_cannot_be_used_fails(project: Project) -> None:
    path = project.scenarios_folder / "welcome.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("status: live", "status: lively"), encoding="utf-8")
    (welcome,) = ran(project, "welcome")
    assert welcome.problems == ("welcome: its file cannot be used: `relance check` says why",)
    assert json.dumps(welcome.problems)
