"""The four types of the lifecycle never overlap and leave nobody out, whatever the facts and the thresholds."""

from datetime import date, datetime
from typing import Any, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.segments.build import build_segments
from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings_file import load_project
from pipelines.ticks import Tick
from pipelines.warehouse.build import define_params
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.workbench.segment_cases import facts_as_tables, give
from tests.segments.shops import ROOT

AS_OF = datetime(2026, 9, 14, 4)
LIFECYCLE = ("cold_prospects", "hot_prospects", "occasional_customers", "loyal_customers")
COUNTS = st.integers(min_value=0, max_value=5)
INSTANTS = st.none() | st.datetimes(min_value=datetime(2024, 1, 1), max_value=AS_OF)
THRESHOLDS = st.fixed_dictionaries({"hot_product_views": COUNTS, "hot_clicks": COUNTS, "loyal_orders": COUNTS})
CONTACTS = st.lists(
    st.fixed_dictionaries(
        {
            "order_count": COUNTS,
            "orders_365d": COUNTS,
            "newsletter": st.booleans(),
            "has_account": st.booleans(),
            "last_quote_at": INSTANTS,
            "last_cart_at": INSTANTS,
            "product_views_30d": COUNTS,
            "clicks_90d": COUNTS,
        }
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def files() -> SegmentFiles:
    read = read_segments(load_project(ROOT))
    return SegmentFiles(tuple(segment for segment in read.segments if segment.name in LIFECYCLE), {}, {})


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as opened:
        facts_as_tables(opened)
        yield opened


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=CONTACTS, thresholds=THRESHOLDS)
def test_everybody_is_of_exactly_one_type(files: SegmentFiles, warehouse: Warehouse, contacts: list[dict[str, Any]], thresholds: dict[str, int]) -> None:
    define_params(warehouse.connection, thresholds)
    warehouse.run("delete from facts.contacts")
    give(warehouse, "facts.contacts", [{"contact_id": f"c{number}", **contact} for number, contact in enumerate(contacts)], AS_OF)
    with warehouse.at(AS_OF):
        built = build_segments(warehouse, files, Tick(AS_OF, date(2026, 9, 14), AS_OF))
    assert [segment.status for segment in built] == ["built"] * 4
    members = [contact for (contact,) in warehouse.rows("select contact_id from segments.members order by contact_id")]
    assert members == sorted(f"c{number}" for number in range(len(contacts)))
