"""Every due message becomes to_send, held or dropped, with one reason."""

from datetime import timedelta
from pathlib import Path

from pipelines.durations import spoken
from pipelines.outbox.possible import judge_options
from pipelines.settings import Cap, Project
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
LONGEST = {"day": 2, "week": 8, "month": 32}
CAP_COLUMNS = ["name", "channel", "topic", "segment", "at_most", "clock", "unit", "seconds", "zone", "span"]


def decide(warehouse: Warehouse, project: Project, tick: Tick) -> int:
    """
    Decide the messages of the temporary table `due`, write them to outbox.messages and leave them in `decided`.

    Returns how many were due. All of them compete in one ranking; caps are judged one turn a contact.
    """
    due = int(warehouse.value("select count(*) from due"))
    settings = project.settings
    _write_caps(warehouse, settings.caps)
    _write_channels(warehouse)
    common = {
        "as_of": tick.as_of, "send": tick.send, "zone": settings.project.timezone, "locale": settings.project.locale,
        "longest_cap": max((_seconds(cap) for cap in settings.caps), default=0),
    }  # fmt: skip
    judge_options(warehouse, project)
    warehouse.run(HERE / "decide.sql", **common)
    for turn in range(1, int(warehouse.value("select coalesce(max(turn), 0) from ranked")) + 1):
        warehouse.run(HERE / "turn.sql", turn=turn)
    warehouse.run(HERE / "publish.sql", **common)
    return due


def _write_caps(warehouse: Warehouse, caps: list[Cap]) -> None:
    warehouse.run("""create or replace temp table caps (
        name varchar, channel varchar, topic varchar, segment varchar, at_most bigint, clock varchar, unit varchar, seconds bigint, zone varchar,
        span varchar)""")
    warehouse.append(
        "caps",
        CAP_COLUMNS,
        [(c.name, c.channel, c.topic, c.segment, c.at_most, c.clock, c.per if isinstance(c.per, str) else "day", _seconds(c), c.zone, _span(c)) for c in caps],
    )


def _write_channels(warehouse: Warehouse) -> None:
    """Preference lists such as `push,sms,email`, one row per channel with its place; `preferred` puts the channel first that a contact answers."""
    lists = [row[0] for row in warehouse.rows("select distinct channels from due order by channels")]
    warehouse.run("create or replace temp table channels (channels varchar, channel varchar, place bigint, answered_first boolean)")
    named = [
        (text, channel, place, "preferred" in text.split(",")) for text in lists for place, channel in enumerate(text.split(",")) if channel != "preferred"
    ]
    warehouse.append("channels", ["channels", "channel", "place", "answered_first"], named)


def _span(cap: Cap) -> str:
    return f"a {cap.per}" if isinstance(cap.per, str) else spoken(cap.per)


def _seconds(cap: Cap) -> int:
    length = cap.per if isinstance(cap.per, timedelta) else timedelta(days=LONGEST[cap.per])
    return int(length.total_seconds())
