"""What contacts say of themselves: the latest answer counts, then the contacts file; what is not of its type is no answer."""

from datetime import date
from decimal import Decimal
from typing import Any, Iterator

import pytest

from pipelines.facts.refresh import refresh_facts
from pipelines.facts.sources import behind_columns, behind_query
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.facts.history import NUMBERS, Case, Row, answer, at, contact, empty, load, order, project, seen, snapshot, tick

PARIS = project(
    attributes={
        "room": {"activity": "message_clicked", "where": "message = 'question'", "value": "link"},
        "shoe": {"activity": "custom.size", "value": "props ->> 'shoe'", "type": "number"},
        "parcel": {"activity": "order_shipped", "where": "total >= 10", "value": "occurred_at", "type": "date"},
        "club": {"activity": ["form_submitted", "quote_requested"], "value": "props ->> 'club'", "type": "boolean"},
        "origin": {},
    }
)
BEFORE, NOW = at("2026-03-29", "06:00"), at("2026-03-30", "06:00")
EARLY, NEW = at("2026-03-20"), at("2026-03-29")


def click(occurred_at: Any, link: str, message: str = "question", **more: Any) -> list[Row]:
    """Return a click on a named link of a message."""
    key = f"k{next(NUMBERS)}"
    named = {"message_key": key, "link": link, "url": f"https://shop.example/{key}", "handed_at": occurred_at, "message": message}
    return [("links", named), answer(occurred_at, message_key=key, url=named["url"], **more)]


def size(occurred_at: Any, shoe: Any) -> Row:
    return "custom_events", {"event_id": f"c{next(NUMBERS)}", "contact_id": "ada", "occurred_at": occurred_at, "name": "size", "props": f'{{"shoe": {shoe}}}'}


@pytest.fixture(scope="module")
def opened() -> Iterator[Warehouse]:
    with memory_warehouse({}, PARIS.settings.attribute_types) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(opened: Warehouse) -> Iterator[Warehouse]:
    know(opened, BEFORE, [contact("ada", created_at=at("2025-01-01"), attributes='{"origin": "fair"}'), contact("bo")])
    yield opened
    for schema in ("raw", "facts"):
        empty(opened, schema)
    opened.run("delete from delivery.links")


def know(warehouse: Warehouse, loaded_at: Any, rows: list[Row]) -> None:
    """Load rows, and write down the links among them."""
    load(warehouse, loaded_at, *(row for row in rows if row[0] != "links"))
    for _, link in (row for row in rows if row[0] == "links"):
        warehouse.append("delivery.links", list(link), [tuple(link.values())])


def known(warehouse: Warehouse, who: str = "ada") -> dict[str, Any]:
    """Return the attributes of a contact that it has."""
    (row,) = warehouse.records("select room, shoe, parcel, club, origin from facts.contacts where contact_id = $who", who=who)
    return {name: value for name, value in row.items() if value is not None}


