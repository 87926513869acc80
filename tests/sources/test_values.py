"""Cells become values: numbers, dates, moments and words, explicitly, and a cell that cannot costs its row only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.sources.shop import OpenShop

HEADER = "order_id;contact_id;ordered_at;total\n"


@pytest.mark.parametrize(
    ("decimal", "text", "total"),
    [
        (".", "12.5", "12.50"),
        (".", "1,234.50", "1234.50"),
        (".", "1 234.5", "1234.50"),
        (".", "1'234", "1234.00"),
        (".", "-3", "-3.00"),
        (".", "+3.", "3.00"),
        (".", "1e3", "1000.00"),
        (",", "12,5", "12.50"),
        (",", "1.234,50", "1234.50"),
        (",", "1\u00a0234,5", "1234.50"),
        (",", "1\u202f234,5", "1234.50"),
        (",", "1.234", "1234.00"),
        (",", ",5", "0.50"),
    ],
)
def test_a_number_is_read_with_its_decimal_sign(open_shop: OpenShop, decimal: str, text: str, total: str) -> None:
    shop = open_shop(delimiter=";", decimal=decimal)
    shop.write("a.csv", f"{HEADER}A;c;2026-01-01;{text}\n")
    assert shop.load().inserted == 1
    assert shop.rows("total") == [(Decimal(total),)]


@pytest.mark.parametrize(
    ("decimal", "text"),
    [
        (".", "12,5"),
        (".", "1,23"),
        (".", "12 €"),
        (".", "12.5.1"),
        (".", "0x10"),
        (".", "1_000"),
        (".", "NaN"),
        (".", "99999999999999999999"),
        (",", "12.50"),
        (",", "1,2,3"),
    ],
)
def test_a_number_that_might_mean_something_else_is_refused(open_shop: OpenShop, decimal: str, text: str) -> None:
    shop = open_shop(delimiter=";", decimal=decimal, max_reject_rate=1)
    shop.write("a.csv", f"{HEADER}A;c;2026-01-01;{text}\n")
    shop.load()
    sign = " with `,` as decimal sign" if decimal == "," else ""
    assert shop.refused() == [(2, f"total `{text}` is not a number{sign}")]


@pytest.mark.parametrize("text", ["1000000000000", "-9999999999999999.99"])
def test_a_number_too_large_to_be_summed_up_is_refused(open_shop: OpenShop, text: str) -> None:
    shop = open_shop(delimiter=";", max_reject_rate=1)
    shop.write("a.csv", f"{HEADER}A;c;2026-01-01;{text}\nB;c;2026-01-01;999999999999.99\n")
    shop.load()
    assert shop.refused() == [(2, f"total `{text}` has more than twelve digits before the point")]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01", "2026-06-30 22:00"),
        ("2026-07-01 10:00", "2026-07-01 08:00"),
        ("2026-07-01T10:00:00", "2026-07-01 08:00"),
        ("2026-07-01 10:00:00.5 ", "2026-07-01 08:00:00.5"),
        ("2026-07-01T10:00:00Z", "2026-07-01 10:00"),
        ("2026-07-01 10:00:00 UTC", "2026-07-01 10:00"),
        ("2026-07-01T10:00:00+05:30", "2026-07-01 04:30"),
        ("2026-07-01 10:00:00 -0400", "2026-07-01 14:00"),
        ("2026-07-01 10:00:00+02", "2026-07-01 08:00"),
        ("2026-07-01 10:00 GMT", "2026-07-01 10:00"),
        ("1970-01-01 01:00", "1970-01-01 00:00"),
    ],
)
def test_a_moment_without_zone_is_of_the_source_and_one_with_zone_keeps_it(open_shop: OpenShop, text: str, moment: str) -> None:
    shop = open_shop(delimiter=";", timezone="Europe/Paris")
    shop.write("a.csv", f"{HEADER}A;c;{text};1\n")
    assert shop.load().inserted == 1
    assert shop.rows("ordered_at") == [(datetime.fromisoformat(moment),)]


@pytest.mark.parametrize(
    "text", ["yesterday", "01/07/2026", "2026-02-30", "2026-07-01 25:00", "2026-07-01 10:00 Europe/Paris", "epoch", "infinity", "20260701"]
)
def test_a_moment_that_is_none_is_refused(open_shop: OpenShop, text: str) -> None:
    shop = open_shop(delimiter=";", max_reject_rate=1)
    shop.write("a.csv", f"{HEADER}A;c;{text};1\n")
    shop.load()
    assert shop.refused() == [(2, f"ordered_at `{text}` is not a date and time")]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
def test_a_moment_of_another_age_is_refused(open_shop: OpenShop, zone: str) -> None:
    shop = open_shop(delimiter=";", timezone=zone, max_reject_rate=1)
    shop.write("a.csv", f"{HEADER}A;c;0206-01-01;1\n")
    shop.load()
    assert len(shop.refused()) == 1
    assert shop.rows("order_id") == []


def test_a_french_export_of_the_dst_nights_loads_whole(open_shop: OpenShop) -> None:
    """02:30 does not exist on 29 March and happens twice on 25 October: it moves forward, and is the first of the two."""
    shop = open_shop(delimiter=";", decimal=",", encoding="latin-1", timezone="Europe/Paris", timestamp_format="%d/%m/%Y %H:%M", date_format="%d/%m/%Y")
    nights = ["29/03/2026 01:59", "29/03/2026 02:30", "29/03/2026 03:00", "25/10/2026 01:59", "25/10/2026 02:30", "25/10/2026 03:00"]
    lines = [f"A{number};c;{night};1 234,50;Envoyée;14/07/2026" for number, night in enumerate(nights)]
    shop.write("a.csv", "order_id;contact_id;ordered_at;total;status;expected_delivery_on\n" + "\n".join(lines), "cp1252")
    assert shop.load().rejected == 0
    moments = ["2026-03-29 00:59", "2026-03-29 01:30", "2026-03-29 01:00", "2026-10-24 23:59", "2026-10-25 00:30", "2026-10-25 02:00"]
    assert shop.rows("order_id, ordered_at") == [(f"A{number}", datetime.fromisoformat(moment)) for number, moment in enumerate(moments)]
    assert set(shop.rows("total, status, expected_delivery_on")) == {(Decimal("1234.50"), "Envoyée", date(2026, 7, 14))}


def test_a_format_with_a_zone_is_honoured(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter=";", timezone="Europe/Paris", timestamp_format="%d/%m/%Y %H:%M %z")
    shop.write("a.csv", f"{HEADER}A;c;01/07/2026 10:00 -0500;1\n")
    shop.load()
    assert shop.rows("ordered_at") == [(datetime(2026, 7, 1, 15),)]


@pytest.mark.parametrize(
    ("text", "granted"),
    [("true", True), ("Yes", True), ("1", True), ("oui", True), ("T", True), ("false", False), ("NO", False), ("0", False), ("non", False), ("off", False)],
)
def test_yes_and_no_in_their_usual_spellings(open_shop: OpenShop, text: str, granted: bool) -> None:
    shop = open_shop(table="consents")
    shop.write("a.csv", f"contact_id,channel,topic,basis,granted,occurred_at\nc,email,all,opt_in,{text},2026-01-01\n")
    shop.load()
    assert shop.rows("granted") == [(granted,)]


def test_every_problem_of_a_row_is_named_in_one_reason(open_shop: OpenShop) -> None:
    shop = open_shop(table="consents", max_reject_rate=1)
    shop.write("a.csv", "contact_id,channel,topic,basis,granted,occurred_at\n,email,all,optin,maybe,2026-01-01\nc,sms,all,opt_in,yes,2026-01-01\n")
    assert shop.load().rejected == 1
    said = "contact_id is missing; basis `optin` is not one of opt_in, existing_customer, transactional; granted `maybe` is neither yes nor no"
    assert shop.refused() == [(2, said)]
    assert shop.warehouse.rows("select row, loaded_at from raw.rejects") == [
        ('{"contact_id":null,"channel":"email","topic":"all","basis":"optin","granted":"maybe","occurred_at":"2026-01-01"}', datetime(2026, 3, 2, 5))
    ]


def test_whole_numbers_are_not_rounded(open_shop: OpenShop) -> None:
    shop = open_shop(table="survey_responses", max_reject_rate=1)
    shop.write("a.csv", "response_id,contact_id,score,occurred_at\nR1,c,9,2026-01-01\nR2,c,9.0,2026-01-01\nR3,c,9.5,2026-01-01\nR4,c,,2026-01-01\n")
    shop.load()
    assert shop.rows("response_id, score") == [("R1", 9), ("R2", 9), ("R4", None)]
    assert shop.refused() == [(4, "score `9.5` is not a whole number")]


def test_an_attribute_that_is_no_object_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop(table="contacts", delimiter=";", quote="", max_reject_rate=1)
    shop.write("a.csv", 'contact_id;attributes\nc1;{"size": 38}\nc2;[38]\nc3;{size\nc4;\n')
    shop.load()
    assert shop.rows("contact_id, attributes ->> 'size'") == [("c1", "38"), ("c4", None)]
    assert shop.refused() == [(3, "attributes `[38]` is not a JSON object"), (4, "attributes `{size` is not a JSON object")]


def test_another_currency_is_refused_row_by_row(open_shop: OpenShop) -> None:
    shop = open_shop(max_reject_rate=1)
    shop.write("a.csv", "order_id,ordered_at,total,currency\nA,2026-01-01,1,eur\nB,2026-01-01,1,USD\nC,2026-01-01,1,\n")
    shop.load()
    assert shop.rows("order_id, currency") == [("A", "EUR"), ("C", None)]
    assert shop.refused() == [(3, "currency `USD` is not EUR, the project's: amounts in several currencies need a rates table")]


def test_a_date_in_the_future_is_judged_by_the_wall_clock_only(open_shop: OpenShop) -> None:
    """A replay loads today's files at the ticks of last year: what comes after a tick is not the future."""
    shop = open_shop(max_reject_rate=1)
    shop.write("a.csv", "order_id,ordered_at,total\nA,2026-03-02 06:00,1\nB,2026-03-03 04:00,1\nC,2026-03-03 06:00,1\n")
    shop.load(now=datetime(2026, 3, 2, 5))
    assert shop.rows("order_id") == [("A",), ("B",)]
    assert shop.refused() == [(4, "ordered_at `2026-03-03 06:00` lies in the future")]
    shop = open_shop()
    assert shop.load().inserted == 3


