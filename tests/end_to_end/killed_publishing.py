"""
A daily run killed, for real, while it tells people: `python killed_publishing.py ROOT MOMENT...` runs the second day of the small shop once for each moment, a minute later each.

Each run is a fork of this process, which has only read its modules: reading them takes longer than the run. Prints how each one ended.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipelines.assets.tags import NOW  # noqa: E402
from pipelines.results import write  # noqa: E402
from pipelines.settings_file import load_project  # noqa: E402
from tests.assets.small_shop import Day  # noqa: E402


def die(*arguments: Any, **named: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_page(path: Path, text: str) -> None:
    path.with_suffix(".draft").write_text(text[: len(text) // 2], encoding="utf-8")
    die()


def half_a_copy(source: IO[bytes], target: IO[bytes], length: int = 0) -> None:
    target.write(source.read(1 << 20))
    target.flush()
    die()


def after(act: Callable[..., Any]) -> Callable[..., Any]:
    def done(*arguments: Any, **named: Any) -> None:
        act(*arguments, **named)
        die()

    return done


def no_copy_in_its_place(source: Path, target: Path) -> None:
    if target.suffix == ".duckdb":
        die()
    os.rename(source, target)


MOMENTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "half a page": (write, "_replace", half_a_page),
    "a page that no list names": (write, "_replace", after(write._replace)),
    "half a copy": (shutil, "copyfileobj", half_a_copy),
    "a copy that is not in its place": (os, "replace", no_copy_in_its_place),
}


def main(root: Path, moments: list[str]) -> None:
    day = Day(load_project(root), 1)
    for number, moment in enumerate(moments):
        child = os.fork()
        if not child:
            setattr(*MOMENTS[moment])
            day.daily(**{NOW: (day.as_of + timedelta(minutes=number)).isoformat()})
            os._exit(0)
        print(-os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), moment)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
