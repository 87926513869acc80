"""The calendar: zones as stretches of constant offset, and days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse

ZONES = ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "UTC"]
INSTANTS = [datetime(1990, 1, 1) + timedelta(hours=hours) for hours in range(0, 56 * 8766, 97)]
OFFSET = "select offset_seconds from calendar.zone_offsets where zone = $zone and $at >= starts_at and $at < ends_at"
LOCAL = "select offset_seconds from calendar.zone_offsets where zone = $zone and $at >= local_starts_at and $at < local_ends_at"


@pytest.fixture
def calendar(warehouse: Warehouse) -> Warehouse:
    warehouse.run("delete from calendar.zone_offsets")
    ensure_zones(warehouse, ZONES)
    return warehouse


@pytest.mark.parametrize("zone", ZONES)
def test_offsets_are_those_of_the_zone_database(calendar: Warehouse, zone: str) -> None:
    expected = [instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() for instant in INSTANTS]
    calendar.run("create or replace temp table instants as select unnest($instants) as instant", instants=INSTANTS)
    on = "o.zone = $zone and i.instant >= o.starts_at and i.instant < o.ends_at"
    join = f"select o.offset_seconds from instants i join calendar.zone_offsets o on {on} order by i.instant"
    assert [timedelta(seconds=row[0]) for row in calendar.rows(join, zone=zone)] == expected


@pytest.mark.parametrize("line", ["starts_at", "local_starts_at"], ids=["UTC", "local"])
def test_stretches_cut_time_without_gap_or_overlap(calendar: Warehouse, line: str) -> None:
    end = line.replace("starts", "ends")
    cuts = f"select {line} as here, {end} as there, lag({end}) over (partition by zone order by {line}) as before from calendar.zone_offsets"
    assert calendar.value(f"select count(*) from ({cuts}) where before <> here or here >= there") == 0


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Paris", "2026-03-29 01:59", "2026-03-29 00:59"),
        ("Europe/Paris", "2026-03-29 02:30", "2026-03-29 01:30"),
        ("Europe/Paris", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("Europe/Paris", "2026-10-25 02:30", "2026-10-25 00:30"),
        ("Europe/Paris", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31 18:15"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),
        ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00"),
    ],
)
def test_a_skipped_hour_moves_forward_and_a_repeated_one_is_its_first(calendar: Warehouse, zone: str, local: str, utc: str) -> None:
    at = datetime.fromisoformat(local)
    assert at - timedelta(seconds=calendar.value(LOCAL, zone=zone, at=at)) == datetime.fromisoformat(utc)


def test_moments_outside_the_years_of_the_calendar_still_have_an_offset(calendar: Warehouse) -> None:
    assert [calendar.value(OFFSET, zone="Europe/Paris", at=datetime(year, 1, 1)) for year in (1910, 2099)] == [3600, 3600]


def test_every_day_is_there_once(calendar: Warehouse) -> None:
    ensure_zones(calendar, ["UTC"])
    assert calendar.rows("select min(day), max(day), count(*), count(distinct day) from calendar.days") == [
        (date(1990, 1, 1), date(2045, 12, 31), 20_454, 20_454)
    ]
    assert calendar.value("select isodow from calendar.days where day = date '2026-03-01'") == 7


def test_what_is_no_zone_is_an_error_that_changes_nothing(calendar: Warehouse) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        ensure_zones(calendar, ["Asia/Tokyo", "Mars/Olympus"])
    assert calendar.value("select count(*) from calendar.zone_offsets where zone = 'Asia/Tokyo'") == 0
