"""How often what a template needs is empty on the data there is."""

from datetime import datetime
from pathlib import Path

from pipelines.messages.data import MessageData
from pipelines.messages.emptiness import emptiness
from pipelines.warehouse.duckdb import Warehouse
from tests.messages.shop import NOW, add, due, project


def said(warehouse: Warehouse, *needed: str, data: MessageData | None = None) -> dict[str, str]:
    with warehouse.at(NOW):
        return {of: str(counted) for of, counted in emptiness(warehouse, "m", needed, data, project(Path()).settings.attributes).items()}


def sent_by(warehouse: Warehouse, *triggers: str) -> None:
    """Let the scenario that sends `m` have a run for each of *triggers*."""
    add(warehouse, "journeys.nodes", scenario="abandoned_cart", version=1, node=0, kind="send", step="m", message="m")
    for number, trigger in enumerate(triggers):
        due(warehouse, "m", f"m{number}", trigger)


def test_a_contact_s_values_are_counted_over_all_contacts(warehouse: Warehouse) -> None:
    assert said(warehouse, "contact.first_name", "contact.last_order_at", "contact.created_at") == {
        "contact.first_name": "50 % of contacts (1 of 2)",
        "contact.last_order_at": "50 % of contacts (1 of 2)",
        "contact.created_at": "under 1 % of contacts (0 of 2)",
    }


def test_a_name_of_spaces_is_empty(warehouse: Warehouse) -> None:
    add(warehouse, "raw.contacts", contact_id="blank", first_name="  ", created_at=datetime(2026, 1, 1))
    assert said(warehouse, "contact.first_name") == {"contact.first_name": "67 % of contacts (2 of 3)"}


def test_a_value_of_the_shop_s_own_is_counted(warehouse: Warehouse) -> None:
    assert said(warehouse, "contact.attributes.shoe_size") == {"contact.attributes.shoe_size": "50 % of contacts (1 of 2)"}


def test_a_declared_attribute_is_counted_by_answers_and_file(warehouse: Warehouse) -> None:
    warehouse.run("""update facts.stored_contacts set attributes = '{"favourite_room": "garden"}'""")
    assert said(warehouse, "contact.attributes.favourite_room", "contact.attributes.cap_size") == {
        "contact.attributes.favourite_room": "under 1 % of contacts (0 of 2)",
        "contact.attributes.cap_size": "100 % of contacts (2 of 2)",
    }


def test_products_and_orders_are_counted_as_they_are_at_the_tick(warehouse: Warehouse) -> None:
    assert said(warehouse, "product.url", "order.tracking_url", "event.url") == {
        "product.url": "40 % of products (2 of 5)",
        "order.tracking_url": "100 % of orders (1 of 1)",
    }


def test_a_large_shop_is_told_in_thousands(warehouse: Warehouse) -> None:
    rows = (
        "select 'x' || r as contact_id, case when r % 50 > 0 then 'Ann' end as first_name, 'test' as loaded_from, as_of() as loaded_at from range(13398) t(r)"
    )
    with warehouse.at(NOW):
        warehouse.run("insert into raw.contacts by name " + rows)
    assert said(warehouse, "contact.first_name") == {"contact.first_name": "2 % of contacts (269 of 13,400)"}


def test_what_a_trigger_brings_is_counted_over_the_runs(warehouse: Warehouse) -> None:
    sent_by(warehouse, '{"cart_id": "K1", "cart_value": 12}', '{"cart_id": null, "cart_value": null}', '{"cart_value": 3}')
    assert said(warehouse, "trigger.cart_value", "cart", "product", "trigger.activity") == {
        "trigger.cart_value": "33 % of runs that send it (1 of 3)",
        "cart": "67 % of runs that send it (2 of 3)",
        "product": "100 % of runs that send it (3 of 3)",
    }


def test_what_data_gives_is_counted_over_the_runs(warehouse: Warehouse) -> None:
    sent_by(warehouse, '{"cart_value": 12}', '{"cart_value": 1}')
    sql = "select message_key, 1 as points from messages where cast(rl_json(trigger_data, 'cart_value') as bigint) > 5"
    assert said(warehouse, "data.points", data=MessageData("m", "data.sql", sql, {"points": "INTEGER"})) == {
        "data.points": "50 % of runs that send it (1 of 2)"
    }


def test_nothing_is_said_of_what_nobody_runs(warehouse: Warehouse) -> None:
    assert said(warehouse, "trigger.cart_value", "cart", "line.product", "offer") == {}
