"""Every file that cannot be used is refused with a reason its owner can act on; the exact words stand beside it in expected.txt."""

import os
import shutil
import tomllib
from pathlib import Path
from typing import Iterator

import pytest

from pipelines.errors import BadFiles
from pipelines.warehouse.duckdb import Warehouse
from tests.sources.shop import OpenShop, Shop

CASES = sorted(path for path in (Path(__file__).parent / "bad_files").iterdir() if path.is_dir())
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write expected.txt anew, then read what changed."""
GOOD = "order_id,contact_id,ordered_at,total\nA,c,2026-01-01,1\n"


def outcome(shop: Shop) -> str:
    try:
        load = shop.load()
    except BadFiles as bad:
        return f"{bad}\n"
    said = [f"{load.status}{f': {load.reason}' if load.reason else ''}", f"{load.inserted} rows loaded, {load.rejected} refused", *notes(shop.warehouse)]
    return "\n".join(said) + "\n"


def notes(warehouse: Warehouse) -> Iterator[str]:
    for file, status, reason in warehouse.rows("select file, status, reason from raw.files order by file"):
        yield f"raw.files: {file} {status}{f', {reason}' if reason else ''}"
    for file, line, reason in warehouse.rows("select file, line, reason from raw.rejects order by file, line, reason"):
        yield f"raw.rejects: {file}{f':{line}' if line else ''}: {reason}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_the_words_beside_it(case: Path, open_shop: OpenShop, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path, dirs_exist_ok=True)
    settings = case / "source.toml"
    said = outcome(open_shop(**tomllib.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}))
    if RECORD:
        (case / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (case / "expected.txt").read_text(encoding="utf-8")


def test_yesterdays_rows_stay_when_todays_file_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", GOOD)
    shop.load()
    before = shop.rows("*")
    shop.write("a.csv", "order_id;contact_id;ordered_at;total\nB;c;2026-01-01;1\n")
    assert shop.load().status == "refused"
    assert shop.rows("*") == before


def test_a_refused_file_is_not_read_again_until_it_or_its_settings_change(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", "order_id;contact_id;ordered_at;total\nB;c;2026-01-01;1\n")
    first, before = shop.load(), shop.contents()
    assert (shop.load(), shop.contents()) == (first, before)
    mended = Shop(shop.warehouse, shop.root, {"delimiter": ";"}, "Europe/Paris")
    load = mended.load()
    assert (load.status, load.inserted, load.files) == ("fresh", 1, 2)
    assert mended.refused() == []


def test_a_file_of_another_encoding_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", GOOD, "utf-16")
    assert shop.load().reason == 'a.csv is utf-16 by its first bytes, but the source says encoding = "utf-8"'
    shop = open_shop(encoding="latin-1")
    shop.write("a.csv", GOOD.replace("c,", "é,"), "utf-8")
    assert shop.load().reason == 'a.csv is UTF-8 text, but the source says encoding = "latin-1"'
    shop = open_shop()
    shop.write("a.csv", GOOD + "".join(f"B{number},é,2026-01-01,1\n" for number in range(3)), "latin-1")
    assert shop.load().reason == "a.csv has 3 unreadable rows of 4, more than max_reject_rate = 0.05 allows; the first, in line 3: is not utf-8 text"


def test_a_parquet_file_cut_short_is_refused_and_the_others_load(open_shop: OpenShop) -> None:
    shop = open_shop(format="parquet", path="*.parquet")
    query = "select 'A' || i as order_id, timestamp '2026-01-01' as ordered_at, 1 as total, md5(cast(i as varchar)) as status from range(9999) as t (i)"
    for name in ("a", "b", "c"):
        shop.warehouse.run(f"copy ({query}) to '{shop.root / name}.parquet'")
    whole = (shop.root / "a.parquet").read_bytes()
    (shop.root / "a.parquet").write_bytes(whole[: len(whole) // 2])
    (shop.root / "b.parquet").write_bytes(whole[:9000] + bytes(100_000) + whole[109_000:])
    load = shop.load()
    assert (load.status, load.inserted) == ("refused", 9999)
    reasons = shop.warehouse.rows("select file, reason from raw.files where status = 'refused' order by file")
    assert reasons[0] == ("a.parquet", "is a Parquet file cut short: its end is missing")
    assert reasons[1][0] == "b.parquet"
    assert reasons[1][1].startswith("cannot be read: ")


def test_a_file_that_disappears_or_is_closed_to_us_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop()
    (shop.root / "gone.csv").symlink_to(shop.root / "nowhere")
    first = shop.load()
    assert first.reason == "gone.csv cannot be read: No such file or directory"
    assert shop.load() == first
    shop.write("nowhere", GOOD)
    assert shop.load().status == "fresh"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", GOOD)
    (shop.root / "a.csv").chmod(0)
    assert shop.load().reason == "a.csv cannot be read: Permission denied"
