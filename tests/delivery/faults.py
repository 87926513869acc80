"""
Every fault a hand-over is tried with, what its message ends as, and what the next run does: the table of docs/sending.md.

`python -m tests.delivery.faults` writes the table; `test_faults.py` provokes each fault and holds it against its row.
"""

import re
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import trustme

from senders.message import Sender
from senders.smtp import SmtpSender, SmtpSettings
from tests.senders.http_server import CUT, SLOW, Reply, http_server
from tests.senders.mail_server import Mailroom, free_port, mail_server
from tests.senders.providers import PROVIDERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "sending.md"
SECTION = re.compile(r"(?<=<!-- written by python -m tests\.delivery\.faults -->\n).*(?=<!-- end -->)", re.DOTALL)
ANN = "ann@shop.example"
NOBODIES = ("nobody1", "nobody2")

Next = Literal["sends it", "sends it, not before", "sends it under the same key", "does not send it", "finds its outcome", "has nothing to do"]
NEXT: dict[Next, str] = {
    "sends it": "sends it",
    "sends it, not before": "sends it, once the provider's time is over",
    "sends it under the same key": "sends it again under the same key",
    "does not send it": "does not send it: `relance resolve`",
    "finds its outcome": "finds in the journal that it was accepted",
    "has nothing to do": "has nothing to do",
}


@dataclass(frozen=True)
class Row:
    """One line of the table: where what goes wrong, the state of the ledger, status and reason of the outbox, and what the next run does."""

    where: str
    what: str
    state: str | None
    status: str
    reason: str | None
    then: Next

    def ended(self) -> tuple[str | None, str, str | None]:
        return self.state, self.status, self.reason


@dataclass(frozen=True)
class Fault:
    """A row with what makes it happen: *arrange* gives a sender to whom it does, and *words* are what the ledger says of it."""

    row: Row
    arrange: Callable[[ExitStack], Sender]
    words: str


def over_smtp(port: int, **more: Any) -> SmtpSender:
    told = {"kind": "smtp", "name": "mail", "host": "127.0.0.1", "port": port, "tls": "none", "timeout": 0.5, "connections": 1}
    return SmtpSender(SmtpSettings.model_validate(told | more), Path())


def over_http(url: str, provider: str = "sendgrid", **more: Any) -> Sender:
    return PROVIDERS[provider].sender(url, **({"connections": 1, "timeout": 0.5} | more))


def certificate_for(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)
    return context


def retry(where: str, what: str, then: Next = "sends it") -> Row:
    return Row(where, what, "retry", "held", "sender_retry", then)


def refused(where: str, what: str) -> Row:
    return Row(where, what, "refused", "dropped", "refused", "has nothing to do")


def unknown(where: str, what: str) -> Row:
    return Row(where, what, "unknown", "to_send", None, "does not send it")


def mail(row: Row, do: Callable[[Mailroom], object], words: str) -> Fault:
    """A fault of a real mail server that *do* brings about."""

    def arrange(stack: ExitStack) -> Sender:
        room = stack.enter_context(mail_server())
        do(room)
        return over_smtp(room.port)

    return Fault(row, arrange, words)


def web(row: Row, reply: Reply, words: str, provider: str = "sendgrid", **more: Any) -> Fault:
    """A fault of a real HTTP server that gives *reply* to the one request."""

    def arrange(stack: ExitStack) -> Sender:
        desk = stack.enter_context(http_server(PROVIDERS[provider].answer))
        desk.faults = [reply]
        return over_http(desk.url, provider, **more)

    return Fault(row, arrange, words)


def unverified(stack: ExitStack) -> Sender:
    return over_smtp(stack.enter_context(mail_server(starttls=certificate_for("127.0.0.1"))).port, tls="starttls")


def unverified_web(stack: ExitStack) -> Sender:
    return over_http(stack.enter_context(http_server(PROVIDERS["sendgrid"].answer, tls=certificate_for("127.0.0.1"))).url)


