"""E-mail over SMTP (RFC 5321): many messages over one connection, one receipt each."""

import base64
import re
import smtplib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from senders.credentials import read_text
from senders.message import About, Message, Receipt
from senders.mime import ascii_address, message_id, to_bytes
from senders.pace import RECONNECT, PacedSettings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ABOUT_US = re.compile(rb"[45]\.(7\.\d{1,3}|1\.[78])\b")
"""
Enhanced status codes of an address that are about who asks (RFC 3463): X.7 security and policy, X.1.7 and X.1.8 the sender's address. Many servers
(Postfix: `smtpd_delay_reject`) say only there that they let nobody in, relay nothing or want a login.
"""
ABOUT_ADDRESS = re.compile(rb"5\.[12]\.\d{1,3}\b")
"""Those of an address that is none, or of a mailbox that takes nothing."""


class SmtpSettings(PacedSettings):
    """Hands e-mail to a mail server. The password is never written here: an environment variable or a file holds it."""

    kind: Literal["smtp"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="The sender's name, in lineage and the send ledger.")
    channels: list[Literal["email"]] = Field(["email"], description="E-mail is all it can carry.")
    host: str = Field(min_length=1, description="The mail server.")
    port: int = Field(587, ge=1, le=65_535, description="587 with `starttls`, 465 with `tls`, as a rule.")
    tls: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is encrypted; the server's certificate is verified.")
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the system's, relative to the project.")
    username: str = Field("", description="User that logs in; empty for a server that asks for none.")
    password_env: str = Field("", description="Environment variable that holds the password.")
    password_file: Path | None = Field(None, description="File that holds the password, relative to the project.")
    bounce_address: str = Field("", description="Address that bounces come back to; empty means the shop's.")
    timeout: float = Field(30, gt=0, le=600, description="Seconds to wait for each answer of the server.")
    messages_per_connection: int = Field(100, ge=1, description="Messages after which a new connection is made.")

    @model_validator(mode="after")
    def _password_is_safe(self) -> Self:
        if bool(self.username) != (bool(self.password_env) + bool(self.password_file) == 1):
            raise ValueError("give `username` with one of `password_env` and `password_file`, or none of the three")
        if self.username and self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("`tls` is `none`, so the password would travel in the clear: write `starttls` or `tls`")
        return self


