"""The command line: what each command answers, to people and to programs, and its exit code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.assets.in_process import history
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import open_warehouse
from tests.assets.small_shop import SECRETS, write
from tests.cli.conftest import Relance

Today = Callable[[Path, int], None]


def test_run_does_the_latest_day_that_is_due_and_shows_what_it_did(relance: Relance, today: Today, shop: Path) -> None:
    today(shop, 0)
    said = relance("run", "--project", str(shop))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[:2] == [
        "2026-03-02  tick of 2026-03-02 05:00:00 UTC, committed",
        "3 entered, 3 messages due: 1 handed over, 0 to send, 1 held, 1 dropped",
    ]
    with history(load_project(shop)) as instance:
        [run] = instance.get_runs()
    assert (run.job_name, run.tags["dagster/partition"], run.tags["relance/trigger"]) == ("daily", "2026-03-02", "cli")


def test_days_one_after_the_other_do_not_send_and_a_second_time_do_nothing(relance: Relance, today: Today, shop: Path) -> None:
    today(shop, 9)
    words = ("run", "--from", "2026-03-02", "--to", "2026-03-03", "--json", "--project", str(shop))
    first = relance(*words)
    assert first.code == 0
    assert [(run["as_of"], run["success"], run["outbox"]["dropped"]) for run in json.loads(first.out)] == [
        ("2026-03-02 05:00:00", True, 3),
        ("2026-03-03 05:00:00", True, 0),
    ]
    before = _decisions(shop)
    assert relance(*words).code == 0
    assert _decisions(shop) == before


def test_a_bad_segment_makes_the_run_end_with_1_and_its_line(relance: Relance, today: Today, shop: Path) -> None:
    today(shop, 0)
    write(shop, "segments_sql/buyers.sql", "-- Who has bought.\n-- owner: team:crm\nselect contact_id from facts.contacts where order_cuont > 0\n")
    said = relance("run", "--project", str(shop))
    assert said.code == 1
    assert "segments/buyers: segments_sql/buyers.sql:3: unknown column `order_cuont` in facts.contacts" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("run", "--from", "2026-03-03", "--to", "2026-03-02"), "give one of --date, --as-of, or --from with a later --to"),
        (("run", "--from", "2026-03-03"), "give one of --date, --as-of, or --from with a later --to"),
        (("run", "--date", "2025-01-01"), "2025-01-01 lies before the first day that may have a tick"),
        (("run", "--as-of", "tomorrow"), "`tomorrow` is not an instant"),
        (("run", "--date", "2999-01-01"), "the tick of 2999-01-01 lies ahead"),
        (("report", "--date", "2026-03-02", "--as-of", "2026-03-02T06:00"), "give --date or --as-of, not both"),
    ],
    ids=["days the wrong way round", "no last day", "before the start", "no instant", "days to come", "two instants"],
)
def test_wrong_use_is_2_with_what_to_write_instead(relance: Relance, played: Path, words: tuple[str, ...], error: str) -> None:
    said = relance(*words, "--project", str(played))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(error)


def test_a_folder_without_a_project_is_wrong_use(relance: Relance, tmp_path: Path) -> None:
    said = relance("report", "--project", str(tmp_path))
    assert said.code == 2
    assert said.err == f"no relance.toml in {tmp_path}\n  hint: give the project's folder with --project\n"


def test_the_nearest_folder_above_is_the_project(relance: Relance, played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(played / "segments_sql")
    assert relance("report").code == 0


def test_deliver_hands_over_what_waited(relance: Relance, today: Today, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from pipelines import cli

    today(shop, 0)
    assert relance("deliver", "--project", str(shop)).out == "no tick has run yet: there is nothing to hand over\n"
    relance("run", "--project", str(shop))
    at = cli.now() + timedelta(hours=4)
    monkeypatch.setattr(cli, "now", lambda: at)
    assert relance("deliver", "--project", str(shop)).out == "outgoing: 1 accepted\n"
    again = json.loads(relance("deliver", "--json", "--project", str(shop)).out)["senders"]
    assert not any(sum(states.values()) for states in again.values())


def test_report_answers_with_data_and_writes_its_page(relance: Relance, played: Path) -> None:
    found = json.loads(relance("report", "--json", "--project", str(played)).out)
    assert found["totals"]["due"] == 3
    assert Path(found["page"]).exists()
    assert relance("report", "--date", "2026-03-02", "--project", str(played)).out.startswith("2026-03-02")


def test_report_of_a_tick_that_was_not_is_1(relance: Relance, played: Path) -> None:
    said = relance("report", "--date", "2026-03-09", "--project", str(played))
    assert said.code == 1
    assert said.err.startswith("there is no tick at 2026-03-09")


def test_segment_counts_the_file_as_it_is_now_and_shows_nobody(relance: Relance, played: Path) -> None:
    said = relance("segment", "buyers", "--project", str(played))
    assert (said.code, said.err) == (0, "")
    assert "2 members by the file as it is now" in said.out
    assert "c***@m***.example" in said.out
    assert [secret for secret in SECRETS if secret in said.out] == []
    assert json.loads(relance("segment", "buyers", "--json", "--project", str(played)).out)["history"][0]["members"] == 2


def test_segment_says_what_is_wrong_with_a_file(relance: Relance, shop: Path) -> None:
    write(shop, "segments_sql/buyers.sql", "-- Who has bought.\n-- owner: team:crm\nselect contact_id from facts.contact\n")
    said = relance("segment", "buyers", "--project", str(shop))
    assert said.code == 1
    assert said.err.startswith("segments_sql/buyers.sql:3: unknown table `facts.contact`\n  hint: did you mean `facts.contacts`?")
    assert relance("segment", "byuers", "--project", str(shop)).err == "there is no segment `byuers`\n  hint: did you mean `buyers`?\n"


def test_preview_writes_the_message_of_a_real_contact(relance: Relance, played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    found = json.loads(relance("preview", "hello", "--contact", "c1", "--json", "--project", str(played)).out)
    assert (found["subject"], opened) == ("Hello Anna", [])
    relance("preview", "hello", "--contact", "c1", "--project", str(played))
    assert opened == [Path(found["page"]).as_uri()]
    assert "Hello Anna" in Path(found["page"]).read_text(encoding="utf-8")


def test_preview_of_an_sms_counts_its_segments(relance: Relance, shown: Path) -> None:
    (shown / "scenarios" / "messages" / "hello" / "sms.txt.j2").write_text("Et ça y est, {{ contact.first_name }}. " + "a" * 60, encoding="utf-8")
    asked = ("preview", "hello", "--contact", "c1", "--channel", "sms", "--no-open", "--project", str(shown))
    assert "segments: 2 (UCS-2)\n" in relance(*asked).out
    found = json.loads(relance(*asked, "--json").out)
    assert (found["segments"], found["encoding"]) == (2, "UCS-2")


def test_preview_says_what_gmail_would_clip(relance: Relance, shown: Path) -> None:
    asked = ("preview", "hello", "--contact", "c1", "--no-open", "--project", str(shown))
    assert "size:" not in relance(*asked).out
    template = shown / "scenarios" / "messages" / "hello" / "email.html.j2"
    template.write_text(template.read_text(encoding="utf-8") + "<p>{{ 'a' * 110000 }}</p>", encoding="utf-8")
    assert "size: 108 kB of HTML, of which Gmail hides all beyond 102\n" in relance(*asked).out
    found = json.loads(relance(*asked, "--json").out)
    assert (found["html_kb"], found["clipped"]) == (108, True)


def test_preview_for_a_stranger_is_1(relance: Relance, played: Path) -> None:
    said = relance("preview", "hello", "--contact", "c99", "--no-open", "--project", str(played))
    assert (said.code, said.err.splitlines()[0]) == (1, "there is no contact `c99`")


def test_release_lets_a_guarded_scenario_go_on(relance: Relance, shop: Path, today: Today) -> None:
    today(shop, 0)
    with open_warehouse(load_project(shop)) as warehouse:
        warehouse.run("insert into runs.guards (scenario, tripped_at, entries, usual) values ('welcome', timestamp '2026-03-01', 900, 3)")
    assert relance("release", "welcom", "--project", str(shop)).err == "`welcom` is not held by a guard\n  hint: did you mean `welcome`?\n"
    said = relance("release", "welcome", "--project", str(shop))
    words = "takes in those of the 900 contacts that were kept out whose trigger is young enough by then"
    assert (said.code, said.out) == (0, f"welcome goes on with the next tick, and {words}\n")
    assert relance("release", "welcome", "--project", str(shop)).code == 1


def test_check_is_0_only_where_nothing_has_to_be_mended(relance: Relance, shop: Path) -> None:
    assert relance("check", "--project", str(shop)).code == 0
    write(shop, "segments_sql/buyers.sql", "select 1")
    said = relance("check", "--json", "--project", str(shop))
    assert said.code == 1
    assert {problem["file"] for problem in json.loads(said.out) if problem["severity"] == "error"} >= {"segments_sql/buyers.sql"}


def test_new_writes_files_that_check_takes(relance: Relance, shop: Path) -> None:
    assert relance("new", "segment", "fans", "--project", str(shop)).out.splitlines()[0] == "segments_sql/fans.sql"
    assert relance("check", "--project", str(shop)).code == 0
    assert relance("new", "segment", "fans", "--project", str(shop)).code == 1
    assert relance("new", "sandwich", "fans", "--project", str(shop)).code == 2


def test_commands_that_only_read_files_do_not_wait_for_dagster() -> None:
    words = "import sys, pipelines.cli, pipelines.commands.files, pipelines.commands.reading, pipelines.commands.preview, pipelines.commands.runs, pipelines.commands.ui"
    done = subprocess.run(
        [sys.executable, "-c", f"{words}; print('dagster' in sys.modules)"], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "False\n"


def _decisions(shop: Path) -> list[tuple[object, ...]]:
    with open_warehouse(load_project(shop)) as warehouse:
        return warehouse.rows("select * from journeys.decisions order by all")


def test_explain_says_why_a_contact_got_what_they_got(relance: Relance, played: Path) -> None:
    said = relance("explain", "carla.roux@mail.example", "--project", str(played))
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("c3  ")
    assert "thank_you by email: accepted" in said.out
    assert [secret for secret in SECRETS if secret in said.out] == []
    data = relance("explain", "c3", "--json", "--project", str(played)).out
    assert [secret for secret in SECRETS if secret in data] == []
    answer = json.loads(relance("explain", "c2", "--scenario", "welcome", "--json", "--project", str(played)).out)
    [run] = answer["runs"]
    assert [(message["status"], message["reason"]) for message in run["messages"]] == [("dropped", "no_consent")]


def test_explain_of_nobody_is_1(relance: Relance, played: Path) -> None:
    said = relance("explain", "nobody", "--project", str(played))
    assert (said.code, said.err.splitlines()[0]) == (1, "no contact has the id or the address `nobody`")


def test_test_runs_the_cases_of_those_named(relance: Relance) -> None:
    root = Path(__file__).parents[2]
    said = relance("test", "newsletter", "lapsed_customers", "--project", str(root))
    assert (said.code, said.out.partition(" cases of ")[2]) == (0, "2 segments and scenarios: all as expected\n")
    assert relance("test", "newslettre", "--project", str(root)).code == 1


def test_plan_says_that_nothing_changes_and_ends_with_0(relance: Relance, played: Path) -> None:
    said = relance("plan", "--project", str(played))
    assert (said.code, said.out, said.err) == (
        0,
        "compared with the tick of 2026-03-02 06:00\nthe files are those that the last tick ran: nothing changes\n",
        "",
    )


def test_plan_shows_what_changes_to_people_and_to_programs(relance: Relance, shown: Path) -> None:
    for name, old, new in (("scenarios/welcome.yaml", "wait: 2 days", "wait: 5 days"), ("segments_sql/big_buyers.sql", ">= 30", "< 30")):
        write(shown, name, (shown / name).read_text().replace(old, new))
    said = relance("plan", "--project", str(shown))
    assert (said.code, said.err) == (0, "")
    assert (
        said.out
        == """\
compared with the tick of 2026-03-02 06:00
  ~ scenarios/welcome.yaml
  ~ segments_sql/big_buyers.sql

Segments, at the next tick
  ~ big_buyers (changed: its file): 1 → 1 members, 1 enter, 1 leave
      enter: c5
      leave: c3

Scenarios
  ~ welcome: version 1 → 2, live
      ~ wait 2 days → wait 5 days   (2 people there now)
      2 people on version 1: finish on version 1

Messages until 2026-03-10 06:00, if nothing new came in
  none changes
"""
    )
    data = relance("plan", "--json", "--project", str(shown))
    assert data.code == 0
    answer = json.loads(data.out)
    assert (answer["outcome"], answer["segments"][0]["examples_entering"]) == ("changes", ["c5"])


def test_plan_ends_with_1_and_the_line_where_a_file_cannot_be_used(relance: Relance, shown: Path) -> None:
    write(shown, "scenarios/welcome.yaml", (shown / "scenarios/welcome.yaml").read_text().replace("wait: 2 days", "wiat: 2 days"))
    said = relance("plan", "--project", str(shown))
    assert said.code == 1
    assert said.err.startswith("scenarios/welcome.yaml:")
    assert "2 people on version 1: wait until the file can be used" in said.out
