"""Text files: which line a row came from, what is a row, and in which letters."""

import gzip
from datetime import datetime
from decimal import Decimal

import pytest

from tests.sources.shop import OpenShop

GOOD = "".join(f"G{number};2026-01-01;1\n" for number in range(100))


def test_torn_lines_are_refused_with_their_line_and_the_rest_loads(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter=";")
    lines = [
        "order_id;ordered_at;total",
        "A;2026-01-01;1",
        "",
        'B;2026-01-01;"2"',
        "C;2026-01-01;3;4",
        "D;2026-01-01",
        '"E";"2026-01-01";5',
        'F;2026-01-01;"6',
        "G;2026-01-01;x",
    ]
    shop.write("a.csv", "\n".join([*lines, GOOD]))
    load = shop.load()
    assert (load.inserted, load.rejected) == (103, 4)
    assert shop.refused() == [
        (5, "has 4 columns where 3 columns are expected"),
        (6, "has 2 columns where 3 columns are expected"),
        (8, "has a quote that is not closed, or not doubled inside a quoted cell"),
        (9, "total `x` is not a number"),
    ]
    assert shop.warehouse.rows("select row from raw.rejects where line < 9 order by line") == [("C;2026-01-01;3;4",), ("D;2026-01-01",), ('F;2026-01-01;"6',)]


def test_the_line_of_a_row_is_right_after_cells_of_several_lines(open_shop: OpenShop) -> None:
    shop = open_shop(max_reject_rate=1)
    shop.write("a.csv", 'order_id,ordered_at,total,status\nA,2026-01-01,1,"said ""no""\nand left"\n\nB,2026-01-01,x,\nC,2026-01-01,2,"a,b"\n')
    shop.load()
    assert shop.refused() == [(5, "total `x` is not a number")]
    assert shop.rows("order_id, status") == [("A", 'said "no"\nand left'), ("C", "a,b")]


def test_a_quote_that_is_never_closed_costs_one_line(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter=";")
    shop.write("a.csv", f'order_id;ordered_at;total\nA;2026-01-01;"1\n{GOOD}')
    assert shop.load().inserted == 100
    assert shop.refused() == [(2, "has a quote that is not closed, or not doubled inside a quoted cell")]


def test_a_last_line_cut_in_the_middle_is_one_refused_row(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter=";")
    shop.write("a.csv", f"order_id;ordered_at;total\n{GOOD}Z;2026-0")
    assert (shop.load().inserted, shop.refused()) == (100, [(102, "has 2 columns where 3 columns are expected")])


