"""The sample shop: the same for the same seed, consistent in itself, shaped like a real one."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import SourceRefused
from pipelines.sample.files import broken_rows
from pipelines.sample.shop import DRAWN, write_day, write_history
from pipelines.settings import Project
from pipelines.sources.load import load_all
from pipelines.ticks import Tick, tick_of_day
from pipelines.warehouse.duckdb import memory_warehouse
from tests.sample.shops import DAYS, START, demo_days, fingerprints, only, shop_project, with_sample, with_settings, write_all

HISTORY_ENDS = datetime(2026, 9, 13, 4)
END = HISTORY_ENDS + timedelta(days=DAYS)


def value(tables: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> Any:
    row = tables.execute(sql, list(parameters)).fetchone()
    assert row is not None
    return row[0]


def test_the_same_seed_gives_the_same_bytes(parquet_shop: Project, tmp_path: Path) -> None:
    again = shop_project(tmp_path / "again", parquet=True)
    write_all(again)
    assert fingerprints(again) == fingerprints(parquet_shop)


def test_text_files_are_the_same_bytes_too(tmp_path: Path) -> None:
    first, second = (shop_project(tmp_path / name) for name in ("first", "second"))
    write_day(first, START)
    write_day(second, START)
    assert fingerprints(first) == fingerprints(second)


def test_another_seed_gives_another_shop(parquet_shop: Project, tmp_path: Path) -> None:
    other = shop_project(tmp_path / "other", seed=8, parquet=True)
    write_day(other, START)
    same_names = fingerprints(parquet_shop).keys() & fingerprints(other).keys()
    assert same_names
    assert all(fingerprints(parquet_shop)[name] != fingerprints(other)[name] for name in same_names)


def test_a_day_is_the_same_whether_the_days_before_were_written_or_not(parquet_shop: Project, tmp_path: Path) -> None:
    alone = shop_project(tmp_path / "alone", parquet=True)
    write_day(alone, demo_days()[-1])
    assert fingerprints(alone).items() <= fingerprints(parquet_shop).items()


def test_writing_history_again_replaces_the_days_of_an_earlier_demo_and_a_leap_day_may_be_the_first(tmp_path: Path) -> None:
    project = only(shop_project(tmp_path / "shop", contacts=50, parquet=True), "products", "sessions")
    project = with_sample(project, start=date(2028, 2, 29))
    write_day(project, date(2028, 2, 29))
    written = write_history(project)
    assert {str(path.relative_to(project.root)) for path in written} == fingerprints(project).keys()
    write_day(project, date(2028, 2, 29))
    latest = value(duckdb.connect(), "select max(started_at) from read_parquet(?)", str(project.root / "sample_data/sessions/*.parquet"))
    assert tick_of_day(project, date(2028, 2, 28)) <= latest < tick_of_day(project, date(2028, 2, 29))


def test_history_is_one_file_a_year_and_later_files_have_later_names(parquet_shop: Project) -> None:
    for table in DRAWN:
        in_time = [f"{table}-{last}.parquet" for last in ("2024-12-31", "2025-12-31", "2026-09-13", *demo_days())]
        names = sorted(path.name for path in (parquet_shop.root / "sample_data" / table).iterdir())
        assert names == [name for name in in_time if name in names]
        assert names[0] != in_time[3]


FOREIGN_KEYS = [
    ("consents.contact_id", "contacts"), ("orders.contact_id", "contacts"), ("order_lines.order_id", "orders"), ("order_lines.product_id", "products"),
    ("refunds.contact_id", "contacts"), ("refunds.order_id", "orders"), ("sessions.contact_id", "contacts"), ("site_events.contact_id", "contacts"),
    ("site_events.session_id", "sessions"), ("site_events.product_id", "products"), ("cart_lines.product_id", "products"),
    ("message_events.contact_id", "contacts"),
    ("registrations.contact_id", "contacts"), ("registrations.event_id", "calendar_events"), ("subscriptions.contact_id", "contacts"),
    ("survey_responses.contact_id", "contacts"), ("survey_responses.order_id", "orders"), ("stock_requests.contact_id", "contacts"),
    ("stock_requests.product_id", "products"), ("product_relations.product_id", "products"),
    ("product_relations.related_id", "products"), ("contact_tags.contact_id", "contacts"), ("custom_events.contact_id", "contacts"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "target"), FOREIGN_KEYS, ids=[column for column, _ in FOREIGN_KEYS])
def test_every_row_belongs_to_something_that_exists(tables: duckdb.DuckDBPyConnection, column: str, target: str) -> None:
    table, name = column.split(".")
    key = "event_id" if target == "calendar_events" else name.replace("related_", "product_")
    assert value(tables, f"select count(*) from {table} where {name} is not null")
    assert not value(tables, f"select count(*) from {table} where {name} is not null and {name} not in (select {key} from {target})")


def test_referrals_are_between_contacts_and_the_friend_is_known_once_signed_up(tables: duckdb.DuckDBPyConnection) -> None:
    assert not value(tables, "select count(*) from referrals where referrer_id not in (select contact_id from contacts)")
    assert not value(tables, "select count(*) from referrals where (kind = 'invited') <> (referee_id is null)")
    assert not value(tables, "select count(*) from referrals where referee_id not in (select contact_id from contacts) or referee_id = referrer_id")


def test_the_lines_of_an_order_sum_to_its_total(tables: duckdb.DuckDBPyConnection) -> None:
    sums = "select order_id, sum(quantity * unit_price) as total from order_lines group by order_id"
    assert not value(tables, f"select count(*) from orders o left join ({sums}) l on l.order_id = o.order_id where l.total is distinct from o.total")


def test_a_cart_is_worth_its_lines(tables: duckdb.DuckDBPyConnection) -> None:
    sums = "select event_id, sum(quantity * unit_price) as total from cart_lines group by event_id"
    carts = "select * from site_events where name in ('cart_updated', 'checkout_started')"
    assert value(tables, f"select count(*) from ({carts})")
    assert not value(tables, f"select count(*) from ({carts}) e left join ({sums}) l on l.event_id = e.event_id where l.total is distinct from e.cart_value")
    assert not value(tables, f"select count(*) from cart_lines where event_id not in (select event_id from ({carts}))")


def test_carts_are_ordered_or_left_and_an_order_comes_after_its_cart(tables: duckdb.DuckDBPyConnection) -> None:
    carts = "select cart_id, max(occurred_at) as last_at from site_events where cart_id is not null group by cart_id"
    ordered = value(tables, f"select count(*) from orders o join ({carts}) c on c.cart_id = o.cart_id")
    left = value(tables, f"select count(*) from ({carts}) where cart_id not in (select cart_id from orders)")
    assert ordered > 0
    assert left > ordered / 2
    assert not value(tables, f"select count(*) from orders o join ({carts}) c on c.cart_id = o.cart_id where o.ordered_at <= c.last_at")


MOMENTS = {
    "consents": "occurred_at", "orders": "ordered_at", "sessions": "started_at", "site_events": "occurred_at", "message_events": "occurred_at",
    "registrations": "registered_at", "subscriptions": "started_at", "survey_responses": "occurred_at", "stock_requests": "requested_at",
    "contact_tags": "added_at", "custom_events": "occurred_at", "refunds": "refunded_at",
}  # fmt: skip


@pytest.mark.parametrize(("table", "moment"), MOMENTS.items(), ids=MOMENTS)
def test_nothing_happens_before_the_contact_exists_or_after_the_export(tables: duckdb.DuckDBPyConnection, table: str, moment: str) -> None:
    assert not value(tables, f"select count(*) from {table} t join contacts c on c.contact_id = t.contact_id where t.{moment} < c.created_at")
    assert not value(tables, f"select count(*) from {table} where {moment} >= ?", END)


def test_each_day_holds_what_happened_since_the_day_before(parquet_shop: Project) -> None:
    for day in demo_days():
        opens, closes = tick_of_day(parquet_shop, day - timedelta(days=1)), tick_of_day(parquet_shop, day)
        for table, moment in MOMENTS.items():
            path = parquet_shop.root / "sample_data" / table / f"{table}-{day}.parquet"
            if path.exists() and table not in ("orders", "registrations", "subscriptions", "contact_tags"):
                assert not value(duckdb.connect(), f"select count(*) from read_parquet(?) where {moment} < ? or {moment} >= ?", str(path), opens, closes)


def test_an_order_exported_again_has_moved_on_and_nothing_else_changed(parquet_shop: Project) -> None:
    connection = duckdb.connect()
    connection.execute("create table versions as select * from read_parquet(?, filename = 'file')", [str(parquet_shop.root / "sample_data/orders/*.parquet")])
    connection.execute("create table pairs as select a, b from versions a join versions b on b.order_id = a.order_id and b.file > a.file")
    assert value(connection, "select count(*) from pairs")
    for name in ("contact_id", "total", "ordered_at", "cart_id"):
        assert not value(connection, f"select count(*) from pairs where a.{name} is distinct from b.{name}")
    assert not value(connection, "select count(*) from pairs where (a.status, a.shipped_at) is not distinct from (b.status, b.shipped_at)")


def test_parcels_move_in_order_and_cancelled_orders_do_not(tables: duckdb.DuckDBPyConnection) -> None:
    assert not value(tables, "select count(*) from orders where shipped_at <= ordered_at or delivered_at <= shipped_at or cancelled_at <= ordered_at")
    assert not value(tables, "select count(*) from orders where cancelled_at is not null and shipped_at is not null")
    assert not value(tables, "select count(*) from orders where coalesce(delivered_at, shipped_at, cancelled_at) >= ?", END)
    assert {row[0] for row in tables.execute("select distinct status from orders").fetchall()} == {"placed", "shipped", "delivered", "cancelled"}


def test_nobody_orders_what_is_out_of_stock(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("""
        create or replace temp view gaps as
        select product_id, valid_from, lead(valid_from) over (partition by product_id order by valid_from) as valid_to, stock from products
        qualify stock = 0""")
    bought = "select l.product_id, o.ordered_at from order_lines l join orders o on o.order_id = l.order_id"
    while_out = "b.ordered_at >= g.valid_from + interval 3 day and b.ordered_at < g.valid_to"  # a cart filled before may come back so much later
    assert value(tables, "select count(*) from gaps")
    assert not value(tables, f"select count(*) from ({bought}) b join gaps g on g.product_id = b.product_id and {while_out}")


def test_consent_withdrawn_was_given_before_and_is_not_noted_again_at_the_checkout(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("""
        create or replace temp view withdrawn as
        select contact_id, channel, min(occurred_at) as gone_at from consents where not granted group by contact_id, channel""")
    same = "c.contact_id = w.contact_id and c.channel = w.channel"
    assert value(tables, "select count(*) from withdrawn")
    assert not value(tables, f"select count(*) from withdrawn w where not exists (select 1 from consents c where {same} and c.occurred_at < w.gone_at)")
    assert not value(tables, f"select count(*) from withdrawn w join consents c on {same} and c.granted and c.occurred_at > w.gone_at")


def test_an_order_stands_behind_each_consent_of_an_existing_customer(tables: duckdb.DuckDBPyConnection) -> None:
    customers = "select * from consents where basis = 'existing_customer'"
    assert value(tables, f"select count(*) from ({customers})")
    bought = "select 1 from orders o where o.contact_id = c.contact_id and o.ordered_at <= c.occurred_at"
    assert not value(tables, f"select count(*) from ({customers}) c where not exists ({bought})")


def test_whoever_bounces_or_leaves_gets_no_more_newsletters(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("""
        create or replace temp view gone as
        select contact_id, max(occurred_at) as gone_at from message_events
        where channel = 'email' and (kind in ('complained', 'unsubscribed') or reason like 'hard%')
        group by contact_id""")
    later = "m.contact_id = g.contact_id and m.channel = 'email' and m.kind = 'delivered' and m.occurred_at > g.gone_at"
    assert value(tables, "select count(*) from gone")
    assert not value(tables, f"select count(*) from gone g join message_events m on {later}")


def test_orders_have_a_heavy_tail(tables: duckdb.DuckDBPyConnection) -> None:
    median, high = tables.execute("select median(n), quantile_cont(n, 0.99) from (select count(*) as n from orders group by contact_id)").fetchall()[0]
    assert 1 <= median <= 3
    assert high >= 12


def test_the_year_has_its_peak_and_its_dip(tables: duckdb.DuckDBPyConnection) -> None:
    def monthly(*months: int) -> float:
        count: int = value(tables, "select count(*) from orders where ordered_at < ? and list_contains(?, month(ordered_at))", HISTORY_ENDS, list(months))
        return count / len(months)

    assert monthly(11, 12) > 1.3 * monthly(9, 10) > 1.3 * monthly(7, 8) / 1.3


def test_contacts_lack_what_contacts_lack(tables: duckdb.DuckDBPyConnection) -> None:
    share = "select count(*) filter (where {} is null) / count(*) from contacts"
    assert 0.02 < value(tables, share.format("email")) < 0.10
    assert 0.30 < value(tables, share.format("phone")) < 0.65
    assert 0.12 < value(tables, share.format("birth_date")) < 0.32
    assert 0.0 < value(tables, share.format("timezone")) < 0.15
    assert value(tables, "select count(distinct timezone) from contacts") >= 8
    assert value(tables, "select count(*) filter (where country in ('FR', 'GB')) / count(*) from contacts") > 0.6
    assert value(tables, "select count(email) - count(distinct email) from contacts") > 0


def test_some_were_born_on_29_february(tmp_path: Path) -> None:
    project = only(shop_project(tmp_path / "shop", contacts=3000, parquet=True), "contacts")
    write_history(project)
    files = str(project.root / "sample_data/contacts/*.parquet")
    assert value(duckdb.connect(), "select count(*) from read_parquet(?)", files) == 3000
    assert value(duckdb.connect(), "select count(*) from read_parquet(?) where month(birth_date) = 2 and day(birth_date) = 29", files) >= 8


def test_visitors_without_contact_are_there_too(tables: duckdb.DuckDBPyConnection) -> None:
    assert 0.1 < value(tables, "select count(*) filter (where contact_id is null) / count(*) from sessions") < 0.5
    assert not value(tables, "select count(*) from sessions where visitor_id is null")


def test_prices_fall_and_products_come_back(tables: duckdb.DuckDBPyConnection) -> None:
    before = "window w as (partition by product_id order by valid_from)"
    cards = f"select valid_from, price, stock, lag(price) over w as was, lag(stock) over w as had from products {before}"
    since = HISTORY_ENDS - timedelta(days=7)
    assert value(tables, f"select count(*) from ({cards}) where price <= was * 0.9 and valid_from >= ?", since) >= 3
    assert value(tables, f"select count(*) from ({cards}) where stock > 0 and had = 0 and valid_from >= ?", since) >= 3


def test_broken_rows_are_refused_and_no_others(tmp_path: Path) -> None:
    project = shop_project(tmp_path / "shop", contacts=600)
    write_history(project)
    write_day(project, START)
    broken = {source.name: broken_rows(source, "history") + broken_rows(source, "day") for source in project.settings.sources}
    with memory_warehouse() as warehouse:
        load_all(warehouse, project, Tick(tick_of_day(project, START), START, tick_of_day(project, START + timedelta(days=1))))
        rejected: dict[str, int] = dict(warehouse.rows("select source, count(*) from raw.rejects group by source"))
        refused = warehouse.rows("select file, reason from raw.files where status <> 'loaded'")
        twice = warehouse.rows("select source from raw.rejects where reason like 'duplicate%'")
    assert refused == []
    assert rejected == {name: len(lines) for name, lines in broken.items() if lines}
    assert twice == [("contacts",)]


def test_the_back_office_writes_french(tmp_path: Path) -> None:
    project = shop_project(tmp_path / "shop", contacts=50)
    write_day(project, START)
    text = (project.root / f"sample_data/orders/orders-{START}.csv").read_text(encoding="utf-8").splitlines()
    assert text[0].startswith("numero;client;panier;date_commande;statut;montant;")
    assert all(line.split(";")[5].count(",") == 1 and "/09/2026 " in line.split(";")[3] for line in text[1:])


def test_the_sample_does_not_write_over_real_files(tmp_path: Path) -> None:
    project = shop_project(tmp_path / "shop", contacts=50)
    source = project.settings.sources[0].model_copy(update={"path": "exports/orders/*.csv"})
    real = with_settings(project, sources=[source])
    with pytest.raises(SourceRefused, match="writes to sample_data"):
        write_history(real)
