"""One small shop that the tests of a run share: written once, only read."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.settings import Project
from tests.sample.shops import read_back, shop_project, write_all


@pytest.fixture(scope="session")
def parquet_shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = shop_project(tmp_path_factory.mktemp("shop"), parquet=True)
    write_all(project)
    return project


@pytest.fixture(scope="session")
def tables(parquet_shop: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with read_back(parquet_shop) as connection:
        yield connection
