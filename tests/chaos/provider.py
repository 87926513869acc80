"""Providers on loopback, each in a process of its own: they write down every message they took before they say so."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.senders.http_server import Heard
from tests.senders.providers import PROVIDERS


@dataclass(frozen=True)
class Provider:
    """Where a provider listens, and the file that it writes each message to, by its key. One that `knows_keys` counts the same message once."""

    port: int
    path: Path
    knows_keys: bool = False

    def taken(self) -> list[str]:
        """Return the keys of the messages it took, as often as it took them."""
        lines = self.path.read_text().splitlines()
        return [line.partition(" ")[0] for line in (set(lines) if self.knows_keys else lines)]

    def forget(self) -> None:
        self.path.write_text("")


class MailBook:
    """Takes every mail and writes its Message-ID down."""

    def __init__(self, path: Path) -> None:
        self.file = opened(path)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content)
        os.write(self.file, f"{mail['Message-ID'].strip('<>').partition('@')[0]}\n".encode())
        return "250 OK: queued"


def serve_mail(path: Path, told: Connection) -> None:
    """Serve SMTP on a free port of loopback until the process is stopped."""

    async def serve() -> None:
        book = MailBook(path)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(book, hostname="sink.example"), "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class WebBook(BaseHTTPRequestHandler):
    """Takes every POST and writes down its key and what came with it."""

    protocol_version = "HTTP/1.1"
    file = -1

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        content = self.rfile.read(length)
        if len(content) < length:
            return  # the caller was killed in the middle
        self.take(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, content))

    def take(self, heard: Heard) -> None:
        os.write(self.file, f"{heard.headers['idempotency-key']} {sha256(heard.content).hexdigest()}\n".encode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


class MailApiBook(WebBook):
    """Takes e-mail as Postmark does, several messages a request, and writes their keys down."""

    def take(self, heard: Heard) -> None:
        reply = PROVIDERS["postmark"].answer(heard)
        os.write(self.file, "".join(f"{each.key}\n" for each in PROVIDERS["postmark"].took(heard)).encode())
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)


class WebServer(ThreadingHTTPServer):
    """Takes it that callers are killed."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a caller who is gone."""


def serve_web(path: Path, told: Connection, book: type[WebBook] = WebBook) -> None:
    """Serve HTTP on a free port of loopback until the process is stopped."""
    book.file = opened(path)
    with WebServer(("127.0.0.1", 0), book) as server:
        told.send(server.server_port)
        server.serve_forever()


def serve_mail_api(path: Path, told: Connection) -> None:
    """Serve the API of Postmark on a free port of loopback until the process is stopped."""
    serve_web(path, told, MailApiBook)


def opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


@contextmanager
def provider(processes: ForkServerContext, path: Path, serve: Callable[[Path, Connection], None]) -> Iterator[Provider]:
    """A provider in a process of its own, as long as the block lasts: `serve_web` knows keys, `serve_mail` and `serve_mail_api` do not."""
    heard, told = processes.Pipe(duplex=False)
    process = processes.Process(target=serve, args=(path, told), daemon=True)
    process.start()
    try:
        yield Provider(heard.recv(), path, serve is serve_web)
    finally:
        process.kill()
        process.join()
