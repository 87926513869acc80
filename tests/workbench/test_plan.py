"""`relance plan`: what the files change, tried out in copies, compared with what then happens."""

import hashlib
import shutil
from pathlib import Path

import pytest

from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import local_time
from pipelines.warehouse.duckdb import open_read_copy, open_warehouse
from pipelines.workbench.check import check
from pipelines.workbench.plan import Plan, plan
from pipelines.workbench.project_files import read_files
from tests.assets.small_shop import FILES, SETTINGS, Day, write, write_shop

NEWS = """\
scenario: news
description: Tell the buyers.
owner: crm@lilas.example
stage: loyalty
status: live
category: transactional
topic: orders
trigger: {at: 2026-03-04 10:00, segment: buyers}
steps:
  - send: thank_you
  - wait: 1 day
"""
MARKETING_NEWS = NEWS.replace("transactional", "marketing").replace("orders", "newsletter").replace("buyers", "newcomers")


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_shop(tmp_path_factory.mktemp("plan") / "shop")
    assert Day(project).daily().success
    return project.root


@pytest.fixture
def shop(first_day: Path, tmp_path: Path) -> Path:
    """A shop of its own after its first day: c1 waits for her hello at nine, c2 and she rest at a wait, and so does c3."""
    return Path(shutil.copytree(first_day, tmp_path / "shop"))


def planned(root: Path, ahead: int = 2) -> Plan:
    project = load_project(root)
    return plan(project, read_files(project), ahead=ahead)


def messages(found: Plan) -> list[tuple[str, str, str, int, str]]:
    return [(each.scenario, each.step, each.change, each.messages, each.reason) for each in found.messages]


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = FILES.get(name, SETTINGS)
    assert old in text
    write(root, name, text.replace(old, new))


def test_the_same_files_change_nothing(shop: Path) -> None:
    found = planned(shop)
    assert (found.outcome, dict(found.files), found.as_of) == ("same", {}, Day(load_project(shop)).as_of)


def test_a_comment_is_a_change_of_words(shop: Path) -> None:
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wait: 2 days  # long enough")
    edit(shop, "segments_sql/buyers.sql", "Who has bought.", "Who bought.")
    found = planned(shop)
    assert (found.outcome, dict(found.files)) == ("words", {"scenarios/welcome.yaml": "changed", "segments_sql/buyers.sql": "changed"})


def test_who_enters_and_leaves_a_segment_is_counted_with_examples(shop: Path) -> None:
    edit(shop, "segments_sql/big_buyers.sql", "c.revenue >= 30", "c.revenue < 30")
    [segment] = planned(shop).segments
    assert (segment.segment, segment.change, segment.because) == ("big_buyers", "changed", "its file")
    assert (segment.members_before, segment.members_after, segment.entering, segment.leaving) == (1, 1, 1, 1)
    assert (segment.examples_entering, segment.examples_leaving) == (("c5",), ("c3",))


def test_a_segment_changes_with_what_it_reads_and_new_and_old_ones_are_named(shop: Path) -> None:
    edit(shop, "segments_sql/buyers.sql", "order_count > 0", "order_count > 9")
    write(shop, "segments_sql/everybody.sql", "-- Everybody.\n-- owner: team:crm\nselect contact_id from facts.contacts\n")
    (shop / "segments_sql/newcomers.sql").unlink()
    found = {each.segment: each for each in planned(shop).segments}
    assert [(name, each.change, each.because) for name, each in found.items()] == [
        ("big_buyers", "changed", "what it reads"), ("buyers", "changed", "its file"), ("everybody", "added", "its file"), ("newcomers", "removed", "its file"),
    ]  # fmt: skip
    assert [(each.entering, each.leaving) for each in found.values()] == [(0, 1), (0, 2), (5, 0), (0, 2)]


def test_an_attribute_declared_now_is_counted_from_the_history(shop: Path) -> None:
    declared = '[attributes.big]\nactivity = "order_placed"\nvalue = "total >= 30"\ntype = "boolean"\n[alerts]'
    edit(shop, "relance.toml", "[alerts]", declared)
    edit(shop, "segments_sql/buyers.sql", "order_count > 0", "big")
    found = {each.segment: each for each in planned(shop).segments}
    assert {name: (each.members_before, each.members_after, each.examples_leaving) for name, each in found.items()} == {
        "big_buyers": (1, 1, ()), "buyers": (2, 1, ("c5",)),
    }  # fmt: skip


def test_a_segment_that_its_check_refuses_says_so(shop: Path) -> None:
    edit(shop, "segments_sql/buyers.sql", "-- owner: team:crm", "-- owner: team:crm\n-- check: order_count > 5")
    [segment] = [each for each in planned(shop).segments if each.segment == "buyers"] or [None]
    assert segment is None, "a check is no part of a segment's meaning"
    edit(
        shop,
        "segments_sql/buyers.sql",
        "select contact_id, order_count from facts.contacts",
        "select 'nobody' as contact_id, 1 as order_count from facts.contacts",
    )
    [held] = [each for each in planned(shop).segments if each.segment == "buyers"]
    assert (held.entering, held.leaving) == (0, 0)
    assert "contacts that facts.contacts does not have" in held.held