def test_a_price_may_be_announced(open_shop: OpenShop) -> None:
    shop = open_shop(table="products")
    shop.write("a.csv", "product_id,price,valid_from\np,9.90,2026-12-01\n")
    assert shop.load(now=datetime(2026, 3, 2, 5)).inserted == 1


def test_parquet_keeps_its_types(open_shop: OpenShop) -> None:
    rows: dict[str, Any] = {
        "order_id": "12347.0::double",
        "contact_id": "7::bigint",
        "ordered_at": "timestamptz '2026-07-01 10:00:00+02'",
        "shipped_at": "timestamp '2026-07-01 10:00:00'",
        "total": "12.345::double",
        "status": "'  '",
        "expected_delivery_on": "date '2026-07-03'",
    }
    shop = open_shop(format="parquet", path="*.parquet", timezone="Europe/Paris")
    shop.warehouse.run(f"copy (select {', '.join(f'{value} as {name}' for name, value in rows.items())}) to '{shop.root / 'a.parquet'}'")
    assert shop.load().rejected == 0
    assert shop.rows("order_id, contact_id, ordered_at, shipped_at, total, status, expected_delivery_on") == [
        ("12347", "7", datetime(2026, 7, 1, 8), datetime(2026, 7, 1, 8), Decimal("12.35"), None, date(2026, 7, 3))
    ]
