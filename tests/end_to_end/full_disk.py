"""
Runs on a disk that is full: `python full_disk.py DAY (ROOM ROOT)...` runs the day of each project in turn, while no file may grow beyond ROOM bytes; 0 is any size.

Each run is a fork of this process, which has only read its modules: reading them takes longer than the run. Prints as JSON how each one ended: its code, and what it said.
"""

import json
import os
import resource
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pipelines.assets.in_process  # noqa: E402, F401
from pipelines import cli  # noqa: E402


def relance(day: str, room: int, root: Path) -> tuple[int, str]:
    """Run the day as the command line does, in a process of its own."""
    said = root / "said.txt"
    child = os.fork()
    if not child:
        code = 1
        try:
            written = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(written, 1)
            os.dup2(written, 2)
            if room:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            sys.argv = ["relance", "run", "--date", day, "--project", str(root)]
            cli.main()
        except SystemExit as left:
            code = int(left.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ended, said.read_text(encoding="utf-8")


def main(day: str, rooms_and_roots: list[str]) -> None:
    pairs = zip(rooms_and_roots[::2], rooms_and_roots[1::2], strict=True)
    print(json.dumps([relance(day, int(room), Path(root)) for room, root in pairs]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
