"""
A tick killed, for real: `python killed_tick.py ROOT AS_OF STAGE...` runs it once for each stage, to the end for `none`.

Each run is a fork of this process, which has only read its modules and the project's files: reading them takes longer than the tick. Prints how each one ended.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipelines.journeys import advance as journeys  # noqa: E402
from pipelines.segments import build as segments  # noqa: E402
from pipelines.settings import Project  # noqa: E402
from pipelines.settings_file import load_project  # noqa: E402
from pipelines.sources import load as sources  # noqa: E402
from pipelines.warehouse.duckdb import open_warehouse  # noqa: E402
from pipelines.workbench import replay  # noqa: E402
from pipelines.workbench.project_files import ProjectFiles, read_files  # noqa: E402

STAGES: dict[str, tuple[Any, str, int]] = {
    "the first load": (sources, "load_source", 1), "the last load": (sources, "load_source", 9), "facts": (replay, "refresh_facts", 1),
    "what is bought together": (replay, "refresh_bought_together", 1),
    "the first segment": (segments, "build_segment", 1), "a later segment": (segments, "build_segment", 8),
    "the walk": (journeys, "_enter", 1), "the outbox": (journeys, "decide", 1), "the commit": (replay, "advance", 1),
}  # fmt: skip
"""After which call of what the process is no more."""


def killing(work: Callable[..., Any], times: int) -> Callable[..., Any]:
    left = [times]

    def done(*arguments: Any, **named: Any) -> Any:
        found = work(*arguments, **named)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return done


def tick(project: Project, files: ProjectFiles, as_of: datetime, stage: str) -> None:
    if stage != "none":
        module, name, times = STAGES[stage]
        setattr(module, name, killing(getattr(module, name), times))
    with open_warehouse(project) as warehouse:
        replay.run_tick(warehouse, project, files, as_of)


def main(root: Path, as_of: datetime, stages: list[str]) -> None:
    project = load_project(root)
    files = read_files(project)
    for stage in stages:
        child = os.fork()
        if not child:
            tick(project, files, as_of, stage)
            os._exit(0)
        print(-os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), stage)


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:])
