"""People are told when a run fails or holds something back, by the path that ran it."""

import os
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.alerts import alert_sensors
from pipelines.assets.in_process import Runner, history
from pipelines.assets.tags import DEMO, LIVE, TRIGGER
from pipelines.settings import Project
from tests.assets.small_shop import Day, write, write_shop
from tests.assets.webhook import NAMED, heard
from tests.senders.mail_server import mail_server


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    with heard(monkeypatch) as words:
        yield words


def test_a_failed_run_is_told_with_its_reason(told: list[str], project: Project) -> None:
    Day(project).daily(**{"relance/now": "2026-03-01T22:00:00"})
    [words] = told
    assert words.startswith("lilas: the run `daily` of 2026-03-02 failed\nthe tick at 2026-03-02 06:00 lies ahead")


def test_a_run_that_held_something_back_is_told(told: list[str], project: Project) -> None:
    write(project.root, "segments_sql/newcomers.sql", "select 1")
    assert Day(project).daily().success
    [words] = told
    assert words.startswith("lilas: the run `daily` of 2026-03-02 held something back\nsegments/newcomers: segments_sql/newcomers.sql")


def test_nobody_is_told_of_a_run_in_which_all_went_well(told: list[str], first_day: Day) -> None:
    assert first_day.daily().success
    assert told == []


def test_an_alert_that_nobody_takes_is_said_beside_what_it_was_about(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    with heard(monkeypatch, answer=500):
        failures = Day(project).daily(**{"relance/now": "2026-03-01T22:00:00"}).failures
    assert [words.partition(":")[0] for words in failures] == ["the tick at 2026-03-02 06", "nobody may have heard of it"]
    assert "the webhook in LILAS_ALERTS did not take the alert (HTTPStatusError)" in failures[1]


@pytest.mark.parametrize(("environment", "failures"), [({LIVE: "live"}, 2), ({}, 1)], ids=["live", "a clone"])
def test_a_webhook_that_is_named_and_not_set_is_said_where_messages_may_reach_people(project: Project, environment: dict[str, str], failures: int) -> None:
    assert NAMED not in os.environ
    day = Day(project)
    day.runner = Runner(project, lambda: day.as_of, environment)
    said = day.daily(**{"relance/now": "2026-03-01T22:00:00"}).failures
    assert len(said) == failures
    assert all(words == f"nobody may have heard of it: alerts.webhook_env names `{NAMED}`, which is not set" for words in said[1:])


def test_nobody_is_told_of_the_demo(told: list[str], project: Project) -> None:
    assert not Day(project).daily(**{"relance/now": "2026-03-01T22:00:00", TRIGGER: DEMO}).success
    write(project.root, "segments_sql/newcomers.sql", "select 1")
    assert Day(project).daily(**{TRIGGER: DEMO}).failed_checks != ()
    assert told == []


@pytest.mark.parametrize(("environment", "mails"), [({LIVE: "live"}, 1), ({}, 0)], ids=["live", "a clone"])
def test_a_failure_is_mailed_from_where_messages_may_reach_people(tmp_path: Path, environment: dict[str, str], mails: int) -> None:
    with mail_server() as room:
        carrier = f'[[senders]]\nname = "post"\nkind = "smtp"\nhost = "127.0.0.1"\nport = {room.port}\ntls = "none"\n'
        mailed = '[alerts]\nemail_to = "ops@lilas.example"\nsmtp_sender = "post"'
        project = write_shop(
            tmp_path, **{'[alerts]\nwebhook_env = "LILAS_ALERTS"': mailed, '[[senders]]\nname = "outgoing"\nkind = "files"\nchannels = ["email"]\n': carrier}
        )
        day = Day(project)
        day.runner = Runner(project, lambda: day.as_of, environment)
        outcome = day.daily(**{"relance/now": "2026-03-01T22:00:00"})
    assert (outcome.success, len(outcome.failures), len(room.mails)) == (False, 1, mails)
    for mail in map(message_from_bytes, room.mails):
        assert (mail["To"], mail["Subject"]) == ("ops@lilas.example", "lilas: the run `daily` of 2026-03-02 failed")
        assert b"lies ahead" in mail.get_payload(decode=True)


def test_the_sensors_tell_of_runs_that_the_command_line_does_not_tell_of(told: list[str], project: Project) -> None:
    write(project.root, "segments_sql/newcomers.sql", "select 1")
    day = Day(project, recorded=True)
    held = day.daily()
    failed = day.daily(**{"relance/now": "2026-03-01T22:00:00"})
    told.clear()
    on_failure, on_holds = alert_sensors(day.runner.wiring)
    with history(project) as instance:
        on_failure(_context(instance, failed.run_id, dg.DagsterEventType.RUN_FAILURE).for_run_failure())
        on_holds(_context(instance, held.run_id, dg.DagsterEventType.RUN_SUCCESS))
    assert [words.splitlines()[0] for words in told] == [
        "lilas: the run `daily` of 2026-03-02 failed",
        "lilas: the run `daily` of 2026-03-02 held something back",
    ]
    assert {sensor.default_status for sensor in (on_failure, on_holds)} == {dg.DefaultSensorStatus.RUNNING}


def _context(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> dg.RunStatusSensorContext:
    run = instance.get_run_by_id(run_id)
    [record] = instance.get_records_for_run(run_id, of_type=kind).records
    assert run is not None
    assert record.event_log_entry.dagster_event is not None
    return dg.build_run_status_sensor_context("alert", record.event_log_entry.dagster_event, instance, run)
