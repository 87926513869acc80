"""People are told when a run fails or holds something back, by the path that ran it."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest

from pipelines.assets.alerts import alert_sensors
from pipelines.assets.in_process import Runner, history
from pipelines.assets.tags import LIVE
from pipelines.settings import Project
from tests.assets.small_shop import Day, write, write_shop
from tests.senders.mail_server import mail_server


class Webhook(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body)["text"])  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Webhook) as server:
        server.heard, server.answer = [], 200  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("LILAS_ALERTS", f"http://127.0.0.1:{server.server_port}/alerts")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
        server.shutdown()


def test_a_failed_run_is_told_with_its_reason(webhook: HTTPServer, project: Project) -> None:
    Day(project).daily(**{"relance/now": "2026-03-01T22:00:00"})
    [told] = webhook.heard  # type: ignore[attr-defined]
    assert told.startswith("lilas: the run `daily` of 2026-03-02 failed\nthe tick at 2026-03-02 06:00 lies ahead")


def test_a_run_that_held_something_back_is_told(webhook: HTTPServer, project: Project) -> None:
    write(project.root, "segments_sql/newcomers.sql", "select 1")
    assert Day(project).daily().success
    [told] = webhook.heard  # type: ignore[attr-defined]
    assert told.startswith("lilas: the run `daily` of 2026-03-02 held something back\nsegments/newcomers: segments_sql/newcomers.sql")


def test_nobody_is_told_of_a_run_in_which_all_went_well(webhook: HTTPServer, first_day: Day) -> None:
    assert first_day.daily().success
    assert webhook.heard == []  # type: ignore[attr-defined]


def test_an_alert_that_nobody_takes_is_said_beside_what_it_was_about(webhook: HTTPServer, project: Project) -> None:
    webhook.answer = 500  # type: ignore[attr-defined]
    failures = Day(project).daily(**{"relance/now": "2026-03-01T22:00:00"}).failures
    assert [words.partition(":")[0] for words in failures] == ["the tick at 2026-03-02 06", "nobody may have heard of it"]
    assert "the webhook in LILAS_ALERTS did not take the alert (HTTPStatusError)" in failures[1]


@pytest.mark.parametrize(("environment", "mails"), [({LIVE: "live"}, 1), ({}, 0)], ids=["live", "a clone"])
def test_a_failure_is_mailed_from_where_messages_may_reach_people(tmp_path: Path, environment: dict[str, str], mails: int) -> None:
    with mail_server() as room:
        carrier = f'[[senders]]\nname = "post"\nkind = "smtp"\nhost = "127.0.0.1"\nport = {room.port}\ntls = "none"\n'
        mailed = '[alerts]\nemail_to = "ops@lilas.example"\nsmtp_sender = "post"'
        project = write_shop(tmp_path, **{"[alerts]": mailed, '[[senders]]\nname = "outgoing"\nkind = "files"\nchannels = ["email"]\n': carrier})
        day = Day(project)
        day.runner = Runner(project, lambda: day.as_of, environment)
        outcome = day.daily(**{"relance/now": "2026-03-01T22:00:00"})
    assert (outcome.success, len(outcome.failures), len(room.mails)) == (False, 1, mails)
    for told in map(message_from_bytes, room.mails):
        assert (told["To"], told["Subject"]) == ("ops@lilas.example", "lilas: the run `daily` of 2026-03-02 failed")
        assert b"lies ahead" in told.get_payload(decode=True)


def test_the_sensors_tell_of_runs_that_the_command_line_does_not_tell_of(webhook: HTTPServer, project: Project) -> None:
    write(project.root, "segments_sql/newcomers.sql", "select 1")
    day = Day(project, recorded=True)
    held = day.daily()
    failed = day.daily(**{"relance/now": "2026-03-01T22:00:00"})
    webhook.heard.clear()  # type: ignore[attr-defined]
    on_failure, on_holds = alert_sensors(day.runner.wiring)
    with history(project) as instance:
        on_failure(_context(instance, failed.run_id, dg.DagsterEventType.RUN_FAILURE).for_run_failure())
        on_holds(_context(instance, held.run_id, dg.DagsterEventType.RUN_SUCCESS))
    assert [told.splitlines()[0] for told in webhook.heard] == [  # type: ignore[attr-defined]
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
