"""Message → the bytes of an e-mail (RFC 5322, MIME). No line break of a value ever reaches a header."""

import re
from binascii import b2a_qp
from datetime import UTC
from email import message as legacy
from email import policy
from email.header import Header
from email.utils import format_datetime, formataddr

import idna

from senders.message import Message

# The newer email.message API writes a long List-Unsubscribe as an encoded word, which mail programs do not read, and
# takes five times as long. Without a length limit nothing folds but the subject, which is folded here.
POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=0, mangle_from_=False)
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
    mail = _multipart(message) if message.html else _part("plain", message.text)
    for name, value in _headers(message).items():
        mail[name] = value
    return mail.as_bytes(policy=POLICY)


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
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        raise ValueError(f"`{CONTROL.sub(' ', address)}` has no valid domain") from None


def further_headers(message: Message) -> dict[str, str]:
    """Return the headers that *message* adds; raise ValueError for one that is its own already, or is not one line of ASCII."""
    return {_name(name): _value(name, value) for name, value in message.headers.items()}


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "From": _named(message.sender_name, message.sender),
        "To": ascii_address(message.to),
        "Reply-To": ascii_address(message.reply_to) if message.reply_to else "",
        "Subject": _text(message.subject, "Subject"),
        "Date": format_datetime(message.date.replace(tzinfo=UTC)),
        "Message-ID": message_id(message),
        "Content-Language": message.locale,
        "MIME-Version": "1.0",
    }
    return {name: value for name, value in headers.items() if value} | further_headers(message)


def _named(name: str, address: str) -> str:
    return formataddr((CONTROL.sub(" ", name).strip(), ascii_address(address)))


def _text(text: str, header: str) -> str:
    """Return *text* as header words; what looks like an encoded word already is encoded again, to show as written."""
    line = CONTROL.sub(" ", text).strip()
    charset = "us-ascii" if line.isascii() and "=?" not in line else "utf-8"
    return Header(line, charset, header_name=header).encode(linesep="\r\n")


def _name(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or name.lower() in OWN:
        raise ValueError(f"`{CONTROL.sub(' ', name)}` is not a header a message may add")
    return name


def _value(name: str, value: str) -> str:
    if not HEADER_VALUE.fullmatch(value):
        raise ValueError(f"the value of header `{name}` is not one line of ASCII")
    return value


def _multipart(message: Message) -> legacy.Message:
    whole = legacy.Message(POLICY)
    # In quoted-printable text `=` is always followed by hexadecimal or a line end: `=_` cannot occur in a part.
    whole["Content-Type"] = 'multipart/alternative; boundary="=_relance_alternative"'
    whole.attach(_part("plain", message.text))
    whole.attach(_part("html", message.html))
    return whole


def _part(subtype: str, text: str) -> legacy.Message:
    part = legacy.Message(POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(LINE_END.sub("\n", text).encode("utf-8"), istext=True).decode("ascii"))
    return part
