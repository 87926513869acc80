"""Segment files as objects: order, what they read, when their meaning changes, what one bad file takes with it."""

from pathlib import Path

import pytest

from pipelines.segments.files import Segment, SegmentFiles, read_segments
from pipelines.segments.lineage import column_lineage
from pipelines.settings import AttributeSettings, BoughtTogetherSettings, Project
from tests.segments.shops import project_in

HEADER = "-- Somebody.\n-- owner: team:crm\n"
LAPSED = "select contact_id, last_order_at from facts.contacts where days_since_order >= param('lapsed_days')"
VIP = "select contact_id from segments.lapsed where contact_id in (select contact_id from shop.orders where total > 500)"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "segments_sql").mkdir()
    return project_in(tmp_path, {"lapsed_days": 90})


def write(project: Project, **segments: str) -> SegmentFiles:
    for name, sql in segments.items():
        (project.segments_folder / f"{name}.sql").write_text(HEADER + sql + "\n", encoding="utf-8")
    return read_segments(project)


def written(project: Project, sql: str) -> Segment:
    segment = write(project, lapsed=sql).segment("lapsed")
    assert segment is not None
    return segment


def test_a_segment_knows_what_it_is_and_what_it_reads(project: Project) -> None:
    files = write(project, a_vip=VIP, lapsed=LAPSED)
    lapsed, vip = files.segments
    assert (vip.name, vip.reads_segments, vip.reads_tables, vip.params) == ("a_vip", ("lapsed",), ("shop.orders",), ())
    assert (lapsed.meaning, lapsed.owner, lapsed.params) == ("Somebody.", "team:crm", ("lapsed_days",))
    assert lapsed.attributes == {"last_order_at": "TIMESTAMP"}


def test_a_step_of_a_with_is_no_table(project: Project) -> None:
    segment = written(project, "with orders as (select contact_id from shop.orders) select contact_id from orders group by contact_id")
    assert segment.reads_tables == ("shop.orders",)


def test_a_star_gives_every_column_as_attribute(project: Project) -> None:
    segment = written(project, "select * from facts.contacts where order_count > 3")
    assert segment.attributes["newsletter"] == "BOOLEAN"
    assert "contact_id" not in segment.attributes


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param(
            "select contact_id from facts.contacts c where exists (select 1 from shop.orders o where o.contact_id = c.contact_id and total > revenue)",
            id="outer",
        ),
        pytest.param("select contact_id from facts.contacts c anti join shop.orders o on o.contact_id = c.contact_id and total > 9", id="anti_join"),
        pytest.param("select contact_id from shop.orders group by contact_id having count(*) > 2 order by max(total), contact_id", id="grouped"),
        pytest.param(
            "select contact_id, total * 2 as double from shop.orders qualify row_number() over (partition by contact_id order by double, order_id) = 1",
            id="qualify",
        ),
        pytest.param("select x.contact_id from (select * from facts.contacts) x where x.order_count > 3", id="star_in_a_step"),
        pytest.param("select contact_id from facts.contacts union select contact_id from shop.subscriptions", id="union"),
    ],
)
def test_a_column_may_be_named_wherever_sql_allows_it(project: Project, sql: str) -> None:
    assert written(project, sql).name == "lapsed"


def test_an_empty_folder_and_no_folder_give_no_segments(project: Project) -> None:
    assert read_segments(project) == SegmentFiles((), {}, {})
    project.segments_folder.rmdir()
    assert read_segments(project) == SegmentFiles((), {}, {})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("-- Why: see the plan.\n" + LAPSED, id="a_comment"),
        pytest.param(LAPSED.replace(" ", "\n    "), id="layout"),
        pytest.param(LAPSED.replace("select", "SELECT").replace("contact_id", "Contact_ID"), id="case"),
    ],
)
def test_comments_layout_and_case_do_not_change_the_meaning(project: Project, other: str) -> None:
    assert written(project, LAPSED).fingerprint == written(project, other).fingerprint


def test_the_sql_and_its_thresholds_change_the_meaning(project: Project) -> None:
    first = written(project, LAPSED).fingerprint
    assert written(project, LAPSED.replace(">=", ">")).fingerprint != first
    written(project, LAPSED)
    stricter = read_segments(project_in(project.root, {"lapsed_days": 120})).segment("lapsed")
    assert stricter is not None
    assert stricter.fingerprint != first


def test_what_a_segment_reads_changes_its_meaning(project: Project) -> None:
    before = write(project, lapsed=LAPSED, vip=VIP).segment("vip")
    after = write(project, lapsed=LAPSED.replace(">=", ">")).segment("vip")
    assert before is not None
    assert after is not None
    assert before.fingerprint != after.fingerprint