CASES = {
    "an answer": Case({"room": "garden"}, after=click(NEW, "garden")),
    "an answer that stays": Case({"room": "garden"}, click(EARLY, "garden"), [seen(NEW)]),
    "the latest answer": Case({"room": "kitchen"}, click(EARLY, "garden"), click(NEW, "kitchen")),
    "an earlier answer loaded late": Case({"room": "garden"}, click(EARLY, "garden"), click(at("2026-03-19"), "kitchen")),
    "a later answer loaded late": Case({"room": "kitchen"}, click(EARLY, "garden"), click(at("2026-03-21"), "kitchen")),
    "answers of one instant": Case({"room": "home"}, click(EARLY, "home", event_id="z"), click(EARLY, "garden", event_id="y")),
    "a click on another message": Case({"room": "garden"}, click(EARLY, "garden"), click(NEW, "kitchen", message="other")),
    "an answer of somebody else": Case({"room": "garden"}, click(EARLY, "garden"), click(NEW, "kitchen", contact_id="bo")),
    "a number": Case({"shoe": Decimal("38.5")}, [size(EARLY, 38)], [size(NEW, '"38.5"')]),
    "no number": Case({"shoe": 38}, [size(EARLY, 38)], [size(NEW, '"wide"')]),
    "nothing": Case({"shoe": 38}, [size(EARLY, 38)], [size(NEW, '" "'), size(NEW, "null")]),
    "a truth": Case({"club": False}, [seen(EARLY, "form_submitted", props='{"club": true}')], [seen(NEW, "form_submitted", props='{"club": "no"}')]),
    "a date that is filled in later": Case({"parcel": date(2026, 3, 29)}, [order("o1", EARLY)], correct=("orders", {"shipped_at": NEW}), of=()),
    "a date that is filled in again": Case(
        {"parcel": date(2026, 3, 28)}, [order("o1", EARLY, shipped_at=EARLY)], correct=("orders", {"shipped_at": at("2026-03-28")}), of=()
    ),
    "what is none by its where": Case({}, [order("o1", EARLY, total="9", shipped_at=EARLY)]),
    "an answer taken back": Case({}, [size(EARLY, 38)], correct=("custom_events", {"name": "other"})),
    "an answer corrected": Case({"shoe": 39}, [size(EARLY, 38)], correct=("custom_events", {"props": '{"shoe": 39}'})),
    "a visitor known later": Case({"club": True}, [seen(EARLY, "form_submitted", props='{"club": true}', contact_id=None)], correct=("site_events", {"contact_id": "ada"})),
    "a visitor who is somebody else": Case({}, [seen(EARLY, "form_submitted", props='{"club": true}')], correct=("site_events", {"contact_id": "bo"}), of=("ada", "bo")),
}  # fmt: skip


def test_attributes_follow(warehouse: Warehouse) -> None:
    """All cases are two ticks of one shop: each has contacts, events and orders of its own."""
    for number, case in enumerate(CASES.values()):
        know(
            warehouse, BEFORE, [contact(f"ada-{number}", attributes='{"origin": "fair"}'), contact(f"bo-{number}"), *(own(number, *row) for row in case.before)]
        )
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    for number, case in enumerate(CASES.values()):
        know(warehouse, NOW, [own(number, *row) for row in case.after])
        _correct(warehouse, case, number)
    assert _mode(warehouse) == "incremental"
    found = {name: known(warehouse, f"ada-{number}") for number, name in enumerate(CASES)}
    assert found == {name: {"origin": "fair", **case.expect} for name, case in CASES.items()}
    carried = snapshot(warehouse)
    assert _mode(warehouse) == "full", "a tick that is run again"
    assert snapshot(warehouse) == carried


def own(number: int, table: str, row: dict[str, Any]) -> Row:
    """Return a row of a case as one of its own."""
    names = [name for name in ("contact_id", "event_id", "order_id") if row.get(name)]
    return table, row | {name: f"{row[name]}-{number}" for name in names}


def _correct(warehouse: Warehouse, case: Case, number: int) -> None:
    if case.correct:
        _, first = own(number, *case.before[0])
        key = "order_id" if "order_id" in first else "event_id"
        table, values = own(number, *case.correct)
        for column, value in {**values, "corrected_at": NOW}.items():
            warehouse.run(f"update raw.{table} set {column} = $value where {key} = $key", value=value, key=first[key])
        warehouse.append("raw.corrections", ["contact_id", "contract", "loaded_at"], [(f"{who}-{number}", table, NOW) for who in case.of])


def _mode(warehouse: Warehouse) -> str:
    return refresh_facts(warehouse, PARIS, tick(PARIS, NOW, BEFORE), worthwhile=100).mode


FILED = {
    "first the file, then an answer": ([], click(NEW, "garden"), '{"room": "attic"}', "garden"),
    "an answer outlives the file": (click(EARLY, "garden"), [], '{"room": "attic"}', "garden"),
    "the file alone": ([], [], '{"room": "attic"}', "attic"),
    "a file without it": ([], [], None, None),
}


