"""The CDNOW sample, fixed-width text, through a mapping gives the numbers counted independently on the same file."""

from datetime import date
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
END = date(1998, 7, 1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_project("cdnow", "cdnow/CDNOW_sample.txt", tmp_path_factory.mktemp("project") / "cdnow")


@pytest.fixture(scope="module")
def warehouse(project: Project) -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        load_at(warehouse, project, END)
        yield warehouse


def test_the_project_checks(project: Project) -> None:
    assert check_sources(project) == []


def test_contacts_and_their_days_of_purchase(warehouse: Warehouse) -> None:
    assert warehouse.rows("select count(*), min(contact_id), max(contact_id) from raw.contacts") == [(2357, "0001", "2357")]
    assert warehouse.rows("select count(*), count(distinct contact_id), sum(total), count(*) filter (total = 0) > 0 from raw.orders") == [
        (6696, 2357, Decimal("244091.94"), True)
    ]
    assert warehouse.rows("select * from raw.rejects") == []


def test_days_are_american(project: Project, warehouse: Warehouse) -> None:
    newest = warehouse.rows("select min(ordered_at), max(ordered_at) from raw.orders")
    assert newest == [(tick_of_day(project, date(1997, 1, 1)), tick_of_day(project, date(1998, 6, 30)))]


def test_who_bought_once_and_who_came_back(warehouse: Warehouse) -> None:
    per_contact = "select count(*) as days from raw.orders group by contact_id"
    assert warehouse.rows(f"select count(*) filter (days = 1), count(*) filter (days > 1) from ({per_contact})") == [(1218, 1139)]


def test_who_has_not_bought_for_long(project: Project, warehouse: Warehouse) -> None:
    with warehouse.at(tick_of_day(project, END)):
        assert warehouse.rows(HERE / "long_gone.sql") == [(2057, 1842, 1539)]
