"""A tick in a process of its own that kills itself, for real, where it is told to: `python one_tick.py ROOT AS_OF STAGE COUNT`."""

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
from pipelines.settings_file import load_project  # noqa: E402
from pipelines.sources import load as sources  # noqa: E402
from pipelines.warehouse.duckdb import open_warehouse  # noqa: E402
from pipelines.workbench import replay  # noqa: E402
from pipelines.workbench.project_files import read_files  # noqa: E402

STAGES: dict[str, tuple[Any, str]] = {
    "load": (sources, "load_source"), "facts": (replay, "refresh_facts"), "segments": (segments, "build_segment"),
    "walk": (journeys, "_enter"), "outbox": (journeys, "decide"), "commit": (replay, "advance"),
}  # fmt: skip


def killing(work: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Return *work*, after whose *times*-th call this process is no more."""
    left = [times]

    def done(*arguments: Any, **named: Any) -> Any:
        found = work(*arguments, **named)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return done


if __name__ == "__main__":
    root, as_of, stage, times = sys.argv[1:5]
    if stage != "none":
        module, name = STAGES[stage]
        setattr(module, name, killing(getattr(module, name), int(times)))
    project = load_project(Path(root))
    with open_warehouse(project) as warehouse:
        replay.run_tick(warehouse, project, read_files(project), datetime.fromisoformat(as_of))
