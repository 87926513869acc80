"""What the runner of case files says when a case fails, or cannot be read."""

import pytest

from pipelines.errors import BadFiles
from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings import Project
from pipelines.workbench.segment_cases import CaseResult, cases_folder, run_segment_cases, segments_without_cases
from tests.segments.shops import project_in

BIG = "-- Somebody.\n-- owner: team:crm\nselect contact_id, order_count from facts.contacts where order_count >= param('big')\n"
VIP = "-- Somebody.\n-- owner: team:crm\nselect contact_id from segments.big where contact_id in (select contact_id from shop.orders)\n"
GIVEN = """
    given:
      facts.contacts:
        - {contact_id: ann, order_count: 3}
        - {contact_id: bob, order_count: 2}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, SegmentFiles]:
    project = project_in(tmp_path_factory.mktemp("shop"), {"big": 3})
    project.segments_folder.mkdir()
    (project.segments_folder / "big.sql").write_text(BIG, encoding="utf-8")
    (project.segments_folder / "vip.sql").write_text(VIP, encoding="utf-8")
    (project.segments_folder / "broken.sql").write_text("selec", encoding="utf-8")
    return project, read_segments(project)


def run(shop: tuple[Project, SegmentFiles], text: str, name: str = "big") -> list[CaseResult]:
    project, files = shop
    cases_folder(project).mkdir(parents=True, exist_ok=True)
    for path in cases_folder(project).glob("*.yaml"):
        path.unlink()
    (cases_folder(project) / f"{name}.yaml").write_text(text, encoding="utf-8")
    return run_segment_cases(project, files)


def test_a_case_that_holds_passes(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(shop, "as_of: 2026-09-14 04:00\ncases:\n  - case: three" + GIVEN + "    expect: [ann]\n")
    assert result.passed
    assert str(result) == "tests/cases/segments/big.yaml:3: three: as expected"


def test_a_case_that_fails_names_who_is_missing_and_who_is_too_many(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(shop, "as_of: 2026-09-14 04:00\ncases:\n  - case: three" + GIVEN + "    expect: [bob]\n")
    assert not result.passed
    assert str(result) == "tests/cases/segments/big.yaml:3: three: expected, not there: bob; there, not expected: ann"


def test_expected_rows_look_at_attributes(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(shop, "as_of: 2026-09-14 04:00\ncases:\n  - case: three" + GIVEN + "    expect: [{contact_id: ann, order_count: 4}]\n")
    assert (result.missing, result.unexpected) == (("ann (order_count 4)",), ("ann (order_count 3)",))


def test_thresholds_of_the_file_win_over_those_of_the_settings(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(shop, "as_of: 2026-09-14 04:00\nparams: {big: 2}\ncases:\n  - case: two" + GIVEN + "    expect: [ann, bob]\n")
    assert result.passed


def test_cases_do_not_see_each_others_rows_and_may_have_their_own_instant(shop: tuple[Project, SegmentFiles]) -> None:
    text = """
as_of: 2026-09-14 04:00
cases:
  - case: before
    given: {facts.contacts: [{contact_id: ann, order_count: 3}], shop.orders: [{order_id: 1, contact_id: ann, ordered_at: 2026-09-14 05:00:00}]}
    expect: []
  - case: after
    as_of: 2026-09-14 06:00
    given: {facts.contacts: [{contact_id: ann, order_count: 3}], shop.orders: [{order_id: "1", contact_id: ann, ordered_at: 2026-09-14 05:00:00}]}
    expect: [ann]
  - case: nobody
    given: {}
    expect: []
"""
    assert [str(result) for result in run(shop, text, "vip") if not result.passed] == []


def test_rows_the_engine_refuses_fail_the_case(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(
        shop, "as_of: 2026-09-14 04:00\ncases:\n  - case: three\n    given: {facts.contacts: [{contact_id: ann, order_count: many}]}\n    expect: []\n"
    )
    assert "Could not convert string 'many' to INT64" in result.wrong


def test_rows_that_hold_the_segment_fail_the_case(shop: tuple[Project, SegmentFiles]) -> None:
    given = "{facts.contacts: [{contact_id: ann, order_count: 3}, {contact_id: ann, order_count: 3}]}"
    (result,) = run(shop, f"as_of: 2026-09-14 04:00\ncases:\n  - case: twice\n    given: {given}\n    expect: [ann]\n")
    assert result.wrong == "segment `big` was held: it returns 1 rows too many: a contact is returned more than once"


def test_a_segment_that_cannot_be_built_passes_no_case(shop: tuple[Project, SegmentFiles]) -> None:
    (result,) = run(shop, "as_of: 2026-09-14 04:00\ncases:\n  - case: any\n    given: {}\n    expect: []\n", "broken")
    assert result.wrong == "segment `broken` cannot be built, `relance check` says why"


def test_segments_without_cases_are_named(shop: tuple[Project, SegmentFiles]) -> None:
    run(shop, "as_of: 2026-09-14 04:00\ncases: []\n")
    assert segments_without_cases(*shop) == ["broken", "vip"]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        pytest.param("as_of: 2026-09-14 04:00\n", "big", ["1: `cases` is missing"], id="no_cases"),
        pytest.param("cases:\n  - case: a\n    given: {}\n    expect: []\n", "big", ["2: the case has no `as_of`"], id="no_instant"),
        pytest.param(
            "as_of: today\ncases:\n  - case: a\n    given: {}\n    expect: []\n",
            "big",
            ["1: `as_of`: Input should be a valid datetime or date, input is too short"],
            id="wrong_instant",
        ),
        pytest.param(
            "as_of: 2026-09-14 04:00\ncases:\n  - case: a\n    givn: {}\n    expect: []\n",
            "big",
            ["3: `given` is missing", "4: unknown key `givn`"],
            id="misspelt_key",
        ),
        pytest.param("as_of: 2026-09-14 04:00\nparms: {}\ncases: []\n", "big", ["2: unknown key `parms`"], id="misspelt_file_key"),
        pytest.param(
            "as_of: 2026-09-14 04:00\ncases:\n  - case: a\n    given:\n      facts.contact: []\n    expect: []\n",
            "big",
            ["5: rows for `facts.contact` cannot be given"],
            id="unknown_table",
        ),
        pytest.param(
            "as_of: 2026-09-14 04:00\ncases:\n  - case: a\n    given:\n      shop.orders:\n        - {order_id: o1, contact: ann}\n    expect: []\n",
            "big",
            ["6: the row of shop.orders has no `ordered_at`", "6: unknown column `contact` in shop.orders"],
            id="unknown_column",
        ),
        pytest.param(
            "as_of: 2026-09-14 04:00\ncases:\n  - case: a\n    given:\n      facts.contacts:\n        - {contact_id: ann, timezone: Europe/Pari}\n    expect: []\n",
            "big",
            ["6: unknown time zone `Europe/Pari`"],
            id="unknown_zone",
        ),
        pytest.param("as_of: 2026-09-14 04:00\ncases: []\ncases: []\n", "big", ["3: `cases` is written twice, first in line 2"], id="duplicate_key"),
        pytest.param("as_of: 2026-09-14 04:00\ncases: []\n", "bigg", ["there is no segment `bigg`"], id="no_such_segment"),
    ],
)
def test_a_wrong_case_file_says_what_and_where(shop: tuple[Project, SegmentFiles], text: str, name: str, said: list[str]) -> None:
    with pytest.raises(BadFiles) as caught:
        run(shop, text, name)
    lines = [line.removeprefix(f"tests/cases/segments/{name}.yaml:").strip() for line in str(caught.value).splitlines() if "hint:" not in line]
    assert lines == said
