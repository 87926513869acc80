"""A daily run in a process of its own that kills itself, for real, before it decides anything: `python killed_run.py ROOT`."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipelines.assets import journeys  # noqa: E402
from pipelines.assets.tags import CLI, TRIGGER  # noqa: E402
from pipelines.settings_file import load_project  # noqa: E402
from tests.assets.small_shop import Day  # noqa: E402


def killed(*arguments: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    vars(journeys)["advance"] = killed
    Day(load_project(Path(sys.argv[1])), recorded=True).daily(**{TRIGGER: CLI})
