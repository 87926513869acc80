"""`relance ui` for real: it starts, answers on the loopback, and stops when told to."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

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


@pytest.fixture(scope="module")
def pages(played: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    port, reports_port = free_port(), free_port()
    words = [sys.executable, "-m", "pipelines.cli", "ui", "--port", str(port), "--reports-port", str(reports_port), "--project", str(played)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield process, port, reports_port
        process.terminate()


def answer(process: subprocess.Popen[bytes], url: str, **asked: object) -> httpx.Response:
    """Return the first answer of a server that is coming up."""
    transport = httpx.HTTPTransport(retries=100_000)
    with httpx.Client(transport=transport, timeout=60, trust_env=False) as client:
        while process.poll() is None:
            try:
                return client.post(url, json=asked) if asked else client.get(url)
            except httpx.ConnectError:
                continue
    raise AssertionError(f"it ended with {process.returncode}")
