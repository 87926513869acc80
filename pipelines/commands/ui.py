"""`ui`: Dagster's pages and the reports, on this machine only."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import FrameType

from pipelines.assets.home import prepare_home
from pipelines.commands.asked import console
from pipelines.errors import RelanceError
from pipelines.settings import Project

LOOPBACK = "127.0.0.1"
WORKSPACE = """\
load_from:
  - python_module: {{module_name: pipelines.definitions, working_directory: {folder}, location_name: relance}}
"""


class Reports(SimpleHTTPRequestHandler):
    """The folder of reports, page by page."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: Dagster's own words stay readable."""


def ui(project: Project, port: int, reports_port: int, *, now: datetime, live: bool) -> int:
    """Serve until somebody stops it; return the exit code. *now* and *live* are for telling people of runs that were killed."""
    workspace = _workspace(project, prepare_home(project))
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "-w", str(workspace), "-h", LOOPBACK, "-p", str(port), "--log-level", "warning"]
    with _reports_served(project.state_folder / "reports", reports_port):
        console().print("starting Dagster, which takes a few seconds")
        _end_dead_runs(project, now, live)
        with subprocess.Popen(command, cwd=project.root, env=os.environ | {"PYTHONWARNINGS": "ignore"}) as dagster:
            _stop_with(dagster)
            if _answers(dagster, port):
                console().print(f"Dagster: http://{LOOPBACK}:{port}\nreports: http://{LOOPBACK}:{reports_port}\nstop with Ctrl-C")
                sys.stdout.flush()
            code = dagster.wait()
    return 0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else 1


def _end_dead_runs(project: Project, now: datetime, live: bool) -> None:
    """End what was left behind as going on: the schedule would wait for it for ever."""
    from pipelines.assets.in_process import end_and_tell, history  # importing Dagster takes longer than most commands

    with history(project) as instance:
        for words in end_and_tell(project, instance, now, live=live, launched=True):
            print(words, file=sys.stderr)


def _stop_with(dagster: "subprocess.Popen[bytes]") -> None:
    """Hand a request to stop on to Dagster, which stops its own processes before it ends."""

    def stop(number: int, frame: FrameType | None) -> None:
        dagster.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _answers(dagster: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait until Dagster takes connections; return False where it ended instead."""
    while dagster.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex((LOOPBACK, port)) == 0:
                return True
        time.sleep(0.2)
    return False


def _workspace(project: Project, home: Path) -> Path:
    """Return the file that tells Dagster where relance is: the project's own, else one beside the history."""
    own = project.root / "workspace.yaml"
    if own.exists():
        return own
    written = home / "workspace.yaml"
    written.write_text(WORKSPACE.format(folder=json.dumps(str(project.root))), encoding="utf-8")
    return written


@contextmanager
def _reports_served(folder: Path, port: int) -> Iterator[None]:
    """Serve the reports beside Dagster: a browser follows no link from a page on the web to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), partial(Reports, directory=str(folder)))
    except OSError as error:
        raise RelanceError(
            f"port {port} cannot be used for the reports: {error.strerror}\n  hint: is another `relance ui` running? else give --reports-port"
        ) from None
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
