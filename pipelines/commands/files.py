"""`check` and `new`: what people write."""

import sys
from dataclasses import asdict
from pathlib import Path

from pipelines.commands.asked import WrongUse, console, project_in, say
from pipelines.errors import shown
from pipelines.workbench.check import check as problems_in
from pipelines.workbench.new import new_project, new_scenario, new_segment


def check(root: Path, *, as_json: bool) -> int:
    """Print every problem of the project in *root*; return 1 where one is an error."""
    problems = problems_in(root)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        say([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            print(problem)
        words = f"{errors} to mend, {len(problems) - errors} to look at" if problems else "all files are well"
        print(words, file=sys.stderr if errors else sys.stdout)
    return 1 if errors else 0


def new(kind: str, name: str, folder: Path | None, *, as_json: bool) -> int:
    """Write the files that a segment, scenario or project begins with; return the exit code."""
    match kind:
        case "project":
            root = (folder or Path.cwd()) / name
            written = new_project(root)
        case "segment":
            root = project_in(folder).root
            written = new_segment(project_in(folder), name)
        case "scenario":
            root = project_in(folder).root
            written = new_scenario(project_in(folder), name)
        case _:
            raise WrongUse(f"`{kind}` is nothing to begin with\n  hint: segment, scenario or project")
    paths = [shown(path, root) for path in written]
    if as_json:
        say(paths)
    else:
        for path in paths:
            console().print(path)
    return 0