def test_people_on_a_step_that_changes_are_counted_and_finish_on_their_version(shop: Path) -> None:
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wait: 5 days\n  - send: thank_you")
    [scenario] = planned(shop).scenarios
    assert (scenario.change, scenario.version_before, scenario.version_after) == ("changed", 1, 2)
    assert [(step.change, step.before, step.after, step.people) for step in scenario.steps] == [
        ("changed", "wait 2 days", "wait 5 days", 2),
        ("added", None, "send thank_you by email, valid for 3 days, window 1234567 09:00-20:00", 0),
    ]
    assert [(each.version, each.people, each.fate) for each in scenario.in_flight] == [(1, 2, "finish on version 1")]


def test_rules_and_states_are_compared_too(shop: Path) -> None:
    edit(
        shop, "scenarios/thanks.yaml", "audience: {in: [big_buyers]}", "audience: {in: [buyers]}\npriority: 90\ngoal: {activity: order_placed, within: 5 days}"
    )
    edit(shop, "scenarios/welcome.yaml", "status: live", "status: stopped")
    thanks, welcome = planned(shop).scenarios
    assert [(rule.rule, rule.before, rule.after) for rule in thanks.rules] == [
        ("priority", 50, 90), ("audience_in", "big_buyers", "buyers"), ("goal", None, "order_placed within 5 days"),
    ]  # fmt: skip
    assert (welcome.state_before, welcome.state_after, welcome.version_after) == ("live", "stopped:eject", 1)
    assert [each.fate for each in welcome.in_flight] == ["are taken out of the scenario by the next tick"]


def test_whom_migrate_moves_is_counted_and_an_old_step_nobody_had_is_a_problem(shop: Path) -> None:
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wait: 1 day\n  - send: thank_you\nmigrate: {hello: hello, helo: thank_you}")
    found = planned(shop)
    assert [(each.from_version, each.from_step, each.to_version, each.to_step, each.people) for each in found.moves] == [(1, "hello", 2, "hello", 2)]
    assert [(each.step, each.change, each.examples[0].contact_id) for each in found.messages] == [("thank_you", "added", "c1")]
    [problem] = found.problems
    line = next(number for number, text in enumerate((shop / problem.file).read_text().splitlines(), 1) if text.startswith("migrate"))
    assert str(problem) == (
        f"scenarios/welcome.yaml:{line}: `migrate` moves people who last had `helo`, which no version that ran sends\n  hint: did you mean `hello`?"
    )
    assert [str(each) for each in check(shop) if "migrate" in each.text] == [str(problem)]


def test_people_in_a_scenario_whose_file_is_gone_leave_it(shop: Path) -> None:
    (shop / "scenarios/thanks.yaml").unlink()
    [scenario] = planned(shop).scenarios
    assert (scenario.change, scenario.version_after, scenario.state_after) == ("removed", None, "removed")
    assert [(each.people, each.fate) for each in scenario.in_flight] == [(1, "are taken out of the scenario by the next tick")]


def test_a_new_scenario_adds_its_messages(shop: Path) -> None:
    write(shop, "scenarios/news.yaml", NEWS)
    found = planned(shop)
    assert [(each.scenario, each.change, each.version_after, each.state_after) for each in found.scenarios] == [("news", "added", 1, "live")]
    [news] = found.messages
    assert (news.step, news.change, news.messages) == ("thank_you", "added", 2)
    assert [(each.contact_id, each.at_before, local_time(each.at_after or found.as_of, "Europe/Paris")) for each in news.examples] == [
        ("c3", None, "2026-03-04 10:00"), ("c5", None, "2026-03-04 10:00"),
    ]  # fmt: skip


def test_a_stopped_scenario_lets_its_waiting_messages_go_only_where_they_would(shop: Path) -> None:
    write(shop, "scenarios/news.yaml", NEWS)
    assert Day(load_project(shop), 1).daily().success
    write(shop, "scenarios/news.yaml", NEWS.replace("status: live", "status: draft"))
    assert messages(planned(shop)) == [("news", "thank_you", "gone", 2, "")]


def test_a_message_that_leaves_at_another_hour_moves(shop: Path) -> None:
    write(shop, "scenarios/news.yaml", MARKETING_NEWS + 'window: {from: "11:00", to: "20:00"}\n')
    assert Day(load_project(shop), 1).daily().success
    write(shop, "scenarios/news.yaml", MARKETING_NEWS + 'window: {from: "12:30", to: "20:00"}\n')
    [moved] = planned(shop).messages
    [example] = moved.examples
    assert (moved.change, moved.messages, example.contact_id) == ("moved", 1, "c1")
    assert [local_time(at, "Europe/Paris") for at in (example.at_before, example.at_after) if at] == ["2026-03-04 11:00", "2026-03-04 12:30"]


