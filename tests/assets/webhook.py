"""A webhook that keeps what is posted to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

NAMED = "LILAS_ALERTS"
"""The variable that the small shop's settings name."""


@contextmanager
def heard(monkeypatch: pytest.MonkeyPatch, answer: int = 200) -> Iterator[list[str]]:
    """Serve the webhook that the small shop names, answering *answer*; give what it hears."""
    told: list[str] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(answer)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Webhook) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(NAMED, f"http://127.0.0.1:{server.server_port}/alerts")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield told
        server.shutdown()
