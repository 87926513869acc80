"""Providers on loopback, each in a process of its own: they write down every message they took before they say so."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Provider:
    """Where a provider listens, and the file it writes the keys it took to."""

    port: int
    path: Path

    def taken(self) -> list[str]:
        return self.path.read_text().split()

    def forget(self) -> None:
        self.path.write_text("")


class MailBook:
    """Takes every mail and writes its Message-ID down."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content)
        os.write(self.file, f"{mail['Message-ID']}\n".encode())
        return "250 OK: queued"


def serve_mail(path: Path, told: Connection) -> None:
    """Serve SMTP on a free port of loopback until the process is stopped."""

    async def serve() -> None:
        book = MailBook(path)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(book, hostname="sink.example"), "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def mail_provider(processes: ForkServerContext, path: Path) -> Iterator[Provider]:
    """A mail server in a process of its own, as long as the block lasts."""
    heard, told = processes.Pipe(duplex=False)
    process = processes.Process(target=serve_mail, args=(path, told), daemon=True)
    process.start()
    try:
        yield Provider(heard.recv(), path)
    finally:
        process.kill()
        process.join()
