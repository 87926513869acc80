"""A real HTTP server on loopback, in a thread of its own, that answers as a test tells it and keeps what it was sent."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    content: bytes
    method: str = "POST"

    @property
    def asked(self) -> dict[str, str]:
        """What stands behind the question mark of the path."""
        return dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content.decode("utf-8"), keep_blank_values=True, strict_parsing=True))


@dataclass(frozen=True)
class Reply:
    """
    One answer; a body that is not bytes goes out as JSON. `cut` closes the line instead, `slow` leaves the caller waiting.

    As a fault it comes instead of what the server would do, or `after` the server did it.
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: bool = False
    after: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode("utf-8")


CUT = Reply(cut=True)
SLOW = Reply(slow=True)
LOST = Reply(cut=True, after=True)


@dataclass
class Desk:
    """What the server says: the next of `faults`, or else what `answer` makes of the request. `heard` has them all, `taken` those answered by `answer`."""

    answer: Callable[[Heard], Reply]
    url: str = ""
    faults: list[Reply] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    taken: list[Heard] = field(default_factory=list)

    def reply(self, heard: Heard) -> Reply:
        self.heard.append(heard)
        fault = self.faults.pop(0) if self.faults else None
        if fault and not fault.after:
            return fault
        self.taken.append(heard)
        answer = self.answer(heard)
        return fault or answer


@contextmanager
def http_server(answer: Callable[[Heard], Reply], tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Desk]:
    """A server on a free port of loopback for as long as the block lasts."""
    desk, closing = Desk(answer), Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = desk.reply(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, content, self.command))
            if reply.slow:
                closing.wait(30)
            if reply.cut or reply.slow:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in {"Content-Length": str(len(reply.content)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Server(("127.0.0.1", port), Handler) as server, serving(server, desk, closing, tls):
        yield desk


@contextmanager
def serving(server: TCPServer, desk: Desk, closing: Event, tls: ssl.SSLContext | None) -> Iterator[None]:
    """Serve, and tell the desk where, until the block ends; *closing* says so to answers that wait."""
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    desk.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        closing.set()
        server.shutdown()
