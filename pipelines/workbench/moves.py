"""`migrate:` against the versions that ran: which of its old steps there never were, and whom it moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import Problem, nearest
from pipelines.scenarios.compiled import BEGIN
from pipelines.warehouse.duckdb import Warehouse
from pipelines.workbench.project_files import ProjectFiles

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Move:
    """How many people `migrate` moves from a step of one version to a step of another."""

    scenario: str
    from_version: int
    from_step: str
    to_version: int
    to_step: str
    people: int


def move_problems(warehouse: Warehouse, files: ProjectFiles) -> Iterator[Problem]:
    """Yield the steps that `migrate` leads away from and that no version which ran in *warehouse* has."""
    ran: dict[str, set[str]] = {}
    for scenario, step in warehouse.rows("select distinct scenario, step from journeys.nodes where kind = 'send' order by scenario, step"):
        ran.setdefault(scenario, {BEGIN}).add(step)
    for file in files.scenarios:
        for old in file.scenario.migrate if file.scenario and file.path.stem in ran else ():
            if old not in ran[file.path.stem]:
                text = f"`migrate` moves people who last had `{old}`, which no version that ran sends"
                yield Problem(
                    file.name, file.yaml.line(("migrate", old)), text, nearest(old, ran[file.path.stem]) or f"it sent {', '.join(ran[file.path.stem])}"
                )


def moves(warehouse: Warehouse) -> tuple[Move, ...]:
    """Return whom the ticks of a trial moved with the one set of files and not with the other; `moves_before` has those of the other."""
    return tuple(Move(*row) for row in warehouse.rows(HERE / "plan_moved.sql"))
