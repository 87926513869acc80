"""Every template or `data.sql` that cannot be used is refused with a message its author can act on; the exact words stand beside it."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.messages.message_library import MessageLibrary, read_messages
from pipelines.segments.files import SegmentFiles, read_segments
from tests.messages.shop import SHOP, project

CASES = sorted(path for path in (Path(__file__).parent / "bad_files").iterdir() if path.is_dir())
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write expected.txt anew, then read what changed."""
SEGMENTS = {
    "vip.sql": "-- Who buys much.\n-- owner: team:crm\nselect contact_id, revenue as spent from facts.contacts where revenue > 1000",
    "broken.sql": "-- Nobody.\n-- owner: team:crm\nselect contact_idd from facts.contacts",
}


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> SegmentFiles:
    """Two segments of the shop: `vip`, and `broken`, whose file cannot be used."""
    root = tmp_path_factory.mktemp("shop")
    (root / "segments_sql").mkdir()
    for name, text in SEGMENTS.items():
        (root / "segments_sql" / name).write_text(text, encoding="utf-8")
    return read_segments(project(root))


def read_case(case: Path, root: Path, segments: SegmentFiles) -> MessageLibrary:
    shutil.copytree(case, root / "scenarios" / "messages", ignore=shutil.ignore_patterns("expected.txt"))
    (root / "scenarios" / "messages" / "layout").mkdir(exist_ok=True)
    (root / "scenarios" / "messages" / "layout" / "email.html.j2").touch()
    (root / "segments_sql").mkdir()
    return read_messages(project(root, shop=SHOP.model_copy(update={"survey_url": ""})), segments)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_the_words_beside_it(case: Path, tmp_path: Path, segments: SegmentFiles) -> None:
    said = str(BadFiles(read_case(case, tmp_path, segments).problems)) + "\n"
    if RECORD:
        (case / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (case / "expected.txt").read_text(encoding="utf-8")
