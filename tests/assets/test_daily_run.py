"""The daily job, run for real on a small shop: what it makes, what it shows, and that a second run changes nothing."""

import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.in_process import history
from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_read_copy, open_warehouse
from tests.assets.pictures import picture
from tests.assets.small_shop import AUDIENCE, SECRETS, Day, mails, rows, write_shop


class Played(Day):
    """A day that was run once."""

    def __init__(self, project: Project) -> None:
        super().__init__(project, recorded=True)
        self.outcome = self.daily()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, empty_history: Path) -> Played:
    root = tmp_path_factory.mktemp("shop") / "a shop"
    shutil.copytree(empty_history, root / ".dagster")
    return Played(write_shop(root, **{"[alerts]": AUDIENCE}))


def test_everything_from_sources_to_the_report_is_made_and_well(played: Played) -> None:
    assert played.outcome.failures == ()
    assert played.outcome.failed_checks == ()
    assert set(played.outcome.numbers) == {
        "sources/contacts", "sources/consents", "sources/orders", "sources/site_events",
        "facts/contacts", "facts/interests", "facts/channels", "facts/attributes", "facts/bought_together",
        "segments/buyers", "segments/big_buyers", "segments/newcomers",
        "scenarios/welcome", "scenarios/thanks", "outbox/messages", "senders/outgoing", "audiences/regulars", "results/report",
    }  # fmt: skip


def test_assets_show_how_many_rows_they_have(played: Played) -> None:
    numbers = played.outcome.numbers
    shown = {
        name: numbers[name]["dagster/row_count"]
        for name in ("sources/contacts", "facts/contacts", "segments/buyers", "segments/big_buyers", "scenarios/welcome")
    }
    assert shown == {"sources/contacts": 5, "facts/contacts": 5, "segments/buyers": 2, "segments/big_buyers": 1, "scenarios/welcome": 2}


def test_every_due_message_is_sent_or_has_a_reason(played: Played) -> None:
    assert rows(played.project, "select contact_id, status, reason from outbox.messages order by contact_id") == [
        ("c1", "held", "quiet_hours"),
        ("c2", "dropped", "no_consent"),
        ("c3", "to_send", None),
    ]
    assert rows(
        played.project, "select contact_id, s.state from delivery.sends s join outbox.messages m on m.message_key = s.message_key order by s.state"
    ) == [
        ("c3", "accepted"),
        ("c3", "claimed"),
    ]


def test_the_ads_platform_is_told_who_joined_the_audience(played: Played) -> None:
    numbers = played.outcome.numbers["audiences/regulars"]
    assert (numbers["dagster/row_count"], numbers["adds"], numbers["removes"]) == (1, 1, 0)
    [path] = (played.project.state_folder / "audiences").iterdir()
    assert path.name == "regulars-00001-adds-2026-03-02.csv"
    assert path.read_text().splitlines()[1:] == [",".join(sha256(text).hexdigest() for text in (b"carla.roux@mail.example", b"+33612345603"))]


def test_the_run_is_in_the_history_with_its_partition(played: Played) -> None:
    with history(played.project) as instance:
        run = instance.get_run_by_id(played.outcome.run_id)
        made = instance.get_materialized_partitions(dg.AssetKey(["segments", "buyers"]))
    assert run is not None
    assert (run.job_name, run.status) == ("daily", dg.DagsterRunStatus.SUCCESS)
    assert made == {"2026-03-02"}


def test_nothing_in_the_history_says_who_anybody_is(played: Played) -> None:
    history = b"".join(path.read_bytes() for path in Path(played.runner.home).rglob("*") if path.is_file())
    assert b"a***@m***.example" in history
    assert [secret for secret in SECRETS if secret.encode() in history] == []


@pytest.mark.parametrize(
    ("group", "name", "heading", "names"),
    [
        ("segments", "buyers", "size", ["2"]),
        ("scenarios", "welcome", "contacts", ["entered 2"]),
        ("scenarios", "welcome", "messages due", ["held 1", "dropped 1"]),
        ("outbox", "messages", "history", ["sent 1", "no_consent 1"]),
        ("audiences", "regulars", "told", ["adds 1"]),
    ],
)
def test_an_asset_shows_its_numbers_as_a_chart(played: Played, group: str, name: str, heading: str, names: list[str]) -> None:
    with history(played.project) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey([group, name]))
    assert event is not None
    assert event.asset_materialization is not None
    chart = event.asset_materialization.metadata[heading]
    assert isinstance(chart, dg.MarkdownMetadataValue)
    shown = "".join(picture(str(chart.value)).itertext())
    assert [words for words in names if words not in shown] == []


def test_the_report_is_a_page_that_the_asset_links_to(played: Played) -> None:
    with history(played.project) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["results", "report"]))
    assert event is not None
    assert event.asset_materialization is not None
    page = event.asset_materialization.metadata["page"].value
    assert page == "http://127.0.0.1:3001/2026-03-02T0500.html"
    assert (played.project.state_folder / "reports" / "2026-03-02T0500.html").exists()


def test_readers_have_a_copy_bound_to_the_tick(played: Played) -> None:
    with open_read_copy(played.project) as copy:
        assert copy.rows("select as_of(), (select count(*) from segments.buyers)") == [(played.as_of, 2)]


def test_a_second_run_of_the_same_day_changes_nothing(played: Played) -> None:
    before = _everything(played.project)
    again = played.daily()
    assert (again.success, again.failed_checks) == (True, ())
    assert _everything(played.project) == before
    assert mails(played.project) == 1


def test_what_waits_for_its_window_goes_in_a_pass_between_ticks(played: Played) -> None:
    early = played.hand_over(timedelta(hours=1))
    assert early.numbers["senders/outgoing"]["accepted"] == 0
    later = played.hand_over(timedelta(hours=3))
    assert later.numbers["senders/outgoing"]["accepted"] == 1
    assert mails(played.project) == 2


def _everything(project: Project) -> dict[str, list[str]]:
    """Return every row of every table as text, sorted; when a run began and ended is no part of it."""
    with open_warehouse(project) as warehouse:
        tables = warehouse.rows("select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE' order by 1")
        names = [name for (name,) in tables if name != "runs.ticks"]
        assert len(names) > 30
        return {name: sorted(map(str, warehouse.rows("from " + name))) for name in names}