class SmtpSender:
    """Knows no idempotency key: what the server may have taken without saying so is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: SmtpSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    @contextmanager
    def session(self) -> Iterator["SmtpSession"]:
        session = SmtpSession(self.settings, self.root)
        try:
            yield session
        finally:
            session.disconnect()


class SmtpSession:
    """Connects when the first message comes; once the server cannot be had, it takes no more."""

    def __init__(self, settings: SmtpSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.connection: smtplib.SMTP | None = None
        self.carried = 0
        self.down = ""

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            try:
                envelope = ascii_address(self.settings.bounce_address or message.sender), ascii_address(message.to)
                content = to_bytes(message)
            except ValueError as error:
                yield Receipt(message.key, "refused", error=str(error), about="message")
                continue
            connection = self._connected()
            yield self._handed_over(connection, message, envelope, content) if connection else self._put_off(message)
            if self.down:
                return

    def disconnect(self) -> None:
        """Say goodbye where the server still listens, and close."""
        if self.connection is not None:
            try:
                self.connection.quit()
            except OSError:
                self.connection.close()
            self.connection = None

    def _connected(self) -> smtplib.SMTP | None:
        """Return an open connection, or None with `down` saying why there is none."""
        if self.carried >= self.settings.messages_per_connection:
            self.disconnect()
        if self.connection is None and not self.down:
            try:
                self.connection = self._reached()
                self.carried = 0
            except (OSError, UnicodeError) as error:
                self.down = f"{self.settings.host}:{self.settings.port}: {_said(error) if isinstance(error, OSError) else 'is no host name'}"
        return self.connection

    def _reached(self) -> smtplib.SMTP:
        """Connect; a server that was there before is asked a second time."""
        try:
            return connect(self.settings, self.root)
        except OSError:
            if not self.carried:
                raise
        time.sleep(RECONNECT)
        return connect(self.settings, self.root)

    def _put_off(self, message: Message) -> Receipt:
        return Receipt(message.key, "retry", error=self.down, about="session")

    def _handed_over(self, connection: smtplib.SMTP, message: Message, envelope: tuple[str, str], content: bytes) -> Receipt:
        try:
            refusal = self._announced(connection, message, envelope, len(content))
            if refusal:
                return refusal
            connection.send(_data(content))
        except OSError as error:
            # The end of the message has not left this machine whole, so the server cannot have taken it.
            self._drop()
            return Receipt(message.key, "retry", error=f"connection lost before the message was sent: {_said(error)}")
        try:
            code, answer = connection.getreply()
        except OSError as error:
            self._drop()
            return Receipt(message.key, "unknown", error=f"connection lost before the server said whether it took the message: {_said(error)}")
        self.carried += 1
        if 200 <= code < 300:
            return Receipt(message.key, "accepted", message_id(message))
        if 400 <= code < 600:
            return self._declined(message, code, answer)
        self._drop()
        return Receipt(message.key, "unknown", error=f"the server's last answer makes no sense: {_words(code, answer)}")

    def _announced(self, connection: smtplib.SMTP, message: Message, envelope: tuple[str, str], size: int) -> Receipt | None:
        """Name sender and address and ask to send; return a receipt where the server would not have it."""
        sender, address = envelope
        code, answer = connection.docmd("MAIL", f"FROM:<{sender}>" + (f" SIZE={size}" if connection.has_extn("size") else ""))
        if code >= 500 and code != 552:
            # Everything but «too big» (552) is about who we are, not about this message: nobody else would get through.
            return self._not_let_in(message, sender, code, answer)
        if code != 250:
            return self._declined(message, code, answer)
        for command, told, good in (("RCPT", f"TO:<{address}>", (250, 251)), ("DATA", "", (354,))):
            code, answer = connection.docmd(command, told)
            if code == 530:  # log in first (RFC 4954)
                return self._not_let_in(message, sender, code, answer)
            if code not in good:
                receipt = self._declined(message, code, answer)
                return replace(receipt, state="retry") if ABOUT_US.match(answer) else receipt
        return None

    def _not_let_in(self, message: Message, sender: str, code: int, answer: bytes) -> Receipt:
        self.down = f"{self.settings.host} does not let {sender} send: {_words(code, answer)}"
        self._drop()
        return self._put_off(message)

    def _declined(self, message: Message, code: int, answer: bytes) -> Receipt:
        """Return the receipt of a refusal, 5xx for good and 4xx for now, and clear the way for the next message."""
        if code == 421 or not self._reset():
            self._drop()
        about: About = "message" if ABOUT_ADDRESS.match(answer) and not ABOUT_US.match(answer) else ""
        return Receipt(message.key, "refused" if code >= 500 else "retry", error=_words(code, answer), about=about)

    def _reset(self) -> bool:
        try:
            return self.connection is not None and self.connection.rset()[0] == 250
        except OSError:
            return False

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def connect(settings: SmtpSettings, root: Path) -> smtplib.SMTP:
    """Return a connection that is encrypted and logged in as *settings* ask; raise OSError, never naming the password."""
    password = read_text(settings.password_env, settings.password_file, root) if settings.username else ""
    if not (settings.username + password).isascii():
        raise ConnectionError("user or password holds a sign beyond ASCII, which no login over SMTP is sure to carry: choose another password")
    context = ssl.create_default_context(cafile=root / settings.ca_file if settings.ca_file else None) if settings.tls != "none" else None
    if settings.tls == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    else:
        connection = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    try:
        if settings.tls == "starttls":
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if settings.username:
            connection.login(settings.username, password)
    except OSError as error:
        connection.close()
        raise ConnectionError(_without(settings.username, password, _said(error))) from None
    return connection


def _without(username: str, password: str, text: str) -> str:
    """Return what a server said without the password, also as a login writes it (PLAIN, LOGIN): servers repeat what they do not understand."""
    written = (f"\0{username}\0{password}", username, password) if password else ()
    for secret in (*(base64.b64encode(each.encode()).decode() for each in written), password):
        text = text.replace(secret, "…") if secret else text
    return text


def _data(content: bytes) -> bytes:
    """Return *content* as it follows DATA: a leading dot doubled, the final dot on its own line."""
    doubled = (b"." if content.startswith(b".") else b"") + content.replace(b"\n.", b"\n..")
    return doubled + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _words(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}".replace("\n", " ")


def _said(error: OSError) -> str:
    match error:
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return _words(code, answer if isinstance(answer, bytes) else answer.encode())
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be verified: {error.verify_message}"
        case OSError(strerror=str(reason), filename=str() | Path() as file):
            return f"{file}: {reason}"
        case _:
            return error.strerror or str(error) or type(error).__name__
