"""`relance check` beside a warehouse: what the data there is says of templates and segments."""

from pathlib import Path

from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import open_warehouse
from tests.assets.small_shop import Day, write
from tests.cli.conftest import Relance

MAIL = "scenarios/messages/hello/email.html.j2"
LINES = "{{ contact.first_name }}\n{{ contact.country }}\n{{ contact.country or 'your country' }}\n{{ contact.email }}\n{{ unsubscribe_url }}\n"


def test_values_that_contacts_lack_are_said_with_how_often(shown: Path, relance: Relance) -> None:
    write(shown, MAIL, f"---\nsubject: Hello\n---\n{LINES}")
    assert [line for line in relance("check", "--project", str(shown)).out.splitlines() if "is empty" in line] == [
        f"{MAIL}:5: warning: `contact.country` is empty for 100 % of contacts (5 of 5)"
    ]


def test_a_segment_that_never_had_anybody_is_said_where_a_scenario_begins_with_it(shown: Path, relance: Relance) -> None:
    project = load_project(shown)
    with open_warehouse(project) as warehouse:
        warehouse.run("update segments.sizes set members = 0 where segment = 'big_buyers'")
        warehouse.publish_read_copy(project.read_copy_path, Day(project).as_of)
    said = relance("check", "--project", str(shown)).out
    assert (
        "scenarios/thanks.yaml:9: warning: the segment `big_buyers` has had no member so far: nobody enters\n"
        "  hint: `relance segment big_buyers` shows what it asks for"
    ) in said


def test_nothing_of_it_is_said_before_there_is_data(shop: Path, relance: Relance) -> None:
    write(shop, MAIL, f"---\nsubject: Hello\n---\n{LINES}")
    assert "is empty" not in relance("check", "--project", str(shop)).out


def test_nothing_of_it_is_asked_of_a_read_copy_of_an_older_version(shown: Path, relance: Relance) -> None:
    project = load_project(shown)
    with open_warehouse(project) as warehouse:
        warehouse.run("update runs.schema set version = version - 1")
        warehouse.publish_read_copy(project.read_copy_path, Day(project).as_of)
    write(shown, MAIL, f"---\nsubject: Hello\n---\n{LINES}")
    said = relance("check", "--project", str(shown))
    assert "is empty" not in said.out
    assert "older version" not in said.out + said.err
    assert "the read copy is of an older version of relance" in relance("segment", "big_buyers", "--project", str(shown)).err
