"""Which segments the files change, and who would enter or leave each for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.segments.build import GONE
from pipelines.warehouse.duckdb import Warehouse
from pipelines.workbench.plan_steps import Change
from pipelines.workbench.project_files import ProjectFiles

HERE = Path(__file__).parent
EXAMPLES = 5


@dataclass(frozen=True)
class SegmentChange:
    """
    Members of a segment at the next tick, with the files that ran last and with those of now; examples are contact ids.

    `because` says whether its own file changed or what it reads; `held` why the files of now could not be used for it.
    """

    segment: str
    change: Change
    because: str
    members_before: int
    members_after: int
    entering: int
    leaving: int
    examples_entering: tuple[str, ...]
    examples_leaving: tuple[str, ...]
    held: str


def changed_segments(warehouse: Warehouse, files: ProjectFiles) -> dict[str, Change]:
    """Return the segments whose meaning *files* change, compared with what the ticks of *warehouse* built."""
    stood = {name: mark for name, mark in warehouse.rows(HERE / "plan_definitions.sql") if mark != GONE}
    now = {segment.name: segment.fingerprint for segment in files.segments.segments}
    unusable = set(files.segments.names) - set(now)
    found: dict[str, Change] = {}
    for name in sorted({*stood, *now, *unusable}):
        if name in unusable or name not in now:
            found[name] = "changed" if name in unusable and name in stood else "added" if name in unusable else "removed"
        elif stood.get(name) != now[name]:
            found[name] = "changed" if name in stood else "added"
    return found


def note_members(warehouse: Warehouse, segments: Mapping[str, Change]) -> None:
    """Keep in *warehouse* who belongs to *segments* now, and which of them are held, as tables of its own."""
    _name(warehouse, segments)
    warehouse.run(HERE / "plan_members.sql")


def segment_changes(warehouse: Warehouse, segments: Mapping[str, Change], changed_files: Mapping[str, str]) -> tuple[SegmentChange, ...]:
    """Return what becomes of each of *segments*; the temporary table `members_before` has the members of the other trial."""
    _name(warehouse, segments)
    examples: dict[tuple[str, str], list[str]] = {}
    for name, move, contact in warehouse.rows(HERE / "plan_moves.sql", examples=EXAMPLES):
        examples.setdefault((name, move), []).append(contact)
    counted = {row["segment"]: row for row in warehouse.records(HERE / "plan_sizes.sql")}
    return tuple(
        SegmentChange(
            name, change, "its file" if f"segments_sql/{name}.sql" in changed_files else "what it reads",
            counted[name]["members_before"], counted[name]["members_after"], counted[name]["entering"], counted[name]["leaving"],
            tuple(examples.get((name, "entering"), ())), tuple(examples.get((name, "leaving"), ())), counted[name]["held"] or "",
        )
        for name, change in segments.items()
    )  # fmt: skip


def _name(warehouse: Warehouse, segments: Mapping[str, Change]) -> None:
    warehouse.run("create or replace temp table planned_segments (segment varchar)")
    warehouse.append("planned_segments", ["segment"], [(name,) for name in segments])
