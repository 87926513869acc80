"""What `relance check` says of a sound project into which the files of a case are put; the exact words stand beside them."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.workbench.check import check

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "bad_files").iterdir() if path.is_dir())
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write expected.txt anew, then read what changed."""
MORE = "more.toml"
"""Settings that a case adds at the end of the sound project's."""


def lay_out(case: Path, root: Path) -> Path:
    """Make the sound project in *root*, with the files of *case* in it."""
    shutil.copytree(HERE / "sound", root, dirs_exist_ok=True)
    shutil.copytree(case, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt", MORE))
    if (case / MORE).exists():
        with (root / "relance.toml").open("a", encoding="utf-8") as settings:
            settings.write((case / MORE).read_text(encoding="utf-8"))
    return root


def test_the_sound_project_is_sound(tmp_path: Path) -> None:
    assert check(lay_out(HERE / "sound", tmp_path)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_told_with_the_words_beside_it(case: Path, tmp_path: Path) -> None:
    said = str(BadFiles(check(lay_out(case, tmp_path)))) + "\n"
    if RECORD:
        (case / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (case / "expected.txt").read_text(encoding="utf-8")
