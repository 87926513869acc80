"""Every file that cannot be used is refused with a message its author can act on; the exact words stand beside it."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.segments.files import SegmentFiles, read_segments
from tests.segments.shops import project_in

CASES = sorted(path for path in (Path(__file__).parent / "bad_files").iterdir() if path.is_dir())
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write expected.txt anew, then read what changed."""


def read_case(case: Path, root: Path) -> SegmentFiles:
    shutil.copytree(case, root / "segments_sql")
    return read_segments(project_in(root, {"lapsed_days": 90}))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_the_words_beside_it(case: Path, tmp_path: Path) -> None:
    said = str(BadFiles(read_case(case, tmp_path).all_problems)) + "\n"
    if RECORD:
        (case / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (case / "expected.txt").read_text(encoding="utf-8")