def test_one_bad_file_takes_down_only_what_reads_it(project: Project) -> None:
    everybody = "select contact_id from facts.contacts"
    files = write(project, lapsed="select contact_id form facts.contacts", vip=VIP, gold="select contact_id from segments.vip", other=everybody)
    assert [segment.name for segment in files.segments] == ["other"]
    assert list(files.problems) == ["lapsed"]
    assert files.blocked == {"vip": "lapsed", "gold": "vip"}
    assert files.names == ("gold", "lapsed", "other", "vip")


def test_a_blocked_file_still_hears_of_its_own_mistakes(project: Project) -> None:
    files = write(project, lapsed="select contact_id form facts.contacts", vip="select contact_id, anything from segments.lapsed where random() < 0.5")
    assert list(files.problems) == ["lapsed", "vip"]
    assert [problem.text for problem in files.problems["vip"]] == ["`random` answers differently each time"]


def test_a_circle_holds_its_segments_and_those_that_read_them(project: Project) -> None:
    files = write(project, a="select contact_id from segments.b", b="select contact_id from segments.a", c="select contact_id from segments.b")
    assert list(files.problems) == ["a", "b"]
    assert files.blocked == {"c": "b"}


def test_columns_are_traced_through_steps_stars_and_expressions(project: Project) -> None:
    segment = written(
        project,
        """
        with spent as (select contact_id, sum(total) as amount from shop.orders group by contact_id)
        select c.*, s.amount / nullif(c.order_count, 0) as basket, 'gold' as level
        from facts.contacts c join spent s on s.contact_id = c.contact_id
        """,
    )
    lineage = column_lineage(project, segment)
    assert lineage["contact_id"] == [("facts.contacts", "contact_id")]
    assert lineage["basket"] == [("facts.contacts", "order_count"), ("shop.orders", "total")]
    assert lineage["level"] == []
    assert set(lineage) == {"contact_id", *segment.attributes}


def test_lineage_names_the_segment_it_comes_through(project: Project) -> None:
    files = write(project, lapsed=LAPSED, vip="select contact_id, last_order_at from segments.lapsed")
    vip = files.segment("vip")
    assert vip is not None
    assert column_lineage(project, vip)["last_order_at"] == [("segments.lapsed", "last_order_at")]


def test_lineage_is_worked_out_once(project: Project) -> None:
    segment = written(project, LAPSED)
    column_lineage(project, segment)
    (kept,) = (project.state_folder / "lineage").glob("*.json")
    kept.write_text('{"contact_id": [["shop.orders", "contact_id"]]}', encoding="utf-8")
    assert column_lineage(project, segment) == {"contact_id": [("shop.orders", "contact_id")]}


def test_a_segment_over_rows_of_attributes_or_pairs_means_what_the_settings_say_of_them(project: Project) -> None:
    def fingerprints(**settings: object) -> list[str]:
        changed = Project(root=project.root, settings=project.settings.model_copy(update=settings))
        said = write(
            changed,
            said="select contact_id from facts.attributes where attribute = 'room'",
            pairs="select l.contact_id from shop.purchases l join facts.bought_together t on t.product_id = l.product_id group by l.contact_id",
        )
        assert not said.all_problems
        return [segment.fingerprint for segment in said.segments]

    pairs, said = fingerprints()
    clicked = AttributeSettings(activity=("message_clicked",), value="link")
    assert fingerprints(attributes={"room": clicked}) == [pairs, fingerprints(attributes={"room": clicked})[1]]
    assert fingerprints(attributes={"room": clicked})[1] != said
    fewer = fingerprints(bought_together=BoughtTogetherSettings(min_support=1))
    assert fewer[0] != pairs
    assert fewer[1] == said


def test_a_declared_attribute_is_a_column_and_its_declaration_part_of_the_meaning(project: Project) -> None:
    def declared(**attributes: AttributeSettings) -> SegmentFiles:
        settings = project.settings.model_copy(update={"attributes": attributes})
        return write(Project(root=project.root, settings=settings), roomy="select contact_id, room from facts.contacts where room = 'attic'", other=LAPSED)

    clicked = AttributeSettings(activity=("message_clicked",), value="link")
    first, same, other = declared(room=clicked), declared(room=clicked, shoe=AttributeSettings()), declared(room=AttributeSettings())
    assert {segment.name: segment.attributes for segment in first.segments} == {"roomy": {"room": "VARCHAR"}, "other": {"last_order_at": "TIMESTAMP"}}
    assert first.segment("roomy") == same.segment("roomy")
    assert [first.segment(name) == other.segment(name) for name in ("roomy", "other")] == [False, True]
    assert [problem.text for problem in declared().all_problems] == ["unknown column `room` in facts.contacts"]
