"""The report says what the rows say, and its page needs nothing from outside."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.errors import RelanceError
from pipelines.results.page import report_page
from pipelines.results.report import AudienceReport, Count, Report, ScenarioReport, build_report
from pipelines.results.terminal import print_report
from pipelines.results.words import state_words
from pipelines.results.write import write_report
from pipelines.settings import AttributeSettings, Project
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.results.told import ANSWERED, AS_OF, BEFORE, CONVERTED, ENDED, ENTERED, FATES, REFUSED, tell

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as opened:
        tell(opened)
        yield opened


@pytest.fixture(scope="module")
def report(warehouse: Warehouse) -> Report:
    return report_at(warehouse, AS_OF)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(root=tmp_path, settings=load_project(ROOT).settings)


def report_at(warehouse: Warehouse, as_of: datetime) -> Report:
    with warehouse.at(as_of):
        return build_report(warehouse, load_project(ROOT), as_of)


def of(report: Report, scenario: str) -> ScenarioReport:
    return next(each for each in report.scenarios if each.scenario == scenario)


def counted(counts: tuple[Count, ...]) -> dict[str, int]:
    return {count.what: count.number for count in counts}


def fate(status: str, states: tuple[str, ...]) -> str:
    return states[-1] if states and states[-1] in ("accepted", "unknown") else status


@pytest.mark.parametrize("scenario", FATES)
def test_messages_are_counted_by_what_became_of_them(report: Report, scenario: str) -> None:
    found, expected = of(report, scenario), Counter[str]()
    for status, _, states, number in FATES[scenario]:
        expected[fate(status, states)] += number
    held, dropped = sum(counted(found.held).values()), sum(counted(found.dropped).values())
    assert Counter(accepted=found.accepted, unknown=found.unknown, to_send=found.to_send, held=held, dropped=dropped) == expected
    assert found.due == sum(number for *_, number in FATES[scenario]) == found.accepted + found.unknown + found.to_send + held + dropped
    for status, counts in (("held", found.held), ("dropped", found.dropped)):
        assert counted(counts) == {reason: number for kind, reason, _, number in FATES[scenario] if kind == status}


@pytest.mark.parametrize("scenario", FATES)
def test_people_are_counted_by_how_they_came_and_went(report: Report, scenario: str) -> None:
    found = of(report, scenario)
    assert counted(found.refused) == dict(REFUSED.get(scenario, []))
    assert counted(found.ended) == dict(ENDED.get(scenario, []))
    assert (found.treated, found.ghosts) == ENTERED[scenario]
    assert (found.treated_converted, found.ghosts_converted) == CONVERTED[scenario]
    assert found.entered_ever == sum(ENTERED[scenario])
    assert found.goal_value == 40 * CONVERTED[scenario][0]
    assert found.goal == "order_placed"
    assert found.aim is not None
    assert (found.aim.target, found.aim.by) == (0.12, date(2026, 9, 30)), "the aim of the latest version"
    assert (found.aim.entered, found.aim.reached, found.aim.days_left) == (found.treated, found.treated_converted, 9)


@pytest.mark.parametrize("scenario", FATES)
def test_messages_of_earlier_ticks_are_counted_by_how_they_were_answered(report: Report, scenario: str) -> None:
    found = {each.channel: each for each in of(report, scenario).answers}
    assert set(found) == set(ANSWERED.get(scenario, {}))
    for channel, (handed_over, opened, machines, clicked) in ANSWERED.get(scenario, {}).items():
        seen = (opened, machines) if channel == "email" else (None, None)
        assert (found[channel].handed_over, found[channel].opened, found[channel].opened_by_machine, found[channel].clicked) == (handed_over, *seen, clicked)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param("live", "live", id="live"),
        pytest.param("paused:hold", "paused (hold)", id="paused"),
        pytest.param("held: stale_source: site_events (none since 2026-09-18)", "held: source is late: site_events (none since 2026-09-18)", id="late"),
        pytest.param("held: segment big: its file cannot be used", "held: segment big: its file cannot be used", id="segment"),
    ],
)
def test_states_are_said_in_words(state: str, said: str) -> None:
    assert state_words(state) == said


def test_totals_are_sums_over_the_scenarios(report: Report) -> None:
    assert report.totals["due"] == sum(number for fates in FATES.values() for *_, number in fates)
    assert report.totals["due"] == sum(report.totals[fate] for fate in ("accepted", "unknown", "to_send", "held", "dropped"))


def test_a_scenario_is_compared_with_its_holdout_and_judged_only_with_enough_people(report: Report) -> None:
    assert of(report, "win_back").verdict == "better"
    assert of(report, "abandoned_cart").verdict == "need more data"
    assert of(report, "welcome").verdict == "no holdout to compare with"
    assert of(report, "welcome").lift is None
    assert of(report, "welcome").revenue is None


def test_what_contacts_brought_is_compared_with_the_holdout(report: Report) -> None:
    """60 of 600 against 30 of 600 who bought for 40: means of 4 and 2, variances of 144.24 and 76.13, 1.96 standard errors of 0.606."""
    found = of(report, "win_back").revenue
    assert found is not None
    assert found.difference is not None
    assert (found.treated, found.per_treated, found.ghosts, found.per_ghost, found.verdict) == (600, 4.0, 600, 2.0, "better")
    assert (found.difference.value, found.difference.low, found.difference.high) == (2.0, pytest.approx(0.812, abs=5e-4), pytest.approx(3.188, abs=5e-4))
    few = of(report, "abandoned_cart").revenue
    assert few is not None
    assert (few.ghosts, few.per_ghost, few.difference, few.verdict) == (330, 4.0, None, "need more data")


def test_what_needs_a_person_is_said_once_each(report: Report) -> None:
    assert report.attention == (
        "birthday is held: 5 200 contacts would have entered at once, far more than usual; `relance release birthday` lets them in",
        "welcome: 2 messages may or may not have arrived; nothing sends them again by itself: `relance resolve`",
        "audience comebacks is no longer in relance.toml, and its platform was given 2 addresses: empty it there",
        "source orders is stale: nothing newer than 2026-09-18, allowed are 2 days",
        "segment price_sensitive keeps its earlier members: it returns 3 rows too many: a contact is returned more than once",
        "scenario win_back is held: source is late",
    )


def test_an_audience_says_who_is_in_it_what_was_told_and_who_was_kept_out(report: Report) -> None:
    kept_out = (Count("no_consent", 1204), Count("suppressed", 31), Count("held_out", 63))
    assert report.audiences == (AudienceReport("loyal_lookalikes", members=912, adds=14, removes=4, kept_out=kept_out, history=(902, 912)),)


def test_the_sizes_of_a_segment_are_its_last_thirty_oldest_first(report: Report) -> None:
    found = next(each for each in report.segments if each.segment == "loyal_customers")
    assert len(found.history) == 30
    assert found.history[-1] == found.members == 2210


def test_refused_rows_are_grouped_whatever_values_they_hold(report: Report) -> None:
    assert [(each.reason, each.rows, each.line) for each in report.rejects] == [("`…` is not an e-mail address", 2, 7), ("no contact_id", 1, 44)]


def test_a_sender_is_told_by_the_last_state_of_each_message(report: Report) -> None:
    assert [(each.sender, counted(each.states)) for each in report.senders] == [("mail_out", {"accepted": 1356, "refused": 1, "retry": 4, "unknown": 2})]


def test_a_tick_that_never_was_has_no_report(warehouse: Warehouse) -> None:
    with pytest.raises(RelanceError, match="there is no tick at 2026-09-22 04:00:00"):
        report_at(warehouse, AS_OF + timedelta(days=1))


def test_a_tick_without_anything_has_a_page_too(project: Project) -> None:
    with memory_warehouse() as empty:
        empty.append("runs.ticks", ["as_of", "day", "started_at", "status", "send"], [(AS_OF, AS_OF.date(), AS_OF, "committed", False)])
        text = report_page(report_at(empty, AS_OF), project.settings.project)
    assert "Nothing was handed over." in text
    assert "without sending" in text


def test_the_page_asks_nothing_from_outside(report: Report, project: Project) -> None:
    text = report_page(report, project.settings.project)
    assert re.findall(r"""(?:href|src|action|data|poster)\s*=\s*["']?([^"'\s>]+)""", text) == ["index.html"]
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|<iframe", text)


def test_the_page_shows_local_times_the_currency_and_no_value_that_could_be_markup(report: Report, project: Project) -> None:
    text = report_page(report, project.settings.project)
    assert "tick of 2026-09-21 06:00 (Europe/Paris)" in text
    assert "worth 14\N{NARROW NO-BREAK SPACE}880&nbsp;EUR" in text
    assert "Aim: 12.0 % by 30 September 2026 (9 days left): reached so far, 372 of 3000, 103 % of the way." in text
    assert (
        "Revenue per contact within 1 day of entering: 4.00&nbsp;EUR, held out 2.00&nbsp;EUR (600 and 600 contacts). Difference +2.00, 95 % interval +0.81 to +3.19: better."
        in text
    )
    assert "held out 4.00&nbsp;EUR (3\N{NARROW NO-BREAK SPACE}000 and 330 contacts). Too few for an interval: need more data." in text
    assert "<td>50</td><td>40.0\N{NARROW NO-BREAK SPACE}%<br>" in text
    assert "<td>10</td><td>–</td><td>10.0\N{NARROW NO-BREAK SPACE}%</td>" in text
    assert "Opens are weak evidence" in text
    shares = [float(width) for width in re.findall(r"width:([\d.]+)%", text.split("abandoned cart")[1].split("</section>")[0])]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    bad = report.__class__(**{**report.__dict__, "attention": ("<script>alert(1)</script>",)})
    assert "&lt;script&gt;" in report_page(bad, project.settings.project)


def test_pages_are_listed_newest_first_and_no_draft_is_left(warehouse: Warehouse, report: Report, project: Project) -> None:
    write_report(project, report_at(warehouse, BEFORE))
    page = write_report(project, report)
    before = page.read_bytes()
    assert write_report(project, report) == page
    assert page.read_bytes() == before
    folder = project.state_folder / "reports"
    assert sorted(path.name for path in folder.iterdir()) == ["2026-09-20T0400.html", "2026-09-21T0400.html", "index.html"]
    listed = re.findall(r'<a href="([^"]+)">([^<]+)</a>', (folder / "index.html").read_text())
    assert listed == [("2026-09-21T0400.html", "2026-09-21 06:00"), ("2026-09-20T0400.html", "2026-09-20 06:00")]


def test_a_page_that_cannot_be_written_leaves_the_one_before(report: Report, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    page = write_report(project, report)
    before = page.read_bytes()

    def full(path: Path, text: str, encoding: str = "") -> int:
        with path.open("w") as file:
            file.write(text[:10])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="no space left"):
        write_report(project, report)
    assert page.read_bytes() == before


def test_the_terminal_says_the_same(report: Report) -> None:
    said = StringIO()
    print_report(report, Console(width=160, file=said, soft_wrap=True))
    text = said.getvalue()
    assert re.search(r"welcome +email +50 +40\.0 % +3 +10\.0 %", text)
    assert re.search(r"welcome +sms +10 +10\.0 %", text)
    assert "Opens are weak evidence" in text
    assert "win_back: goal reached by 10.0 % so far, 60 of 600\n  aim 12.0 % by 30 September 2026 (9 days left): not yet, 60 of 600, 83 % of the way\n" in text
    assert "  holdout 30 of 600, difference in points +5.0, 95 % interval +2.0 to +8.0: better\n" in text
    assert (
        "  revenue per contact within 1 day of entering 4.00 (600 contacts), held out 2.00 (600), difference +2.00, 95 % interval +0.81 to +3.19: better\n"
        in text
    )
    assert "  revenue per contact within 1 day of entering 4.96 (3000 contacts), held out 4.00 (330): need more data\n" in text
    assert "1702 messages due: 1356 handed over, 13 to send, 125 held, 206 dropped, 2 unknown" in text
    assert re.search(r"win_back +held: source is late", text)


def test_values_that_a_condition_could_not_read_are_said(warehouse: Warehouse) -> None:
    rows = [("cart", "cast(plan as integer) > 1", who, at, None) for who, at in (("a", AS_OF), ("b", AS_OF), ("c", BEFORE))]
    warehouse.append("journeys.unread_values", ["scenario", "question", "contact_id", "as_of", "seen"], rows)
    with warehouse.at(AS_OF):
        said = build_report(warehouse, load_project(ROOT), AS_OF).attention
    assert "scenario cart: `cast(plan as integer) > 1` cannot be read for 2 contacts and does not hold for them: journeys.unread_values" in said


def test_answers_that_are_not_of_their_type_are_said(warehouse: Warehouse) -> None:
    names = ["contact_id", "attribute", "said", "answered_at", "activity", "activity_id", "loaded_at"]
    rows = [(who, "shoe", "wide", AS_OF, "custom.size", who, at) for who, at in (("a", AS_OF), ("b", AS_OF), ("c", BEFORE))]
    warehouse.append("facts.unread_answers", names, rows)
    shop = load_project(ROOT)
    project = Project(root=ROOT, settings=shop.settings.model_copy(update={"attributes": {"shoe": AttributeSettings(type="number")}}))
    with warehouse.at(AS_OF):
        said = build_report(warehouse, project, AS_OF).attention
    assert "attribute shoe: 2 new answers are no number and do not count: facts.unread_answers" in said
