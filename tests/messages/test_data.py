"""`data.sql` beside a template: one SELECT for a whole batch, a row for each message."""

from datetime import datetime
from pathlib import Path

from pipelines.messages.data import MESSAGES
from pipelines.messages.preview import preview
from pipelines.segments.files import read_segments
from pipelines.segments.view import segment_view
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message
from tests.messages.shop import NOW, add, due, library, project, rendered, shop_warehouse, written, wrong

HERE = Path("pipelines/messages")
BOUGHT = """-- How many pieces the contact has bought.
select m.message_key, cast(sum(p.quantity) as bigint) as pieces, max(p.ordered_at) as last_at
from messages m
left join shop.purchases p on p.contact_id = m.contact_id
group by m.message_key
"""
TEXT = "{{ contact.contact_id }} {{ data.pieces or 'nothing' }}"


def texts(warehouse: Warehouse, root: Path, files: dict[str, str]) -> dict[str, str]:
    outcomes = rendered(warehouse, library(root, files))
    return {key: outcome.text if isinstance(outcome, Message) else outcome.detail for key, outcome in outcomes.items()}


def test_each_message_of_a_batch_sees_its_own_row(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", "m1", channel="sms")
    due(warehouse, "m", "m2", channel="sms", contact_id="nobody")
    assert texts(warehouse, tmp_path, {"m/sms.txt.j2": TEXT, "m/data.sql": BOUGHT}) == {"m1": "zoe 1", "m2": "nobody nothing"}


def test_one_select_serves_the_whole_batch(warehouse: Warehouse, tmp_path: Path) -> None:
    for number in range(20):
        due(warehouse, "m", f"m{number}", channel="sms")
    messages = library(tmp_path, {"m/sms.txt.j2": TEXT, "m/data.sql": BOUGHT})
    asked: list[object] = []
    ask = warehouse.records
    warehouse.records = lambda sql, **given: (asked.append(sql), ask(sql, **given))[1]  # type: ignore[method-assign]
    try:
        assert len(rendered(warehouse, messages)) == 20
    finally:
        del warehouse.records
    assert asked.count(BOUGHT.strip()) == 1


def test_it_knows_nothing_from_after_the_tick(warehouse: Warehouse, tmp_path: Path) -> None:
    add(warehouse, "raw.orders", order_id="later", contact_id="zoe", ordered_at=datetime(2026, 9, 14, 5), total=5)
    add(warehouse, "raw.order_lines", order_id="later", line_no=1, product_id="lamp", quantity=7, unit_price=5)
    due(warehouse, "m", channel="sms")
    assert texts(warehouse, tmp_path, {"m/sms.txt.j2": "{{ data.pieces }} {{ data.last_at | date }}", "m/data.sql": BOUGHT}) == {"m1": "1 May 1, 2026"}


def test_a_message_without_a_row_sees_every_column_empty(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", channel="sms")
    files = {"m/sms.txt.j2": "{% if data.pieces is none %}no row{% endif %}", "m/data.sql": BOUGHT.replace("group by", "where false group by")}
    assert texts(warehouse, tmp_path, files) == {"m1": "no row"}


def test_it_reads_what_the_message_is_about_and_json_becomes_values(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", channel="sms", trigger='{"product_id": "lamp"}')
    sql = "select message_key, json_object('id', product_id, 'act', activity) as about from messages"
    assert texts(warehouse, tmp_path, {"m/sms.txt.j2": "{{ data.about.id }} {{ data.about.act }}", "m/data.sql": sql}) == {"m1": "lamp cart_updated"}


def test_messages_of_another_template_are_no_affair_of_it(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", "m1", channel="sms")
    due(warehouse, "other", "m2", channel="sms")
    sql = "select message_key, (select count(*) from messages) as in_batch from messages"
    files = {"m/sms.txt.j2": "{{ data.in_batch }}", "m/data.sql": sql, "other/sms.txt.j2": "fine"}
    assert texts(warehouse, tmp_path, files) == {"m1": "1", "m2": "fine"}


def test_two_rows_for_one_message_stop_that_message_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", "m1", channel="sms")
    due(warehouse, "m", "m2", channel="sms", contact_id="nobody")
    sql = "select m.message_key, c.contact_id from messages m join shop.contacts c on m.contact_id = 'zoe' or c.contact_id = 'nobody'"
    found = texts(warehouse, tmp_path, {"m/sms.txt.j2": "{{ data.contact_id }}", "m/data.sql": sql})
    assert found == {"m1": "scenarios/messages/m/data.sql: gives 2 rows for one message", "m2": "nobody"}


def test_what_the_engine_refuses_on_the_data_stops_its_messages_alone(tmp_path: Path) -> None:
    with shop_warehouse() as warehouse:
        due(warehouse, "m", "m1", channel="sms")
        due(warehouse, "other", "m2", channel="sms")
        files = {"m/sms.txt.j2": "{{ data.n }}", "m/data.sql": "select message_key, cast(contact_id as bigint) as n from messages", "other/sms.txt.j2": "fine"}
        found = texts(warehouse, tmp_path, files)
    assert found["m2"] == "fine"
    assert found["m1"].startswith("scenarios/messages/m/data.sql")
    assert "Could not convert string 'zoe' to INT64" in found["m1"]


def test_one_message_that_the_engine_refuses_keeps_no_other_back(tmp_path: Path) -> None:
    with shop_warehouse() as warehouse:
        for number in range(1, 6):
            due(warehouse, "m", f"m{number}", channel="sms", contact_id="zoe" if number == 4 else "nobody")
        sql = "select message_key, case when contact_id = 'zoe' then cast(contact_id as bigint) else 7 end as n from messages"
        found = texts(warehouse, tmp_path, {"m/sms.txt.j2": "{{ data.n }}", "m/data.sql": sql})
    assert "Could not convert string 'zoe' to INT64" in found.pop("m4")
    assert found == {f"m{number}": "7" for number in (1, 2, 3, 5)}


def test_it_may_read_a_segment(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "segments_sql").mkdir()
    (tmp_path / "segments_sql" / "vip.sql").write_text("-- Who buys.\n-- owner: team:crm\nselect contact_id, revenue as spent from facts.contacts")
    segments = read_segments(project(tmp_path))
    warehouse.run(segment_view("vip", segments.segments[0].attributes))
    add(warehouse, "segments.members", segment="vip", contact_id="zoe", entered_at=NOW, attributes='{"spent": 12.5}')
    sql = "select m.message_key, v.spent from messages m left join segments.vip v on v.contact_id = m.contact_id"
    due(warehouse, "m", channel="sms")
    assert written(warehouse, library(tmp_path, {"m/sms.txt.j2": "{{ data.spent }}", "m/data.sql": sql}, segments)).text == "12.50"


def test_a_broken_file_is_what_is_wrong_with_its_messages(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", channel="sms")
    messages = library(tmp_path, {"m/sms.txt.j2": TEXT, "m/data.sql": "select message_key, contact_idd from messages"})
    assert wrong(warehouse, messages).startswith("scenarios/messages/m/data.sql:1: unknown column `contact_idd` in messages")


def test_a_preview_sees_it_too(warehouse: Warehouse, tmp_path: Path) -> None:
    messages = library(tmp_path, {"m/sms.txt.j2": TEXT, "m/data.sql": BOUGHT})
    with warehouse.at(NOW):
        found = preview(warehouse, messages, "m", "zoe")
    assert isinstance(found.outcome, Message)
    assert found.outcome.text == "zoe 1"


def test_it_is_checked_against_the_columns_it_gets(warehouse: Warehouse) -> None:
    def columns(sql: Path) -> list[tuple[str, str]]:
        warehouse.run(sql, message="m", first=None, last=None)
        return [(name, kind) for name, kind, *_ in warehouse.rows("describe " + MESSAGES)]

    with warehouse.at(NOW):
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        for name in ("triggers", "subjects"):
            warehouse.run(HERE / f"{name}.sql")
        assert columns(HERE / "data_messages.sql") == columns(HERE / "data_no_messages.sql")
