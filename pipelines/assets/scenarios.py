"""Scenarios as assets: what each file says, and what the tick did to it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets import described
from pipelines.assets.charts import bars
from pipelines.assets.keys import fact_keys, sources_of
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, key
from pipelines.errors import Problem
from pipelines.facts.sources import behind_activities
from pipelines.scenarios.files import ScenarioFile
from pipelines.settings import Project

HERE = Path(__file__).parent
HISTORY = 14
RULES = {
    "file": "The file and the templates of its messages can be used. Otherwise the scenario waits, or drops the messages that cannot be written.",
    "not_held": "No late source, segment that could not be built, or guard keeps the scenario waiting in this tick.",
    "everybody_accounted_for": "Entered = ended + in flight, over the whole history of the scenario.",
}
Row = dict[str, Any]


def scenario_names(wiring: Wiring) -> list[str]:
    return sorted({file.path.stem for file in wiring.files.scenarios})


def scenario_spec(wiring: Wiring, name: str) -> dg.AssetSpec:
    file = _file(wiring, name)
    scenario, compiled = file.scenario, file.compiled
    deps = (
        {
            *fact_keys(),
            *sources_of(wiring.project, behind_activities(compiled.activities) | compiled.tables),
            *(key("segments", each) for each in compiled.segments),
        }
        if compiled
        else set()
    )
    bad = [problem for problem in _problems(wiring, name) if problem.severity == "error"]
    words = scenario.description if scenario else ""
    wrong = described.code("text", "\n".join(map(str, bad))) if bad else ""
    return dg.AssetSpec(
        key("scenarios", name),
        deps=deps,
        group_name="scenarios",
        kinds={"yaml", "duckdb"},
        owners=described.owners(scenario.owner) if scenario else [],
        description="\n\n".join(filter(None, [words, wrong, described.code("yaml", _text(file.path))])),
        tags=described.tags(stage=scenario.stage, category=scenario.category, status=scenario.status, topic=scenario.topic) if scenario else {},
        metadata={
            "dagster/code_references": described.from_file(file.path, next((problem.line for problem in bad if problem.line and problem.file == file.name), 1))
        },
    )


def scenario_checks(name: str) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(rule, asset=key("scenarios", name), description=words) for rule, words in RULES.items()]


def scenario_results(run: Run) -> list[Result]:
    """Return what the tick did to every scenario, its checks included."""
    figures = _by_scenario(run.warehouse.records(HERE / "scenario_figures.sql", as_of=run.as_of, limit=HISTORY))
    decisions = _by_scenario(run.warehouse.records(HERE / "scenario_decisions.sql", as_of=run.as_of))
    balance = {row["scenario"]: row for row in run.warehouse.records(HERE / "scenario_balance.sql")}
    return [
        Result(
            asset_key=key("scenarios", name),
            metadata=_metadata(name, figures.get(name, []), decisions.get(name, [])),
            check_results=_checks(run, name, figures.get(name, []), balance.get(name)),
        )
        for name in scenario_names(run.wiring)
    ]


def _metadata(name: str, figures: Sequence[Row], decisions: Sequence[Row]) -> Metadata:
    if not figures:
        return {"state": "it has never run"}
    now = figures[-1]
    labels = [f"{row['as_of']:%d %b}" for row in figures]
    due = [(status, [row[status] for row in figures]) for status in ("to_send", "held", "dropped")]
    moves = [(status, [row[status] for row in figures]) for status in ("entered", "ended")]
    return {
        "dagster/row_count": now["in_flight"],
        "state": now["state"],
        **{column: now[column] for column in ("entered", "refused", "ended", "converted", "in_flight", "due", "to_send", "held", "dropped")},
        "messages due": dg.MetadataValue.md(bars(labels, due, f"Messages of {name} that fell due")),
        "contacts": dg.MetadataValue.md(bars(labels, moves, f"Contacts who entered and ended {name}")),
        "decisions of the tick": described.shown_rows([{column: row[column] for column in ("step", "outcome", "reason", "contacts")} for row in decisions]),
    }


def _checks(run: Run, name: str, figures: Sequence[Row], balance: Row | None) -> list[dg.AssetCheckResult]:
    asset = key("scenarios", name)
    bad = [problem for problem in _problems(run.wiring, name) if problem.severity == "error"]
    state = figures[-1]["state"] if figures and figures[-1]["as_of"] == run.as_of else ""
    held = state.removeprefix("held: ") if state.startswith("held: ") else ""
    counts = {column: balance[column] if balance else 0 for column in ("entered", "ended", "in_flight")}
    return [
        dg.AssetCheckResult(asset_key=asset, check_name="file", passed=not bad, description="\n".join(map(str, bad)) or None),
        dg.AssetCheckResult(asset_key=asset, check_name="not_held", passed=not held, description=held or None),
        dg.AssetCheckResult(
            asset_key=asset, check_name="everybody_accounted_for", passed=counts["entered"] == counts["ended"] + counts["in_flight"], metadata=counts
        ),
    ]  # fmt: skip


def _file(wiring: Wiring, name: str) -> ScenarioFile:
    return next(file for file in wiring.files.scenarios if file.path.stem == name)


def _problems(wiring: Wiring, name: str) -> list[Problem]:
    """Return what is wrong with the scenario's files, and with the templates of the messages it sends."""
    files = [file for file in wiring.files.scenarios if file.path.stem == name]
    messages = {message for file in files if file.compiled for message in file.compiled.messages}
    folders = tuple(f"{_folder(wiring.project)}/{message}/" for message in messages)
    templates = [problem for problem in wiring.files.messages.problems if problem.file.startswith(folders)]
    return [*(problem for file in files for problem in file.problems), *templates]


def _folder(project: Project) -> str:
    return project.messages_folder.relative_to(project.root).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _by_scenario(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["scenario"], []).append(row)
    return found
