"""The segments that ship, held to their case files; and what the runner says of cases that are wrong."""

import pytest

from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.workbench.segment_cases import run_segment_cases, segments_without_cases
from tests.segments.shops import ROOT

SHIPPED = sorted(path.stem for path in (ROOT / "segments_sql").glob("*.sql"))


@pytest.fixture(scope="module")
def shop() -> tuple[Project, SegmentFiles]:
    project = load_project(ROOT)
    return project, read_segments(project)


def test_every_shipped_segment_can_be_used(shop: tuple[Project, SegmentFiles]) -> None:
    _, files = shop
    assert not files.all_problems
    assert [segment.name for segment in sorted(files.segments, key=lambda segment: segment.name)] == SHIPPED


def test_every_shipped_segment_has_cases(shop: tuple[Project, SegmentFiles]) -> None:
    assert segments_without_cases(*shop) == []


@pytest.mark.parametrize("segment", SHIPPED)
def test_a_shipped_segment_does_what_its_cases_say(shop: tuple[Project, SegmentFiles], segment: str) -> None:
    results = run_segment_cases(*shop, [segment])
    assert results
    assert not [str(result) for result in results if not result.passed]
