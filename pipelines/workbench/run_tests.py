"""Every case of a project, run: what `relance test` shows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.scenarios.compiled import Compiled
from pipelines.settings import Project
from pipelines.workbench import scenario_cases, segment_cases
from pipelines.workbench.project_files import ProjectFiles
from pipelines.workbench.record import record
from pipelines.workbench.scenario_cases import cases_path, run_cases, unreached
from pipelines.workbench.segment_cases import cases_folder, run_segment_cases


@dataclass(frozen=True)
class CasesRun:
    """What became of the cases of one segment or scenario: how many there are, and what is wrong, one line each."""

    name: str
    cases: int
    problems: tuple[str, ...]


def run_tests(project: Project, files: ProjectFiles, names: Sequence[str] = (), *, recording: bool = False) -> Iterator[CasesRun]:
    """
    Yield what the cases of *names*, or of everything, give; with *recording* what they gave is written into the files that differ.

    Raises BadFiles for a name that is neither a segment nor a scenario.
    """
    scenarios = {compiled.scenario: compiled for compiled in files.compiled}
    known = {*files.segments.names, *(file.path.stem for file in files.scenarios)}
    if strangers := [name for name in names if name not in known]:
        raise BadFiles(Problem(name, None, "is neither a segment nor a scenario", nearest(name, known)) for name in strangers)
    for name in names or sorted(known):
        if name in files.segments.names:
            yield _tested(name, partial(_segment, project, files, name, recording=recording))
        if name in scenarios:
            yield _tested(name, partial(_scenario, project, scenarios[name], recording=recording))
        elif name not in files.segments.names:
            yield CasesRun(name, 0, (f"{name}: its file cannot be used: `relance check` says why",))


def _tested(name: str, run: Callable[[], CasesRun]) -> CasesRun:
    try:
        return run()
    except BadFiles as bad:
        return CasesRun(name, 0, tuple(map(str, bad.problems)))


def _segment(project: Project, files: ProjectFiles, name: str, *, recording: bool) -> CasesRun:
    path = cases_folder(project) / f"{name}.yaml"
    if not path.exists():
        return CasesRun(name, 0, (f"{shown(path, project.root)}: segment {name} has no cases\n  hint: write one: docs/cases.md shows how",))
    results = run_segment_cases(project, files.segments, [name])
    if recording:
        _record(path, results)
    return CasesRun(name, len(results), tuple(str(each) for each in results if not each.passed))


def _record(path: Path, results: Iterable[scenario_cases.CaseResult | segment_cases.CaseResult]) -> None:
    if happened := {each.number: each.happened for each in results if not each.passed and each.happened}:
        record(path, happened)


def _scenario(project: Project, compiled: Compiled, *, recording: bool) -> CasesRun:
    results = run_cases(project, compiled)
    path = cases_path(project, compiled.scenario)
    if recording:
        _record(path, results)
    missed = [f"{shown(path, project.root)}: no case passes the step `{step}`\n  hint: add one that gets there" for step in unreached(compiled, results)]
    return CasesRun(compiled.scenario, len(results), (*(str(each) for each in results if not each.passed), *missed))
