"""The sample shop's answers: only to what was handed over, after it, in shares one can believe, and always the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.sample.answers import answer
from pipelines.settings import Project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.sample.shops import START, shop_project

HERE = Path(__file__).parent
ACCEPTED = "select message_key from delivery.sends where state = 'accepted'"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return shop_project(tmp_path_factory.mktemp("answered"), parquet=True)


@pytest.fixture(scope="module")
def warehouse(parquet_shop: Project, tables: duckdb.DuckDBPyConnection, project: Project) -> Iterator[Warehouse]:
    """A warehouse with the shop's rows as of the first demo day's tick, and messages handed over after it."""
    with memory_warehouse() as warehouse:
        for source in parquet_shop.settings.sources:
            files = [str(path) for path in parquet_shop.root.glob(source.path) if path.stem.removeprefix(f"{source.table}-") <= str(START)]
            load = f"insert into raw.{source.table} by name select *, 'sample' as loaded_from, $tick as loaded_at from read_parquet($files)"
            warehouse.connection.execute(load, {"tick": tick_of_day(project, START), "files": files})
        warehouse.run(HERE / "handed_over.sql", tick=tick_of_day(project, START))
        yield warehouse


@pytest.fixture(scope="module")
def answers(warehouse: Warehouse, project: Project) -> dict[str, Path]:
    return {path.parent.name: path for path in answer(warehouse, project, START)}


def load(warehouse: Warehouse, answers: dict[str, Path], loaded_at: datetime) -> None:
    for table, path in answers.items():
        statement = f"insert into raw.{table} by name select *, 'answers' as loaded_from, $at as loaded_at from read_parquet($file)"
        warehouse.connection.execute(statement, {"at": loaded_at, "file": str(path)})


def count(warehouse: Warehouse, sql: str, path: Path) -> int:
    return int(warehouse.value(sql, file=str(path)))


def test_answers_are_files_of_the_projects_sources(answers: dict[str, Path], project: Project) -> None:
    assert answers.keys() == {"message_events", "consents", "sessions", "site_events", "cart_lines", "orders", "order_lines"}
    assert {path.name for path in answers.values()} == {f"answers-{START}.parquet"}


def test_every_accepted_message_is_answered_once_and_no_other(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    first = "(select message_key from read_parquet($file) where kind in ('delivered', 'bounced'))"
    assert count(warehouse, f"select count(*) from (({ACCEPTED}) except all {first})", answers["message_events"]) == 0
    assert count(warehouse, f"select count(*) from ({first} except all ({ACCEPTED}))", answers["message_events"]) == 0
    assert count(warehouse, f"select count(*) from read_parquet($file) where message_key not in ({ACCEPTED})", answers["message_events"]) == 0


def test_everything_happens_after_the_hand_over_and_before_the_next_tick(warehouse: Warehouse, answers: dict[str, Path], project: Project) -> None:
    handed_at, next_tick = tick_of_day(project, START) + timedelta(hours=3), tick_of_day(project, START + timedelta(days=1))
    moments = {"message_events": "occurred_at", "consents": "occurred_at", "sessions": "started_at", "site_events": "occurred_at", "orders": "ordered_at"}
    for table, moment in moments.items():
        earliest, latest = warehouse.rows(f"select min({moment}), max({moment}) from read_parquet($file)", file=str(answers[table]))[0]
        assert handed_at < earliest
        assert latest < next_tick
    sent = "select message_key, changed_at from delivery.sends where state = 'accepted'"
    too_early = f"select count(*) from read_parquet($file) e join ({sent}) s on s.message_key = e.message_key where e.occurred_at <= s.changed_at"
    assert count(warehouse, too_early, answers["message_events"]) == 0


def test_a_click_follows_an_open_and_an_open_a_delivery(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    pairs = [("opened", "delivered", "email"), ("clicked", "opened", "email"), ("clicked", "delivered", "sms"), ("unsubscribed", "opened", "email")]
    for later, earlier, channel in pairs:
        events = f"select * from read_parquet($file) where channel = '{channel}'"
        orphan = f"""select count(*) from ({events}) a where a.kind = '{later}' and not exists (
            select 1 from ({events}) b where b.message_key = a.message_key and b.kind = '{earlier}' and b.occurred_at < a.occurred_at)"""
        assert count(warehouse, orphan, answers["message_events"]) == 0


def test_the_shares_are_those_of_a_good_shop(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    by_kind = "select kind, count(distinct message_key) from read_parquet($file) where channel = 'email' group by kind"
    kinds: dict[str, int] = dict(warehouse.rows(by_kind, file=str(answers["message_events"])))
    messages = kinds["delivered"] + kinds["bounced"]
    assert 0.28 < kinds["opened"] / messages < 0.45
    assert 0.06 < kinds["clicked"] / messages < 0.16
    assert 0.005 < kinds["bounced"] / messages < 0.03
    assert 0 < kinds["unsubscribed"] / messages < 0.01
    assert kinds.get("complained", 0) / messages < 0.003


def test_some_buy_what_they_had_left_in_their_cart(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    orders, lines = str(answers["orders"]), str(answers["order_lines"])
    reminded = warehouse.rows("select order_id, cart_id from read_parquet($orders) where cart_id in (select entry_key from journeys.enrolments)", orders=orders)
    assert reminded
    for order_id, cart_id in reminded:
        of_order = "select product_id, quantity, unit_price from read_parquet($lines) where order_id = $order_id order by line_no"
        bought = warehouse.rows(of_order, lines=lines, order_id=order_id)
        last = "select event_id from raw.site_events where cart_id = $cart_id and name = 'cart_updated' order by occurred_at desc, event_id desc limit 1"
        left = warehouse.rows(f"select product_id, quantity, unit_price from raw.cart_lines where event_id = ({last}) order by line_no", cart_id=cart_id)
        assert bought == left


def test_orders_and_carts_of_answers_sum_up(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    files = {name: str(answers[name]) for name in ("orders", "order_lines", "site_events", "cart_lines")}
    orders = """select count(*) from read_parquet($orders) o
        where total is distinct from (select sum(quantity * unit_price) from read_parquet($order_lines) l where l.order_id = o.order_id)"""
    carts = """select count(*) from read_parquet($site_events) e where name = 'checkout_started'
        and cart_value is distinct from (select sum(quantity * unit_price) from read_parquet($cart_lines) l where l.event_id = e.event_id)"""
    assert warehouse.value("select count(*) from read_parquet($orders)", **files)
    assert not warehouse.value(orders, **files)
    assert not warehouse.value(carts, **files)
    assert not warehouse.value("select count(*) - count(distinct contact_id) from read_parquet($orders)", **files)


def test_transactional_messages_sell_nothing_and_lose_nobody(warehouse: Warehouse, answers: dict[str, Path]) -> None:
    transactional = "(select contact_id from outbox.messages group by contact_id having bool_and(category = 'transactional'))"
    assert not count(warehouse, f"select count(*) from read_parquet($file) where contact_id in {transactional}", answers["orders"])
    keys = "(select message_key from outbox.messages where category = 'transactional')"
    lost = f"select count(*) from read_parquet($file) where message_key in {keys} and kind in ('unsubscribed', 'complained')"
    assert not count(warehouse, lost, answers["message_events"])


def test_answering_again_gives_the_same_files_even_when_they_were_loaded_since(warehouse: Warehouse, answers: dict[str, Path], project: Project) -> None:
    before = {table: path.read_bytes() for table, path in answers.items()}
    next_tick = tick_of_day(project, START + timedelta(days=1))
    warehouse.connection.begin()
    load(warehouse, answers, next_tick)
    again = {path.parent.name: path.read_bytes() for path in answer(warehouse, project, START)}
    warehouse.connection.rollback()
    assert again == before


def test_the_next_day_answers_nothing_twice_and_moves_parcels(warehouse: Warehouse, answers: dict[str, Path], project: Project) -> None:
    warehouse.connection.begin()
    load(warehouse, answers, tick_of_day(project, START + timedelta(days=1)))
    later = {path.parent.name: path for day in (1, 2) for path in answer(warehouse, project, START + timedelta(days=day))}
    moved = {row[0] for row in warehouse.rows("select distinct status from read_parquet($file)", file=str(later["orders"]))}
    warehouse.connection.rollback()
    assert later.keys() == {"orders"}
    assert moved
    assert moved <= {"shipped", "delivered", "cancelled"}
