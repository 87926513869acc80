"""A real HTTP/2 server on loopback, with TLS, that answers as a test tells it and keeps what it was sent."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event
from typing import Any

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.senders.http_server import Desk, Heard, Reply, serving


@dataclass(frozen=True)
class Goaway(Reply):
    """
    Closes the connection, with or without an answer before, and says why.

    `seen`: this request is among those that it looked at. `forgetful`: it says that it looked at none, whatever it answered before.
    """

    seen: bool = False
    forgetful: bool = False
    answers: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Reset(Reply):
    """Ends the stream of the request without an answer, for the reason of that number (RFC 9113, section 7)."""

    code: int = 0


@contextmanager
def http2_server(answer: Callable[[Heard], Reply], folder: Path) -> Iterator[Desk]:
    """A server on a free port of loopback for as long as the block lasts; *folder* gets `ca.pem`, whom to trust for it."""
    desk, closing = Desk(answer), Event()
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    tls.set_alpn_protocols(["h2"])

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the client is gone
                Line(self.request, desk, closing).serve()

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server, serving(server, desk, closing, tls):
        yield desk


class Line:
    """One connection."""

    def __init__(self, socket: Any, desk: Desk, closing: Event) -> None:
        self.socket = socket
        self.desk = desk
        self.closing = closing
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.headers: dict[int, dict[str, str]] = {}
        self.contents: dict[int, bytes] = {}

    def serve(self) -> None:
        self.h2.initiate_connection()
        self.flush()
        while content := self.socket.recv(65536):
            for event in self.h2.receive_data(content):
                match event:
                    case RequestReceived(stream_id=stream, headers=headers):
                        self.headers[stream], self.contents[stream] = dict(headers), b""
                    case DataReceived(stream_id=stream, data=data):
                        self.contents[stream] += data
                    case StreamEnded(stream_id=stream):
                        if not self.answered(stream):
                            return
            self.flush()

    def answered(self, stream: int) -> bool:
        """Answer the request of *stream*; False where the connection ends with it."""
        headers = self.headers.pop(stream)
        match self.desk.reply(Heard(headers[":path"], headers, self.contents.pop(stream))):
            case Reply(cut=True):
                return False
            case Reply(slow=True):
                self.closing.wait(30)
                return False
            case Reset(code=code):
                self.h2.reset_stream(stream, code)
            case Goaway() as reply:
                if reply.answers:
                    self.send(stream, reply)
                told = json.dumps({"reason": reply.reason}).encode("utf-8") if reply.reason else None
                self.h2.close_connection(0, told, 0 if reply.forgetful else stream if reply.seen else max(stream - 2, 0))
                self.flush()
                return False
            case reply:
                self.send(stream, reply)
        return True

    def send(self, stream: int, reply: Reply) -> None:
        self.h2.send_headers(stream, [(":status", str(reply.status)), *reply.headers.items()])
        self.h2.send_data(stream, reply.content, end_stream=True)

    def flush(self) -> None:
        self.socket.sendall(self.h2.data_to_send())
