"""`relance ui` for real: it starts, answers on the loopback only, and stops when told to."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
QUESTION = """{
  repositoriesOrError { ... on RepositoryConnection { nodes { location { name } jobs { name } } } }
  runsOrError { ... on Runs { results { jobName status } } }
}"""


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_the_pages_come_up_show_the_project_and_its_runs_and_stop_when_told_to(shown: Path) -> None:
    port, reports_port = free_port(), free_port()
    words = [sys.executable, "-m", "pipelines.cli", "ui", "--port", str(port), "--reports-port", str(reports_port), "--project", str(shown)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process,
        httpx.Client(trust_env=False, timeout=120) as browser,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "starting Dagster, which takes a few seconds\n"
        assert process.stdout.readline() == f"Dagster: http://127.0.0.1:{port}\n"
        data = browser.post(f"http://127.0.0.1:{port}/graphql", json={"query": QUESTION}).json()["data"]
        [location] = data["repositoriesOrError"]["nodes"]
        assert location["location"]["name"] == "relance"
        assert {"daily", "quarter_hour", "hand_over"} <= {job["name"] for job in location["jobs"]}
        assert data["runsOrError"]["results"] == [{"jobName": "daily", "status": "SUCCESS"}]
        assert "2026-03-02" in browser.get(f"http://127.0.0.1:{reports_port}/").text
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