def test_a_cap_takes_messages_away_and_says_so(shop: Path) -> None:
    write(shop, "scenarios/news.yaml", MARKETING_NEWS)
    assert Day(load_project(shop), 1).daily().success
    cap = '[[caps]]\nname = "weekly"\nat_most = 1\nper = "7 days"\nclock = "rolling"\n'
    edit(shop, "relance.toml", "[alerts]", f"{cap}[alerts]")
    assert messages(planned(shop)) == [("news", "thank_you", "gone", 1, "capped")]


def test_a_text_that_changes_names_its_file(shop: Path) -> None:
    edit(shop, "scenarios/messages/hello/email.html.j2", "<p>Hello.", "<p>Good morning.")
    [text] = planned(shop).messages
    assert (text.change, text.messages, text.detail, text.examples[0].contact_id) == ("text", 1, "scenarios/messages/hello/email.html.j2", "c1")


def test_what_the_shop_is_called_is_in_every_text(shop: Path) -> None:
    edit(shop, "relance.toml", 'name = "Lilas"', 'name = "Les Lilas"')
    assert [(each.change, each.detail) for each in planned(shop).messages] == [("text", "[shop]")]


def test_a_guard_that_would_trip_is_foretold(shop: Path) -> None:
    thanks = FILES["scenarios/thanks.yaml"].replace("{activity: order_placed}", "{date: contacts.created_at, offset: 433 days}")
    write(shop, "scenarios/thanks.yaml", thanks.replace("audience: {in: [big_buyers]}\n", ""))
    edit(shop, "relance.toml", "[alerts]", "[guards]\nmin_entries = 1\nmax_factor = 1.5\n[alerts]")
    found = planned(shop, ahead=7)
    assert [(each.scenario, each.tripped_at, each.entries, each.usual) for each in found.guards] == [("thanks", Day(load_project(shop), 7).as_of, 5, 1)]


def test_what_is_foretold_happens(shop: Path) -> None:
    write(shop, "scenarios/news.yaml", NEWS)
    edit(shop, "segments_sql/buyers.sql", "order_count > 0", "revenue > 20")
    found = planned(shop)
    project = load_project(shop)
    assert all(Day(project, number).daily().success for number in (1, 2))
    with open_warehouse(project) as warehouse:
        sent = warehouse.rows("select contact_id, not_before from outbox.messages where scenario = 'news' and status <> 'dropped' order by contact_id")
        [(members, left)] = warehouse.rows("select members, left_count from segments.sizes where segment = 'buyers' and as_of = $at", at=Day(project, 1).as_of)
    [news] = found.messages
    assert [(each.contact_id, each.at_after) for each in news.examples] == sent
    [buyers] = [each for each in found.segments if each.segment == "buyers"]
    assert (buyers.members_after, buyers.leaving) == (members, left)


def test_the_warehouse_is_neither_opened_nor_changed(shop: Path) -> None:
    project = load_project(shop)
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wait: 5 days")
    with open_warehouse(project):
        before = _state(project)
        planned(shop)
        assert _state(project) == before


def _state(project: Project) -> dict[str, str]:
    """Return everything in the state folder, with the hash of what files hold."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder" for path in project.state_folder.iterdir()}


def test_a_file_that_cannot_be_used_is_named_and_its_people_wait(shop: Path) -> None:
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wiat: 2 days")
    found = planned(shop)
    assert [problem.file for problem in found.problems] == ["scenarios/welcome.yaml"]
    [scenario] = found.scenarios
    assert [(each.people, each.fate) for each in scenario.in_flight] == [(2, "wait until the file can be used")]


def test_a_warehouse_of_before_says_what_to_do(shop: Path) -> None:
    project = load_project(shop)
    with open_warehouse(project) as warehouse:
        warehouse.run("delete from runs.files")
        warehouse.publish_read_copy(project.read_copy_path, Day(project).as_of)
    with pytest.raises(RelanceError, match="no tick has written down the files it ran with\n  hint: the next daily tick does"):
        planned(shop)


def test_files_are_written_down_when_they_change_only(shop: Path) -> None:
    edit(shop, "scenarios/welcome.yaml", "  - wait: 2 days", "  - wait: 5 days")
    (shop / "scenarios/thanks.yaml").unlink()
    project = load_project(shop)
    assert Day(project, 1).daily().success
    with open_read_copy(project) as warehouse:
        rows = warehouse.rows("select path, text is null from runs.files where since = $at order by path", at=Day(project, 1).as_of)
        [(first,)] = warehouse.rows("select count(*) from runs.files where since = $at", at=Day(project).as_of)
    assert rows == [("scenarios/thanks.yaml", True), ("scenarios/welcome.yaml", False)]
    assert first == len(read_files(project).texts) + 1
