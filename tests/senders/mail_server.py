"""A real mail server on loopback that does to messages what a test asks for."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SLOW = 3.0
"""Seconds; longer than a test's sender waits."""


class Mailroom:
    """
    Keeps what it takes, in `mails`. `answers` maps an address to what the server says to it, `last_answers` to what it
    says to the whole message; `cut` addresses cut the line, and at `slow` ones it sleeps: on hearing of them, or at the end. It turns away
    whoever comes as one of the `turned_away`, counted from 1, and whoever comes while `most` are there.
    """

    def __init__(self, port: int) -> None:
        self.mails: list[bytes] = []
        self.peers: set[Any] = set()
        self.answers: dict[str, str] = {}
        self.last_answers: dict[str, str] = {}
        self.slow_before_data: set[str] = set()
        self.slow_after_data: set[str] = set()
        self.cut_before_data: set[str] = set()
        self.cut_after_data: set[str] = set()
        self.sender_answer = "250 OK"
        self.turned_away: set[int] = set()
        self.most = 1000
        self.came, self.present = -1, 0  # the controller knocks once to see that the server is there
        self.port = port

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address in self.cut_before_data:
            cut(server)
        if address in self.slow_before_data:
            await asyncio.sleep(SLOW)
        envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        self.peers.add(session.peer)
        if envelope.rcpt_tos[0] in self.cut_after_data:
            cut(server)
        if envelope.rcpt_tos[0] in self.slow_after_data:
            await asyncio.sleep(SLOW)
        return self.last_answers.get(envelope.rcpt_tos[0], "250 OK: queued")


class Door(SMTP):
    """Lets in whom the mailroom lets in."""

    room: Mailroom

    async def _handle_client(self) -> None:
        self.room.came += 1
        self.room.present += 1
        try:
            if self.room.came in self.room.turned_away or self.room.present > self.room.most:
                await self.push("421 4.7.0 too many connections")
                assert self.transport is not None
                self.transport.close()
            else:
                await super()._handle_client()
        finally:
            self.room.present -= 1


class House(Controller):
    def factory(self) -> SMTP:
        door = Door(self.handler, **self.SMTP_kwargs)
        door.room = self.handler
        return door


def cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=isinstance(data, LoginPassword) and data.password == b"right horse", handled=False)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(starttls: ssl.SSLContext | None = None, login: bool = False, port: int = 0) -> Iterator[Mailroom]:
    """A server on a port of loopback, a free one unless *port* says which, for as long as the block lasts."""
    room = Mailroom(port or free_port())
    extra: dict[str, Any] = {"authenticator": _authenticate, "auth_required": True} if login else {}
    server = House(room, hostname="127.0.0.1", port=room.port, tls_context=starttls, **extra)
    server.start()
    try:
        yield room
    finally:
        server.stop()
