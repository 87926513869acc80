"""Message → the bytes of an e-mail (RFC 5322, MIME). No line break of a value ever reaches a header."""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from types import MappingProxyType

import idna

from senders.message import Message

# Written out here: the email.message API writes a long List-Unsubscribe as an encoded word, which mail programs do not
# read, and takes ten times as long. In quoted-printable text `=` is always followed by hexadecimal or a line end: `=_`
# cannot occur in a part.
BOUNDARY = b"=_relance_alternative"
LONG, LINES = 500, 10_000
"""Most lines are those of a template: shorter ones are encoded once, and so many are kept."""
CRLF = "\r\n"
WIDTH = 74
"""The standard library goes up to two characters beyond."""
ROOM = 67
"""A line with encoded words may have 76 characters (RFC 2047): so many without `From: `, a blank and brackets."""
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
LINE_END = re.compile(r"\r\n?")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
OWN = frozenset({"from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding", "cc", "bcc"})


def to_bytes(message: Message) -> bytes:
    """
    Return *message* as an e-mail with CRLF line ends: text, and HTML as its richer alternative where there is any.

    The same message gives the same bytes. Raises ValueError where an address or a further header cannot be written.
    """
    headers = _headers(message)
    if not message.html:
        return _part("plain", message.text, headers)
    parts = [_part("plain", message.text), _part("html", message.html)]
    body = b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts)
    kind = {"Content-Type": f'multipart/alternative; boundary="{BOUNDARY.decode()}"'}
    return _written(kind | headers) + b"\r\n" + body + b"--" + BOUNDARY + b"--\r\n"


def message_id(message: Message) -> str:
    """Return the Message-ID, made of the key and the sender's domain: the same in every attempt."""
    return f"<{re.sub(r'[^A-Za-z0-9.-]', '.', message.key)}@{ascii_address(message.sender).rpartition('@')[2]}>"


def ascii_address(address: str) -> str:
    """
    Return *address* with its domain in the form the mail system knows (IDNA 2008); raise ValueError for anything else.

    Local parts beyond ASCII need SMTPUTF8 all the way to the mailbox and are refused here.
    """
    local, _, domain = address.rpartition("@")
    if not LOCAL_PART.fullmatch(local):
        raise ValueError(f"`{CONTROL.sub(' ', address)}` is not an address that mail can be sent to")
    try:
        return f"{local}@{_ascii_domain(domain)}"
    except idna.IDNAError:
        raise ValueError(f"`{CONTROL.sub(' ', address)}` has no valid domain") from None


@lru_cache(maxsize=10_000)
def _ascii_domain(domain: str) -> str:
    return idna.encode(domain, uts46=True).decode("ascii")


def further_headers(message: Message) -> dict[str, str]:
    """Return the headers that *message* adds; raise ValueError for one that is its own already, or is not one line of ASCII."""
    return {_name(name): _value(name, value) for name, value in message.headers.items()}


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "From": _named(message.sender_name, message.sender),
        "To": ascii_address(message.to),
        "Reply-To": ascii_address(message.reply_to) if message.reply_to else "",
        "Subject": _text(message.subject, "Subject"),
        "Date": _date(message.date),
        "Message-ID": message_id(message),
        "Content-Language": message.locale,
        "MIME-Version": "1.0",
    }
    return {name: value for name, value in headers.items() if value} | further_headers(message)


# What all messages of a batch share, encoded once.
@lru_cache(maxsize=100)
def _named(name: str, address: str) -> str:
    line, known = CONTROL.sub(" ", name).strip(), ascii_address(address)
    if _is_plain(line):
        return formataddr((line, known))
    words = _text(line, "From")
    fits = len(words) - words.rfind("\n") + len(known) < ROOM
    return f"{words}{' ' if fits else f'{CRLF} '}<{known}>"


@lru_cache(maxsize=100)
def _date(moment: datetime) -> str:
    return format_datetime(moment.replace(tzinfo=UTC))


@lru_cache(maxsize=1000)
def _text(text: str, header: str) -> str:
    """Return *text* as header words; what looks like an encoded word already is encoded again, to show as written."""
    line = CONTROL.sub(" ", text).strip()
    charset = "us-ascii" if _is_plain(line) else "utf-8"
    return Header(line, charset, WIDTH, header).encode(linesep="\r\n")


def _is_plain(line: str) -> bool:
    return line.isascii() and "=?" not in line


def _name(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or name.lower() in OWN:
        raise ValueError(f"`{CONTROL.sub(' ', name)}` is not a header a message may add")
    return name


def _value(name: str, value: str) -> str:
    if not HEADER_VALUE.fullmatch(value):
        raise ValueError(f"the value of header `{name}` is not one line of ASCII")
    return value


def _part(subtype: str, text: str, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    content = {"Content-Type": f'text/{subtype}; charset="utf-8"', "Content-Transfer-Encoding": "quoted-printable"}
    return _written({**content, **headers}) + b"\r\n" + quoted_printable(text)


def quoted_printable(text: str) -> bytes:
    """Return *text* in quoted-printable, with CRLF line ends."""
    *lines, last = LINE_END.sub("\n", text).split("\n")
    return b"".join([_line(line) if len(line) < LONG else _encoded(line + "\n") for line in lines]) + _encoded(last)


def _encoded(text: str) -> bytes:
    return b2a_qp(text.encode("utf-8"), istext=True).replace(b"\n", b"\r\n")


@lru_cache(maxsize=LINES)
def _line(line: str) -> bytes:
    return _encoded(line + "\n")


def _written(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")