def test_a_quote_inside_a_bare_cell_is_a_letter(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", 'order_id,ordered_at,total,status\nA,2026-01-01,1,5" nails\n')
    shop.load()
    assert shop.rows("status") == [('5" nails',)]


def test_without_quote_character_quotes_are_letters(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter="\t", quote="")
    shop.write("a.csv", 'order_id\tordered_at\ttotal\tstatus\nA\t2026-01-01\t1\t"half\n')
    shop.load()
    assert shop.rows("status") == [('"half',)]


@pytest.mark.parametrize(
    ("encoding", "written"), [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("latin-1", "latin-1"), ("latin-1", "cp1252"), ("utf-16", "utf-16")]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
def test_encodings_and_line_ends(open_shop: OpenShop, encoding: str, written: str, ending: str) -> None:
    shop = open_shop(encoding=encoding, max_reject_rate=1)
    word = "reçue à 10 €" if written != "latin-1" else "reçue à dix"
    shop.write("a.csv", ending.join(["order_id,ordered_at,total,status", f"A,2026-01-01,1,{word}", "B,2026-01-01,x,", ""]), written)
    shop.load()
    assert shop.rows("status") == [(word,)]
    assert shop.refused() == [(3, "total `x` is not a number")]


def test_a_line_in_another_encoding_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop(delimiter=";")
    (shop.root / "a.csv").write_bytes(f"order_id;ordered_at;total\n{GOOD}É;2026-01-01;1\n".encode("latin-1"))
    assert (shop.load().inserted, shop.refused()) == (100, [(102, "is not utf-8 text")])


def test_compressed_files_are_read_as_they_are(open_shop: OpenShop) -> None:
    shop = open_shop(path="*.csv.gz")
    (shop.root / "a.csv.gz").write_bytes(gzip.compress(b"order_id,ordered_at,total\nA,2026-01-01,1\n"))
    assert shop.load().inserted == 1


def test_columns_are_matched_by_name_in_any_case_and_order_and_others_are_noted(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", "Total, ORDER_ID ,ordered_at,zip,zip,\n9.5,A,2026-01-01,44000,75001,x\n")
    shop.load()
    assert shop.rows("order_id, total, contact_id") == [("A", Decimal("9.50"), None)]
    assert shop.warehouse.rows("select status, reason from raw.files") == [("loaded", "columns not used: zip, zip_1, column5")]


def test_without_header_columns_are_numbered(open_shop: OpenShop) -> None:
    shop = open_shop(header=False, mapping="orders.sql")
    shop.write("orders.sql", "select column1 as order_id, column0 as ordered_at, column2 as total from source")
    shop.write("a.csv", "2026-01-01,A,1\n2026-01-02,B,2\n")
    shop.load()
    assert shop.rows("order_id, ordered_at") == [("A", datetime(2026, 1, 1)), ("B", datetime(2026, 1, 2))]


def test_json_lines(open_shop: OpenShop) -> None:
    shop = open_shop(table="site_events", path="*.jsonl", format="jsonl", max_reject_rate=1)
    lines = [
        '{"event_id": 1, "occurred_at": "2026-01-01T10:00:00Z", "name": "page_viewed", "props": {"a": [1, "é"]}}',
        "",
        '{"name": "cart_updated", "occurred_at": "2026-01-01T11:00:00+01:00", "event_id": "E2", "cart_value": 12.50, "contact_id": null, "other": true}',
        '{"event_id": "E3", "occurred_at": "2026-01-01T10:00',
        "[1]",
        "3",
        '{"event_id": "E4", "name": "page_viewed"}',
    ]
    shop.write("a.jsonl", "\n".join(lines))
    shop.load()
    assert shop.rows("event_id, occurred_at, name, cart_value, props") == [
        ("1", datetime(2026, 1, 1, 10), "page_viewed", None, '{"a":[1,"é"]}'),
        ("E2", datetime(2026, 1, 1, 10), "cart_updated", Decimal("12.50"), None),
    ]
    assert shop.refused() == [(4, "is not a JSON object"), (5, "is not a JSON object"), (6, "is not a JSON object"), (7, "occurred_at is missing")]


def test_visitors_without_contact_are_kept(open_shop: OpenShop) -> None:
    shop = open_shop(table="site_events", path="*.jsonl", format="jsonl")
    shop.write("a.jsonl", '{"event_id": "E1", "visitor_id": "v", "occurred_at": "2026-01-01T10:00:00Z", "name": "page_viewed"}\n')
    shop.load()
    assert shop.rows("visitor_id, contact_id") == [("v", None)]


@pytest.mark.parametrize(
    ("name", "text", "note"), [("a.csv", "", "the file is empty"), ("a.csv", "order_id,ordered_at,total\n", "no row"), ("a.jsonl", "\n\n", "no row")]
)
def test_an_empty_file_is_read_and_noted(open_shop: OpenShop, name: str, text: str, note: str) -> None:
    shop = open_shop(path="a.*", format=name.split(".")[1])
    shop.write(name, text)
    load = shop.load()
    assert (load.status, load.files, load.inserted) == ("fresh", 1, 0)
    assert shop.warehouse.rows("select status, rows, reason from raw.files") == [("loaded", 0, note)]
