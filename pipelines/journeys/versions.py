"""Compiled scenarios → rows of `journeys`: a change of meaning makes a new version, people in flight keep theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipelines.scenarios.compiled import AlternativeRow, Compiled, ConditionRow, Entry, Node, TriggerRow, WindowRow, names, values
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
Row = TypeVar("Row")


@dataclass(frozen=True)
class Published:
    """A version of a scenario as the ticks run it."""

    scenario: str
    version: int
    fingerprint: str
    entry: Entry
    trigger: TriggerRow
    nodes: tuple[Node, ...]
    conditions: tuple[ConditionRow, ...]


def publish(warehouse: Warehouse, scenarios: Sequence[Compiled], tick: Tick, held: Mapping[str, str]) -> None:
    """
    Write what is new about *scenarios* and how each stands in this tick; *held* gives the reason of those held.

    A scenario whose file is gone stands as `removed`: nobody enters, people in flight are ejected. One that *held* names
    but *scenarios* lack has a file that cannot be used: it stands as before, and waits.
    """
    latest = {row[0]: (row[1], row[2]) for row in warehouse.rows(HERE / "latest_versions.sql")}
    current: dict[str, int] = {}
    for compiled in scenarios:
        version, fingerprint = latest.get(compiled.scenario, (0, ""))
        changed = fingerprint != compiled.fingerprint
        current[compiled.scenario] = version + 1 if changed else version
        if changed:
            _write(warehouse, compiled, current[compiled.scenario], tick)
    stands = [(each.scenario, current[each.scenario], each.state, held.get(each.scenario)) for each in scenarios]
    before = warehouse.rows("select scenario, version, state from journeys.states order by scenario")
    stands += [(*row, held[row[0]]) for row in before if row[0] in held and row[0] not in current]
    warehouse.run("create or replace temp table stands (scenario varchar, version bigint, state varchar, held varchar)")
    warehouse.append("stands", ["scenario", "version", "state", "held"], stands)
    warehouse.run(HERE / "states.sql", as_of=tick.as_of)
    moves = [(each.scenario, *move) for each in scenarios for move in each.moves]
    warehouse.run("create or replace temp table moves (scenario varchar, from_step varchar, to_step varchar)")
    warehouse.append("moves", ["scenario", "from_step", "to_step"], moves)


def _write(warehouse: Warehouse, compiled: Compiled, version: int, tick: Tick) -> None:
    key = (compiled.scenario, version)
    known = {row[0] for row in warehouse.rows("select distinct window_id from journeys.windows")}
    versions = ["scenario", "version", "fingerprint", "first_as_of", *names(Entry)]
    warehouse.append("journeys.versions", versions, [(*key, compiled.fingerprint, tick.as_of, *values(compiled.entry))])
    warehouse.append("journeys.triggers", ["scenario", "version", *names(TriggerRow)], [(*key, *values(compiled.trigger))])
    warehouse.append("journeys.nodes", ["scenario", "version", *names(Node)], [(*key, *values(node)) for node in compiled.nodes])
    warehouse.append("journeys.conditions", ["scenario", "version", *names(ConditionRow)], [(*key, *values(row)) for row in compiled.conditions])
    warehouse.append("journeys.alternatives", ["scenario", "version", *names(AlternativeRow)], [(*key, *values(row)) for row in compiled.alternatives])
    warehouse.append("journeys.windows", names(WindowRow), [values(row) for row in compiled.windows if row.window_id not in known])


def published(warehouse: Warehouse) -> list[Published]:
    """Return every version of every scenario that ran, by name and number."""
    return [version_of(warehouse, *row) for row in warehouse.rows("select scenario, version from journeys.versions order by scenario, version")]


def version_of(warehouse: Warehouse, scenario: str, version: int) -> Published:
    """Return one version that ran."""
    key = {"scenario": scenario, "version": version}
    [row] = warehouse.records("select * from journeys.versions where scenario = $scenario and version = $version", **key)
    [trigger] = warehouse.records("select * from journeys.triggers where scenario = $scenario and version = $version", **key)
    nodes = warehouse.records("select * from journeys.nodes where scenario = $scenario and version = $version order by node", **key)
    conditions = warehouse.records("select * from journeys.conditions where scenario = $scenario and version = $version order by condition", **key)
    return Published(
        scenario, version, row["fingerprint"], _typed(Entry, row), _typed(TriggerRow, trigger),
        tuple(_typed(Node, each) for each in nodes), tuple(_typed(ConditionRow, each) for each in conditions),
    )  # fmt: skip


def _typed(kind: type[Row], row: Mapping[str, Any]) -> Row:
    return kind(**{name: row[name] for name in names(kind)})
