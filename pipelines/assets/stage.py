"""The operations a run consists of, in order: each makes one or more assets, under Dagster's own job or inside the quarter-hour tick."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from pipelines.assets.nameless import nameless, nameless_errors
from pipelines.assets.run import Run

Metadata = dict[str, Any]
"""What a materialization shows: numbers, words, tables and pictures in markdown, by their heading."""

Result = dg.MaterializeResult[None]

STANDING = ("dagster/row_count", "in_flight")
"""Numbers that say how much is there, not what happened."""


@dataclass(frozen=True)
class Stage:
    """One operation. `work` is called with the open run and gives one result per asset of `specs`, checks included."""

    name: str
    specs: Sequence[dg.AssetSpec]
    work: Callable[[Run], Iterable[Result]]
    checks: Sequence[dg.AssetCheckSpec] = field(default_factory=tuple)


def key(group: str, name: str) -> dg.AssetKey:
    """Return the asset key of something called *name*, which a person may have given a name that Dagster refuses."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return dg.AssetKey([group, plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"])


def asset_of(stage: Stage, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return *stage* as an operation of Dagster. There is no retry policy: what went wrong is tried again by the next tick, under the send ledger."""

    @dg.multi_asset(name=stage.name, specs=stage.specs, check_specs=stage.checks, partitions_def=partitions)
    def operation(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult[None]]:
        with nameless_errors():
            yield from nameless(stage.work(run))

    return operation


def made(run: Run, results: Iterable[Result]) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Yield what one operation made of several assets, for them and their checks to show under the day of the tick."""
    for result in nameless(results):
        assert isinstance(result.asset_key, dg.AssetKey)
        yield dg.AssetMaterialization(result.asset_key, metadata=result.metadata, partition=str(run.day))
        for check in result.check_results or ():
            yield _evaluation(check, result.asset_key)


def is_news(result: Result) -> bool:
    """Return whether something was counted, other than how much is there, or a check failed."""
    counted = [value for name, value in (result.metadata or {}).items() if name not in STANDING and isinstance(value, int)]
    return any(counted) or not counted or not all(check.passed for check in result.check_results or ())


def _evaluation(check: dg.AssetCheckResult, asset: dg.AssetKey) -> dg.AssetCheckEvaluation:
    assert check.check_name is not None
    return dg.AssetCheckEvaluation(
        asset_key=asset,
        check_name=check.check_name,
        passed=check.passed,
        metadata=check.metadata,
        severity=check.severity,
        description=check.description,
    )
