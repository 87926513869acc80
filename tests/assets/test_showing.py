"""What previews, charts and links show, piece by piece."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.charts import bars
from pipelines.assets.described import code, table
from pipelines.assets.in_process import history
from pipelines.assets.stage import key
from pipelines.privacy.masking import masked, masked_text
from pipelines.settings import Project
from pipelines.settings_file import load_project
from tests.assets.pictures import picture
from tests.assets.small_shop import SETTINGS, Day, write, write_shop


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("email", "anna.martin@mail.example", "a***@m***.example"),
        ("email", "é@x.example", "é***@x***.example"),
        ("address", "anna@sub.mail.co.example", "a***@s***.example"),
        ("phone", "+33612345678", "+33*****78"),
        ("first_name", "Anna", "A***"),
        ("birth_date", "1990-02-28", "1990-**-**"),
        ("birthday_on", "2026-02-28", "2026-**-**"),
        ("attributes", '{"shoe": 43}', "…"),
        ("order_id", "o-17", "o-17"),
        ("total", 12, 12),
        ("email", None, None),
    ],
)
def test_a_value_shows_its_kind_and_not_the_person(column: str, value: object, shown: object) -> None:
    assert masked(column, value) == shown


def test_what_a_segment_says_about_its_members_is_masked_too(shop_folder: Path) -> None:
    project = write_shop(shop_folder)
    declared = '[attributes.told]\nactivity = "signed_up"\nvalue = "event_id"\n[alerts]'
    write(project.root, "relance.toml", SETTINGS.replace("[alerts]", declared))
    names = "select c.contact_id, c.first_name, c.email as mail, 7 as orders, f.told from shop.contacts c join facts.contacts f on f.contact_id = c.contact_id"
    write(project.root, "segments_sql/buyers.sql", f"-- Names.\n-- owner: team:crm\n{names}\n")
    project = load_project(project.root)
    assert Day(project, recorded=True).daily().success
    preview = _preview(project, "segments", "buyers")
    assert preview[0] == "| contact_id | email | entered_at | first_name | mail | orders | told |"
    assert preview[2] == "| … | a***@m***.example | 2026-03-02 05:00:00 | A*** | a***@m***.example | 7 | … |"
    assert _preview(project, "facts", "contacts")[2].endswith(" | … |")
    assert "| … | told | … | 2026-03-01 10:00:00 | signed_up | … |" in _preview(project, "facts", "attributes")


def _preview(project: Project, *asset: str) -> list[str]:
    with history(project) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    assert event is not None
    assert event.asset_materialization is not None
    return str(event.asset_materialization.metadata["preview"].value).splitlines()


def test_addresses_inside_words_are_masked_too() -> None:
    assert masked_text("550 no such user <bob@x.example>, call +33 6 12 34 56 78") == "550 no such user <b***@x***.example>, call +33*****78"


def test_a_chart_is_a_picture_with_a_bar_for_each_number_that_is_not_zero() -> None:
    shown = picture(bars(["1 Mar", "2 Mar", "3 Mar"], [("sent", [3, 0, 5]), ("held", [0, 0, 2])], "Messages"))
    paths = [element.attrib["d"].count("M") for element in shown if element.tag.endswith("path")]
    assert paths == [2, 1]
    assert "sent 8" in "".join(shown.itertext())


def test_a_chart_without_numbers_is_still_a_picture() -> None:
    assert picture(bars([], [("members", [])], "Nothing")) is not None


def test_a_chart_of_a_month_is_short_enough_to_be_shown_at_once() -> None:
    assert len(bars([f"{day} Mar" for day in range(30)], [("members", [10_000 + day for day in range(30)])], "Members of a segment")) < 1000


def test_code_with_fences_in_it_stays_one_block() -> None:
    assert code("sql", "select '```'").splitlines()[0] == "````sql"


def test_a_table_keeps_its_shape_whatever_a_cell_holds() -> None:
    assert table(["a"], [["x|y\nz"], [1234]]).splitlines()[2:] == ["| x\\|y z |", "| 1,234 |"]


def test_names_that_dagster_refuses_get_a_key_of_their_own() -> None:
    assert key("segments", "buyers").path == ["segments", "buyers"]
    assert key("segments", "big-buyers").path[1].startswith("big_buyers_")
    assert key("segments", "big-buyers") != key("segments", "big buyers")
