"""The Online Retail export, through settings and SQL alone, gives the numbers counted independently on the same file."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Iterator

import pytest

from pipelines.settings import Project
from pipelines.sources.contract_check import check_sources
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.projects.real_data import load_at, real_project

HERE = Path(__file__).parent
LAST = date(2011, 8, 31)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_project("online_retail", "online_retail/*.parquet", tmp_path_factory.mktemp("project") / "online_retail")


@pytest.fixture(scope="module")
def warehouse(project: Project) -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        load_at(warehouse, project, LAST + timedelta(days=1))
        yield warehouse


def test_the_project_checks(project: Project) -> None:
    assert check_sources(project) == []


def test_everything_loads_and_nothing_is_refused(warehouse: Warehouse) -> None:
    counts = dict(warehouse.rows("select source, inserted from raw.loads where status = 'fresh' and rejected = 0 and replaced = 0"))
    assert counts == {"contacts": 3360, "orders": 11_413, "order_lines": 226_467, "refunds": 2427}
    assert warehouse.rows("select * from raw.rejects") == []


def test_orders_are_those_of_the_clean_set(warehouse: Warehouse) -> None:
    assert warehouse.rows("select count(distinct contact_id), count(*), sum(total) from raw.orders") == [(3317, 11_413, Decimal("5239240.56"))]
    per_contact = "select count(*) as orders from raw.orders group by contact_id"
    shares = "select count(*) filter (orders = 1), count(*) filter (orders >= 2), count(*) filter (orders >= 3), count(*) filter (orders >= 10), max(orders)"
    assert warehouse.rows(f"{shares} from ({per_contact})") == [(1376, 1941, 1290, 195, 127)]


def test_lines_add_up_to_their_orders(warehouse: Warehouse) -> None:
    lines = "select order_id, round(sum(quantity * unit_price), 2) as total, count(*) as lines, max(line_no) as last from raw.order_lines group by order_id"
    assert (
        warehouse.value(f"select count(*) from raw.orders o join ({lines}) l on l.order_id = o.order_id and l.total = o.total and l.lines = l.last") == 11_413
    )


def test_contacts_have_countries_of_two_letters(warehouse: Warehouse) -> None:
    countries = dict(warehouse.rows("select country, count(*) from raw.contacts group by country"))
    assert len(countries) == 34
    assert countries[None] == 5
    assert countries["IE"] == 3


@pytest.mark.parametrize(
    ("contact", "orders", "total", "refunded"),
    [("12346", 1, "77183.60", "77183.60"), ("12347", 5, "2790.86", None), ("14646", 40, "176355.94", None)],
)
def test_single_contacts(warehouse: Warehouse, contact: str, orders: int, total: str, refunded: str | None) -> None:
    assert warehouse.rows("select count(*), sum(total) from raw.orders where contact_id = $contact", contact=contact) == [(orders, Decimal(total))]
    if refunded:
        amount = warehouse.rows("select amount, refunded_at from raw.refunds where contact_id = $contact", contact=contact)
        assert amount == [(Decimal(refunded), datetime(2011, 1, 18, 10, 17))]


AS_OF = {
    date(2011, 2, 28): (1682, 3384, 1021, 361, 0, 0, 445, 0, 380),
    date(2011, 3, 31): (2134, 4705, 1247, 510, 358, 0, 671, 0, 452),
    date(2011, 5, 31): (2718, 7409, 1332, 827, 759, 19, 1199, 59, 284),
    date(2011, 6, 30): (2960, 8802, 1357, 988, 991, 22, 1330, 236, 242),
    date(2011, 8, 31): (3317, 11_413, 1376, 1290, 1394, 11, 1834, 545, 169),
}


@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_orders_as_of_a_day(project: Project, warehouse: Warehouse, day: date) -> None:
    with warehouse.at(tick_of_day(project, day + timedelta(days=1))):
        assert warehouse.rows(HERE / "as_of.sql", day=day) == [AS_OF[day]]


def test_the_same_file_loaded_again_changes_nothing(project: Project, warehouse: Warehouse) -> None:
    tables = ("contacts", "orders", "order_lines", "refunds", "files")
    before = [warehouse.rows(f"select count(*), max(loaded_at) from raw.{table}") for table in tables]
    loads = load_at(warehouse, project, LAST + timedelta(days=2))
    assert [(load.files, load.inserted, load.replaced) for load in loads] == [(0, 0, 0)] * 4
    assert [warehouse.rows(f"select count(*), max(loaded_at) from raw.{table}") for table in tables] == before
