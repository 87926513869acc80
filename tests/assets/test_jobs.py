"""When ticks may run, what they send, the jobs between the daily ones, and what the schedules ask for."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from pipelines.assets.schedules import schedules
from pipelines.assets.tags import AS_OF, SEND
from pipelines.settings import Project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import open_read_copy
from tests.assets.small_shop import Day, mails, rows, write, write_shop

QUARTER = timedelta(minutes=15)


def asked(project: Project, name: str, at: datetime, now: datetime | None = None) -> dg.RunRequest | dg.SkipReason:
    """Return what a schedule asks for when it fires at *at* (UTC), and it is *now*."""
    [schedule] = [each for each in schedules(project, lambda: now or at, running=True) if each.name == name]
    context = dg.build_schedule_context(scheduled_execution_time=at.replace(tzinfo=UTC))
    answer = schedule(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def test_a_quarter_hour_tick_is_a_run_without_partition_that_shows_under_its_day(project: Project) -> None:
    day = Day(project, recorded=True)
    assert day.daily().success
    write(project.root, "data/events-2.csv", "event_id,contact_id,occurred_at,name\ne3,c4,2026-03-02T05:05:00,signed_up\n")
    outcome = day.quarter_hour(QUARTER)
    assert (outcome.failures, outcome.failed_checks) == ((), ())
    assert outcome.numbers["scenarios/welcome"]["entered"] == 1
    assert rows(project, "select day, count(*) from runs.ticks where status = 'committed' group by day") == [(day.day, 2)]
    assert rows(project, "select status, reason from outbox.messages where contact_id = 'c4'") == [("held", "quiet_hours")]


@pytest.mark.parametrize(("tags", "sent", "said"), [({}, 2, "to_send"), ({SEND: "no"}, 1, "dropped")], ids=["as the schedule asks", "told not to send"])
def test_a_quarter_hour_tick_sends_unless_told_not_to_and_leaves_the_read_copy_alone(project: Project, tags: dict[str, str], sent: int, said: str) -> None:
    day = Day(project)
    assert day.daily().success
    write(project.root, "data/orders-2.csv", "number,buyer,placed,total,state\no3,c5,2026-03-02T05:05:00,50.00,paid\n")
    assert day.quarter_hour(QUARTER, **tags).success
    assert rows(project, "select status from outbox.messages where contact_id = 'c5'") == [(said,)]
    assert mails(project) == sent
    with open_read_copy(project) as copy:
        assert copy.rows("select as_of(), (select count(*) from outbox.messages where contact_id = 'c5')") == [(day.as_of, 0)]


def test_a_pass_before_the_first_tick_does_nothing(first_day: Day) -> None:
    outcome = first_day.hand_over(timedelta())
    assert (outcome.success, dict(outcome.numbers)) == (True, {})
    assert rows(first_day.project, "select count(*) from raw.contacts") == [(0,)]


def test_a_tick_of_the_past_does_not_send(project: Project) -> None:
    outcome = Day(project).daily(**{"relance/now": "2026-03-09T05:00:00"})
    assert outcome.success
    assert rows(project, "select status, reason, count(*) from outbox.messages group by all order by all") == [
        ("dropped", "no_consent", 1), ("dropped", "not_sent", 2),
    ]  # fmt: skip
    assert mails(project) == 0


def test_a_tick_of_the_past_that_is_told_to_send_sends_what_is_not_too_late(project: Project) -> None:
    outcome = Day(project).daily(**{"relance/now": "2026-03-03T18:00:00", SEND: "yes"})
    assert outcome.numbers["senders/outgoing"]["accepted"] == 2
    assert mails(project) == 2


def test_a_message_that_is_too_late_by_then_is_dropped(project: Project) -> None:
    assert Day(project).daily(**{"relance/now": "2026-03-05T20:00:00", SEND: "yes"}).success
    assert rows(project, "select reason, count(*) from outbox.messages group by all order by all") == [("expired", 2), ("no_consent", 1)]
    assert mails(project) == 0


def test_a_tick_that_lies_ahead_is_refused(project: Project) -> None:
    day = Day(project)
    outcome = day.daily(**{"relance/now": "2026-03-01T22:00:00"})
    assert outcome.failures == ("the tick at 2026-03-02 06:00 lies ahead: it is 2026-03-01 23:00\n  hint: run it once its time has come",)
    assert rows(project, "select * from runs.ticks") == []


def test_a_tick_before_one_that_is_committed_is_refused(project: Project) -> None:
    assert Day(project, 1).daily().success
    [failure] = Day(project, 0).daily().failures
    assert failure.startswith("a tick at 2026-03-03 05:00:00 is committed already, after 2026-03-02 05:00:00")


def test_a_day_is_asked_for_once_at_the_hour_of_the_settings(project: Project) -> None:
    request = asked(project, "daily", tick_of_day(project, date(2026, 3, 29)))
    assert isinstance(request, dg.RunRequest)
    assert (request.partition_key, request.run_key) == ("2026-03-29", "daily-2026-03-29")


def test_a_day_that_was_missed_is_left_to_the_next(project: Project) -> None:
    at = tick_of_day(project, date(2026, 3, 10))
    assert isinstance(asked(project, "daily", at, at + timedelta(days=2)), dg.SkipReason)


def test_quarter_hours_are_asked_for_by_their_instant_except_where_the_day_has_its_tick(project: Project) -> None:
    at = tick_of_day(project, date(2026, 3, 10))
    request = asked(project, "quarter_hour", at + QUARTER)
    assert isinstance(request, dg.RunRequest)
    assert request.tags[AS_OF] == "2026-03-10T05:15:00"
    assert isinstance(asked(project, "quarter_hour", at), dg.SkipReason)
    assert isinstance(asked(project, "quarter_hour", at + QUARTER, at + timedelta(hours=1)), dg.SkipReason)


@pytest.mark.parametrize(
    ("quarter_hourly", "running", "on"),
    [("true", True, ["daily", "hand_over", "quarter_hour"]), ("false", True, ["daily", "hand_over"]), ("true", False, [])],
    ids=["with quarter hours", "without", "the demo's"],
)
def test_schedules_are_on_as_the_settings_say(quarter_hourly: str, running: bool, on: list[str], project: Project) -> None:
    changed = write_shop(project.root, **{"[schedule]\n": f"[schedule]\nquarter_hourly = {quarter_hourly}\n"})
    found = schedules(changed, lambda: datetime(2026, 3, 2), running=running)
    assert sorted(each.name for each in found if each.default_status == dg.DefaultScheduleStatus.RUNNING) == on
