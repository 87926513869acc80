"""One bad file, late feed or broken mapping holds what depends on it, says why, and nothing else."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.alerts import reason
from pipelines.assets.tags import NOW
from pipelines.assets.wiring import definitions_without
from pipelines.errors import BadFiles
from pipelines.journeys.holds import tables_needed
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.workbench.project_files import read_files
from tests.assets.small_shop import FILES, Day, rows, write, write_shop

NEW_DAY = {
    "data/events-2.csv": "event_id,contact_id,occurred_at,name\ne3,c4,2026-03-02T12:00:00,signed_up\n",
    "data/orders-2.csv": "number,buyer,placed,total,state\no3,c5,2026-03-02T12:00:00,50.00,paid\n",
}

EVENTS = '[[sources]]\nname = "message_events"\ntable = "message_events"\npath = "data/message_events*.csv"\nformat = "csv"\noptional = true\n'


def second_day(project: Project) -> Day:
    """Play the first day, and let new orders and events come in."""
    assert Day(project).daily().failed_checks == ()
    for name, text in NEW_DAY.items():
        write(project.root, name, text)
    return Day(project, 1)


def states(project: Project) -> dict[object, object]:
    return dict(rows(project, "select scenario, state from results.scenarios qualify row_number() over (partition by scenario order by as_of desc) = 1"))


def test_a_bad_segment_keeps_its_members_and_holds_the_scenarios_that_need_it(project: Project) -> None:
    second_day(project)
    write(project.root, "segments_sql/buyers.sql", "-- Who has bought.\n-- owner: team:crm\nselect contact_id from facts.contacts where order_cuont > 0\n")
    day = Day(project, 1)
    outcome = day.daily()
    assert outcome.success
    assert [words.splitlines()[0] for words in outcome.failed_checks] == [
        "segments/buyers: segments_sql/buyers.sql:3: unknown column `order_cuont` in facts.contacts",
        "segments/big_buyers: it reads buyers, which this tick did not build",
        "scenarios/thanks: segment big_buyers: it reads buyers, which this tick did not build",
    ]
    assert rows(project, "select contact_id from segments.big_buyers") == [("c3",)]
    assert states(project) == {"thanks": "held: segment big_buyers: it reads buyers, which this tick did not build", "welcome": "live"}
    assert rows(project, "select contact_id, status from outbox.messages where as_of = (select max(as_of) from runs.ticks)") == [("c4", "held")]


def test_who_was_held_goes_on_once_the_file_is_mended(project: Project) -> None:
    second_day(project)
    write(project.root, "segments_sql/buyers.sql", "select nonsense")
    Day(project, 1).daily()
    write(project.root, "segments_sql/buyers.sql", FILES["segments_sql/buyers.sql"])
    assert Day(project, 2).daily().failed_checks == ()
    assert rows(project, "select contact_id from outbox.messages where scenario = 'thanks' order by contact_id") == [("c3",), ("c5",)]


def test_a_bad_scenario_keeps_its_people_where_they_are(project: Project) -> None:
    second_day(project)
    write(project.root, "scenarios/thanks.yaml", FILES["scenarios/thanks.yaml"].replace("wait: 3 days", "wait: 3 dyas"))
    day = Day(project, 1)
    outcome = day.daily()
    assert outcome.success
    assert [words.splitlines()[0] for words in outcome.failed_checks if words.startswith("scenarios/thanks: scenarios/thanks.yaml:12:")] != []
    assert rows(project, "select outcome from journeys.endings") == []
    assert rows(project, "select contact_id from journeys.positions where scenario = 'thanks'") == [("c3",)]
    assert states(project)["welcome"] == "live"
    write(project.root, "scenarios/thanks.yaml", FILES["scenarios/thanks.yaml"])
    assert Day(project, 3).daily().failed_checks == ()
    assert rows(project, "select contact_id, outcome from journeys.endings where scenario = 'thanks'") == [("c3", "completed")]


def test_a_broken_mapping_holds_what_reads_its_source(project: Project) -> None:
    second_day(project)
    write(project.root, "mappings/orders.sql", "select number as order_id, buyer as contact_id from source")
    outcome = Day(project, 1).daily()
    assert outcome.success
    assert outcome.failed_checks[0] == "sources/orders: mappings/orders.sql:1: gives no `ordered_at`, which orders must have, and 1 more"
    assert str(states(project)["thanks"]).startswith("held: stale_source: orders")
    assert states(project)["welcome"] == "live"


def test_a_late_feed_holds_the_scenarios_that_need_it(shop_folder: Path) -> None:
    project = write_shop(shop_folder, **{'path = "data/events*.csv"\nformat = "csv"\n': 'path = "data/events*.csv"\nformat = "csv"\nstale_after = "1 day"\n'})
    second_day(project)
    (project.root / "data/events-2.csv").unlink()
    outcome = Day(project, 1).daily()
    assert outcome.success
    assert [words.split(" ")[0] for words in outcome.failed_checks] == ["sources/site_events:", "scenarios/welcome:"]
    assert states(project)["thanks"] == "live"
    assert rows(project, "select contact_id from outbox.messages where scenario = 'thanks' order by contact_id") == [("c3",), ("c5",)]


@pytest.mark.parametrize(
    ("source", "held"),
    [("consents", {"welcome"}), ("message_events", {"welcome"}), ("contacts", {"thanks", "welcome"})],
    ids=["consents may have been taken back", "contacts may have unsubscribed", "addresses and languages may have changed"],
)
def test_marketing_waits_for_who_may_get_it_and_every_message_for_its_address(shop_folder: Path, source: str, held: set[str]) -> None:
    project = write_shop(shop_folder, **{"[[senders]]": EVENTS + "[[senders]]"})
    write(project.root, f"data/{source}-2.csv", "no;such\ncolumns;here\n")
    assert Day(project).daily().success
    assert {scenario for scenario, state in states(project).items() if str(state).startswith(f"held: stale_source: {source}")} == held


@pytest.mark.parametrize(
    ("query", "waits"),
    [
        ("select contact_id -- who clicked and visited\nfrom facts.contacts where order_count >= 0", False),
        ("select c.* from facts.contacts c", True),
        ("select contact_id from facts.contacts where email_consent = 'opt_in'", False),
        ("select distinct contact_id from shop.activities", True),
        ("select contact_id from segments.buyers", False),
        ("select contact_id from segments.newcomers", True),
        ("select distinct contact_id from facts.channels", False),
        ("select distinct contact_id from facts.interests where tagged >= 0", False),
        ("select distinct contact_id from facts.interests", True),
    ],
    ids=["comment", "star", "consent", "activities", "segment without", "segment with", "channels", "tags", "interests"],
)
def test_a_scenario_needs_the_sources_that_its_segment_really_reads(tmp_path: Path, query: str, waits: bool) -> None:
    needed = needed_by_thanks(write_shop(tmp_path), query)
    assert ("site_events" in needed) == waits
    assert {"orders", "contacts"} <= needed


@pytest.mark.parametrize(("activity", "table"), [("visited", "sessions"), ("custom.tasting", "custom_events"), ("signed_up", "site_events")])
def test_a_lead_score_needs_the_sources_that_its_rules_score(tmp_path: Path, activity: str, table: str) -> None:
    rules = f'[lead_score]\nrules = [{{ activity = "{activity}", points = 1, days = 30 }}]\n'
    project = write_shop(tmp_path, **{"[[senders]]": rules + "[[senders]]"})
    assert needed_by_thanks(project, "select contact_id from facts.contacts where lead_score > 0") == {"contacts", "orders", table}


def needed_by_thanks(project: Project, query: str) -> set[str]:
    """Return what the scenario needs whose audience is the segment of *query*."""
    write(project.root, "segments_sql/big_buyers.sql", f"-- Some.\n-- owner: team:crm\n{query}\n")
    files = read_files(project)
    [thanks] = [compiled for compiled in files.compiled if compiled.scenario == "thanks"]
    return tables_needed(thanks, {segment.name: segment for segment in files.segments.segments}, project.settings)


def test_scenarios_alone_are_refused_before_the_rest_of_their_tick_is_there(project: Project) -> None:
    day = Day(project)
    journeys = [dg.AssetKey(path) for path in (["scenarios", "thanks"], ["scenarios", "welcome"], ["outbox", "messages"])]
    job = day.runner.definitions.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, partition_key=str(day.day), asset_selection=journeys, tags={NOW: day.as_of.isoformat()}, raise_on_error=False
        )
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert reason(failure).startswith("this tick lacks source contacts, source consents, source orders, source site_events, facts and more")
    assert rows(project, "select * from outbox.messages") == []
    assert day.daily().success


def test_with_settings_that_cannot_be_used_the_code_location_still_loads(tmp_path: Path) -> None:
    write(tmp_path, "relance.toml", "[project]\nname = 3\n")
    try:
        load_project(tmp_path)
    except BadFiles as bad:
        definitions = definitions_without(tmp_path, bad)
    [spec] = definitions.resolve_all_asset_specs()
    assert "relance.toml:2:" in (spec.description or "")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not definitions.resolve_implicit_global_asset_job_def().execute_in_process(raise_on_error=False, instance=instance).success


def test_files_with_names_that_dagster_refuses_do_not_take_the_code_location_down(project: Project) -> None:
    write(project.root, "segments_sql/big-spenders.sql", "select 1")
    write(project.root, "scenarios/win back.yaml", "scenario: 1")
    day = Day(project)
    outcome = day.daily()
    assert outcome.success
    assert len([words for words in outcome.failed_checks if "big-spenders" in words or "win back" in words]) >= 2
    assert day.hand_over(timedelta(hours=5)).success