NOT_US = "530, 5.7.x to an address: it relays nothing for us, or wants a login"
ACCOUNT = "401, 402, 403, 404: the account, or the address of the API"
FAULTS = (
    Fault(retry("SMTP", "nobody listens"), lambda _: over_smtp(free_port()), "Connection refused"),
    Fault(retry("SMTP", "the name of the server is not known"), lambda _: over_smtp(25, host="no-such-host.invalid"), "no-such-host.invalid:25: "),
    Fault(retry("SMTP", "its certificate cannot be verified"), unverified, "certificate cannot be verified"),
    mail(retry("SMTP", "550 to the shop's own address"), lambda room: setattr(room, "sender_answer", "550 no relaying"), "does not let s***@s***.example send"),
    mail(retry("SMTP", NOT_US), lambda room: room.answers.update({ANN: "554 5.7.1 Relay access denied"}), "554 5.7.1 Relay access denied"),
    mail(retry("SMTP", NOT_US), lambda room: room.answers.update({ANN: "530 5.7.0 log in first"}), "does not let s***@s***.example send"),
    mail(refused("SMTP", "550: the address is not known"), lambda room: room.answers.update({ANN: "550 no such user"}), "550 no such user"),
    mail(retry("SMTP", "450, 451: greylisted, or busy"), lambda room: room.answers.update({ANN: "450 try again later"}), "450 try again later"),
    mail(retry("SMTP", "450, 451: greylisted, or busy"), lambda room: room.answers.update({ANN: "451 try again later"}), "451 try again later"),
    mail(retry("SMTP", "452: the mailbox is full"), lambda room: room.answers.update({ANN: "452 mailbox full"}), "452 mailbox full"),
    mail(retry("SMTP", "421: the server goes down"), lambda room: room.answers.update({ANN: "421 closing"}), "421 closing"),
    mail(retry("SMTP", "the line breaks before the message"), lambda room: room.cut_before_data.add(ANN), "connection lost before the message was sent"),
    mail(retry("SMTP", "slow before the message"), lambda room: room.slow_before_data.add(ANN), "before the message was sent: Connection unexpectedly closed"),
    mail(refused("SMTP", "554 to the whole message"), lambda room: room.last_answers.update({ANN: "554 looks like spam"}), "554 looks like spam"),
    mail(retry("SMTP", "451 to the whole message"), lambda room: room.last_answers.update({ANN: "451 busy"}), "451 busy"),
    mail(unknown("SMTP", "taken, and the answer is lost"), lambda room: room.cut_after_data.add(ANN), "lost before the server said whether it took"),
    mail(unknown("SMTP", "taken, and the answer makes no sense"), lambda room: room.last_answers.update({ANN: "banana"}), "last answer makes no sense"),
    mail(unknown("SMTP", "slow after the message"), lambda room: room.slow_after_data.add(ANN), "took the message: Connection unexpectedly closed: timed out"),
    Fault(retry("HTTP", "nobody listens"), lambda _: over_http(f"http://127.0.0.1:{free_port()}"), "Connection refused"),
    Fault(retry("HTTP", "the name of the server is not known"), lambda _: over_http("https://no-such-host.invalid"), "no-such-host.invalid: "),
    Fault(retry("HTTP", "its certificate cannot be verified"), unverified_web, "certificate cannot be verified"),
    *(web(refused("HTTP", "400, 413, 422"), Reply(status, {"errors": [{"message": "no such list"}]}), f"{status} no such list") for status in (400, 413, 422)),
    *(web(retry("HTTP", ACCOUNT), Reply(status, {"message": "not with this key"}), f"{status} not with this key") for status in (401, 402, 403, 404)),
    web(retry("HTTP", "429 without `Retry-After`"), Reply(429, {"message": "slow down"}), "429 slow down"),
    web(retry("HTTP", "429 with `Retry-After`", "sends it, not before"), Reply(429, b"", {"Retry-After": "7200"}), "429 Too Many Requests"),
    web(retry("HTTP", "503"), Reply(503, b"<h1>maintenance</h1>"), "503 Service Unavailable"),
    *(web(unknown("HTTP", "500, 502, 504"), Reply(status, {"message": "out of order"}), f"{status} out of order") for status in (500, 502, 504)),
    web(unknown("HTTP", "taken, and the answer is lost"), CUT, "connection lost before the answer came"),
    web(unknown("HTTP", "taken, and the answer cannot be read"), Reply(200, b'{"messageId": "<1'), "in a form that cannot be read"),
    web(unknown("HTTP", "slow to answer"), SLOW, "connection lost before the answer came: timed out"),
    web(retry("HTTP with keys", "taken, and the answer is lost", "sends it under the same key"), CUT, "before the answer came", "webhook", channels=["email"]),
    web(retry("HTTP with keys", "500", "sends it under the same key"), Reply(500), "500", "webhook", channels=["email"]),
)
"""What goes wrong at a server, for the one message that is due."""

