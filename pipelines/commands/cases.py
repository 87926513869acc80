"""`test`: the cases that say what segments and scenarios are meant to do."""

import sys
from collections.abc import Sequence
from dataclasses import asdict

from pipelines.commands.asked import progress, say
from pipelines.settings import Project
from pipelines.workbench.project_files import read_files
from pipelines.workbench.run_tests import CasesRun, run_tests


def run_cases(project: Project, names: Sequence[str], *, recording: bool, as_json: bool) -> int:
    """Run the cases of *names*, or all; return 1 where one fails, or a step of a scenario is passed by none."""
    found: list[CasesRun] = []
    with progress() as bar:
        task = bar.add_task("cases", total=None)
        for tested in run_tests(project, read_files(project), names, recording=recording):
            found.append(tested)
            bar.update(task, advance=1, description=tested.name)
    failing = sum(bool(tested.problems) for tested in found)
    if as_json:
        say([asdict(tested) for tested in found])
        return 1 if failing else 0
    for problem in (problem for tested in found for problem in tested.problems):
        print(problem)
    cases = sum(tested.cases for tested in found)
    if failing and recording:
        print(f"what happened is written into the case files of {failing} of {len(found)}: read it before you keep it", file=sys.stderr)
    elif failing:
        print(f"{failing} of {len(found)} are not as their cases say", file=sys.stderr)
    else:
        print(f"{cases} cases of {len(found)} segments and scenarios: all as expected")
    return 1 if failing else 0
