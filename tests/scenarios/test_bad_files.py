"""Every scenario file that cannot be used is refused with a message its author can act on; the exact words stand beside it."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.scenarios.files import ScenarioFile, read_scenarios
from pipelines.scenarios.references import Known
from pipelines.settings import Project
from tests.journeys.world import settings

CASES = sorted(path for path in (Path(__file__).parent / "bad_files").iterdir() if path.is_dir())
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write expected.txt anew, then read what changed."""
KNOWN = Known(
    segments=frozenset({"vip", "lapsed"}),
    messages={"reminder": frozenset({"email"}), "offer": frozenset({"email"}), "voucher": frozenset({"email"}), "note": frozenset({"sms", "push"})},
    channels=frozenset({"email", "sms"}),
    links={"reminder": frozenset({"cart", "shop"})},
    coded=frozenset({"voucher"}),
    offers=frozenset({"cart_10"}),
    audiences={"buyers": None, "vips": "vip"},
)


def read_case(case: Path, root: Path) -> list[ScenarioFile]:
    shutil.copytree(case, root / "scenarios")
    return read_scenarios(Project(root=root, settings=settings()), KNOWN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_the_words_beside_it(case: Path, tmp_path: Path) -> None:
    files = read_case(case, tmp_path)
    assert all(file.compiled is None for file in files)
    said = str(BadFiles(problem for file in files for problem in file.problems)) + "\n"
    if RECORD:
        (case / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (case / "expected.txt").read_text(encoding="utf-8")