HALF_REFUSED = {
    "smtp": refused("SMTP", "550 to half a batch (the rest is accepted)"),
    "postmark": refused("HTTP", "half of a request refused, message by message (the rest is accepted)"),
    "brevo": refused("HTTP", "a request refused for half of its messages (the rest is accepted)"),
}
ALL_REFUSED = {
    "smtp": retry("SMTP", "550, 554 to each of three messages or more (nothing is accepted)"),
    "sendgrid": retry("HTTP", "400, 413, 422 to each of three messages or more (nothing is accepted)"),
}
FULL_DISK = {
    "opened": Row("here", "the disk is full before anything (the run fails)", None, "to_send", None, "sends it"),
    "taken": Row("here", "the disk is full before the message (the run fails)", "claimed", "to_send", None, "sends it"),
    "outcome": Row("here", "the disk is full as the answer comes (the run fails)", "accepted", "to_send", None, "has nothing to do"),
}
FULL_WAREHOUSE = {  # by the point of a pass after which no commit can be written
    "after `opened` is written": Row("here", "the warehouse cannot be written before a batch (the run fails)", None, "to_send", None, "sends it"),
    "after `outcome` is written": Row("here", "the warehouse cannot be written after a batch (the run fails)", "claimed", "to_send", None, "finds its outcome"),
}
CLOCK = Row("here", "the clock jumps, back or ahead", "accepted", "to_send", None, "has nothing to do")
BROKEN = Row("here", "the sender itself breaks (the run fails)", "claimed", "to_send", None, "does not send it")
LOCKED = Row("here", "another process has the warehouse (the run waits `warehouse.lock_timeout`, then fails)", None, "to_send", None, "sends it")
WANTED = Row("here", "another process wants the warehouse in the middle of a pass (it is kept out)", "accepted", "to_send", None, "has nothing to do")
ROWS = (
    *dict.fromkeys(fault.row for fault in FAULTS),
    *HALF_REFUSED.values(),
    *ALL_REFUSED.values(),
    *FULL_DISK.values(),
    *FULL_WAREHOUSE.values(),
    CLOCK,
    BROKEN,
    LOCKED,
    WANTED,
)


def table() -> str:
    """Return the table in Markdown, in the order of where things go wrong."""
    lines = ["| where | what goes wrong | in the ledger | in the outbox | the next run |", "| --- | --- | --- | --- | --- |"]
    for row in sorted(ROWS, key=lambda row: [each.where for each in ROWS].index(row.where)):
        outbox = f"{row.status}: `{row.reason}`" if row.reason else row.status
        lines.append(f"| {row.where} | {row.what} | {row.state or 'nothing'} | {outbox} | {NEXT[row.then]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(SECTION.sub(lambda _: table(), DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
