"""Time zones and days as tables, so that local time is a join that every engine understands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Iterable
from zoneinfo import ZoneInfo

from pipelines.warehouse.duckdb import Row, Warehouse

HERE = Path(__file__).parent
FIRST, LAST = datetime(1990, 1, 1), datetime(2046, 1, 1)
BEGINNING, END = datetime(1900, 1, 1), datetime(2100, 1, 1)
WEEK, SECOND = timedelta(weeks=1), timedelta(seconds=1)
COLUMNS = ("zone", "starts_at", "ends_at", "local_starts_at", "local_ends_at", "offset_seconds")


def ensure_zones(warehouse: Warehouse, zones: Iterable[str]) -> None:
    """
    Fill `calendar.zone_offsets` for those of *zones* (IANA names) that it lacks, and `calendar.days`, for 1990 to 2045.

    The first stretch of a zone begins in 1900 and the last ends in 2100, so that a join on an older or later instant loses no row.
    Raises ZoneInfoNotFoundError for a name that is not a zone.
    """
    missing = set(zones) - {row[0] for row in warehouse.rows("select distinct zone from calendar.zone_offsets")}
    if missing:
        stretches = [stretch for zone in sorted(missing) for stretch in _stretches(zone)]
        with warehouse.transaction():
            warehouse.append("calendar.zone_offsets", COLUMNS, stretches)
    warehouse.run(HERE / "calendar_days.sql", first=FIRST.date(), last=LAST.date())


def _stretches(name: str) -> list[Row]:
    """
    Return the rows of one zone, which cut its local time line without gap or overlap.

    The cut lies at the transition read on the clock that is ahead: an hour that is skipped keeps the offset before it and so
    moves forward, an hour that is repeated is its first.
    """
    zone = ZoneInfo(name)
    cuts = _transitions(zone)
    offsets = [_offset(zone, instant) for instant in [FIRST, *cuts]]
    local = [cut + max(before, after) for cut, before, after in zip(cuts, offsets, offsets[1:], strict=False)]
    bounds = zip([BEGINNING, *cuts], [*cuts, END], [BEGINNING + offsets[0], *local], [*local, END + offsets[-1]], offsets, strict=True)
    return [(name, *edges, offset // SECOND) for *edges, offset in bounds]


def _transitions(zone: ZoneInfo) -> list[datetime]:
    found, here = [], FIRST
    while here < LAST:
        if _offset(zone, here) != _offset(zone, here + WEEK):
            found.append(_first_instant_after(zone, here))
        here += WEEK
    return found


def _first_instant_after(zone: ZoneInfo, before: datetime) -> datetime:
    """Return the first second of the week after *before* whose offset is the one at the week's end."""
    low, high = 0, WEEK // SECOND
    changed = _offset(zone, before + WEEK)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, before + middle * SECOND) == changed else (middle, high)
    return before + high * SECOND


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()