def test_the_contacts_file_speaks_where_nobody_answered(warehouse: Warehouse) -> None:
    for number, (before, _, _, _) in enumerate(FILED.values()):
        know(warehouse, BEFORE, [contact(f"ada-{number}", attributes='{"room": "cellar"}'), *(own(number, *row) for row in before)])
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    assert [known(warehouse, f"ada-{number}")["room"] for number in range(len(FILED))] == ["cellar", "garden", "cellar", "cellar"]
    for number, (_, after, attributes, _) in enumerate(FILED.values()):
        know(warehouse, NOW, [own(number, *row) for row in after])
        values = {"file": attributes, "now": NOW, "who": f"ada-{number}"}
        warehouse.run("update raw.contacts set attributes = $file, corrected_at = $now where contact_id = $who", **values)
    assert _mode(warehouse) == "incremental"
    found = {name: known(warehouse, f"ada-{number}").get("room") for number, name in enumerate(FILED)}
    assert found == {name: room for name, (_, _, _, room) in FILED.items()}
    carried = snapshot(warehouse)
    assert _mode(warehouse) == "full"
    assert snapshot(warehouse) == carried


def test_an_attribute_says_where_it_comes_from(warehouse: Warehouse) -> None:
    know(warehouse, BEFORE, click(EARLY, "garden", event_id="e1"))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    found = warehouse.rows("select contact_id, attribute, value, answered_at, activity, activity_id from facts.attributes order by attribute")
    assert found == [("ada", "origin", "fair", None, None, None), ("ada", "room", "garden", EARLY, "message_clicked", "e1")]


def test_what_is_not_of_its_type_is_kept_to_be_looked_at(warehouse: Warehouse) -> None:
    know(warehouse, BEFORE, [size(EARLY, '"wide"')])
    warehouse.run("update raw.contacts set attributes = '{\"club\": \"perhaps\"}' where contact_id = 'bo'")
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    kept = warehouse.rows("select contact_id, attribute, said, answered_at, activity, loaded_at from facts.unread_answers order by contact_id")
    assert kept == [("ada", "shoe", "wide", EARLY, "custom.size", BEFORE), ("bo", "club", "perhaps", None, None, BEFORE)]
    assert known(warehouse, "bo") == {}


def test_only_contacts_whose_attributes_change_are_written(warehouse: Warehouse) -> None:
    know(warehouse, BEFORE, click(EARLY, "garden"))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    warehouse.run("update raw.contacts set first_name = 'Ada', corrected_at = $now", now=NOW)
    assert refresh_facts(warehouse, PARIS, tick(PARIS, NOW, BEFORE), worthwhile=100).changed == 0


def test_another_declaration_counts_anew(warehouse: Warehouse) -> None:
    know(warehouse, BEFORE, click(EARLY, "garden"))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    other = project(attributes={"room": {"activity": "message_clicked", "value": "upper(link)"}})
    assert refresh_facts(warehouse, other, tick(other, NOW, BEFORE), worthwhile=100).mode == "full"
    assert known(warehouse) == {"room": "GARDEN"}
    assert warehouse.value("select count(*) from facts.stored_attributes") == 1, "what is declared no more is gone"
    none = project()
    refresh_facts(warehouse, none, tick(none, NOW, BEFORE), worthwhile=100)
    assert known(warehouse) == {}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"value": "cast(cast(link as integer) + 1 as varchar)"}, "8"),
        ({"value": "make_date(2026, cast(link as integer), 1)"}, "2026-07-01"),
        ({"value": "link", "where": "cast(link as integer) between 1 and 12"}, "7"),
    ],
    ids=["a value", "what is worked out", "where"],
)
def test_one_odd_answer_stops_no_tick_and_is_kept_to_be_looked_at(warehouse: Warehouse, declared: dict[str, str], expected: str) -> None:
    know(warehouse, BEFORE, [*click(EARLY, "7"), *click(EARLY, "garden", contact_id="bo")])
    counted = project(attributes={"origin": {"activity": "message_clicked", **declared}})
    refresh_facts(warehouse, counted, tick(counted, BEFORE))
    assert warehouse.rows("select contact_id, value from facts.stored_attributes where activity is not null") == [("ada", expected)]
    assert [(who, said.split(", ")[0]) for who, said in warehouse.rows("select contact_id, said from facts.unread_answers")] == [("bo", "link = garden")]


def test_an_attribute_comes_from_the_contacts_and_from_what_answers_it() -> None:
    assert behind_columns({"shoe"}, PARIS.settings) == {"contacts", "custom_events"}
    assert behind_query(["facts.attributes"], {"value"}, PARIS.settings) >= {"contacts", "custom_events", "message_events", "site_events", "orders"}
