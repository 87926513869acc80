"""The token in a link to unsubscribe: what it says is signed, so that a page believes no other. docs/sending.md tells pages the format."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass

VERSION = "1"


@dataclass(frozen=True)
class Leaver:
    """Who would leave what, by which message."""

    message_key: str
    contact_id: str
    topic: str


def sign(secret: str, leaver: Leaver) -> str:
    """Return the token that says *leaver*: `1.CONTENT.SIGNATURE`, letters, digits, `-`, `_` and dots. The same gives the same, and it never expires."""
    said = f"{VERSION}.{_text(json.dumps(astuple(leaver), ensure_ascii=False, separators=(',', ':')).encode())}"
    return f"{said}.{_signature(secret, said)}"


def verify(secret: str, token: str) -> Leaver | None:
    """Return what *token* says where it was signed with *secret*; None for any other text."""
    said, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, said).encode()):
        return None
    content = said.removeprefix(f"{VERSION}.")
    return Leaver(*json.loads(urlsafe_b64decode(content + "=" * (-len(content) % 4))))


def _signature(secret: str, said: str) -> str:
    return _text(hmac.digest(secret.encode(), said.encode(), "sha256"))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
