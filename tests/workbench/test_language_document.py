"""docs/scenarios.md and docs/cases.md show what is really understood."""

import re
from pathlib import Path

import pytest

from pipelines.scenarios import model as m
from pipelines.scenarios import triggers as t
from pipelines.scenarios.files import read_scenarios
from pipelines.scenarios.references import Known
from pipelines.scenarios.yaml_file import load_yaml
from pipelines.settings_file import load_project
from pipelines.workbench.project_files import read_files
from pipelines.workbench.scenario_cases import CaseFile

ROOT = Path(__file__).parents[2]
LANGUAGE = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
CASES = (ROOT / "docs/cases.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def test_the_scenario_shown_whole_can_run(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/abandoned_cart.yaml").write_text(blocks(LANGUAGE)[0], encoding="utf-8")
    project = load_project(ROOT)
    files = read_files(project)
    known = Known(frozenset(files.segments.names), files.messages.channels, frozenset({"email"}))
    (file,) = read_scenarios(project.model_copy(update={"root": tmp_path}), known)
    assert file.problems == ()
    assert file.compiled is not None


def test_the_case_shown_for_scenarios_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(blocks(CASES)[1], encoding="utf-8")
    yaml = load_yaml(path, "case.yaml")
    assert yaml.problems == ()
    assert len(CaseFile.model_validate(yaml.values).cases) == 1


@pytest.mark.parametrize(
    "part",
    [
        m.Scenario,
        *t.TRIGGERS.values(),
        t.Unanswered,
        t.PriceDropped,
        t.Reached,
        m.TagChange,
        m.Audience,
        m.Goal,
        m.Window,
        m.Send,
        m.WaitFor,
        m.Condition,
        m.Repetition,
    ],
)
def test_every_key_is_explained(part: type[m.Part]) -> None:
    keys = {field.alias or name for name, field in part.model_fields.items()}
    assert {key for key in keys if not re.search(rf"[`\s{{]{key}[`:]", LANGUAGE)} == set()
