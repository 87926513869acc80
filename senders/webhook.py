"""
Messages as signed webhooks: the way to any other tool.

Signed as Standard Webhooks says (https://www.standardwebhooks.com, «Signature scheme», «Webhook headers»): HMAC-SHA256 over
id, timestamp and body. The id is the message key, also sent as Idempotency-Key: whoever receives a key twice has it already.
"""

import base64
import binascii
import hmac
import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

import httpx
from pydantic import Field, model_validator

from senders.api_settings import HttpSettings
from senders.credentials import read_secret
from senders.http import Access, Answer, Json, Request, Verdict, is_safe
from senders.message import Channel, Message, Session

PREFIX = "whsec_"


class WebhookSettings(HttpSettings):
    """Posts messages as signed webhooks to a tool of yours, one request each. The signing secret is never written here."""

    kind: Literal["webhook"]
    channels: list[Channel] = Field(["webhook"], min_length=1, description="Channels it serves.")
    url: str = Field("", description="Address to post to. Encrypted, unless on this machine.")
    url_env: str = Field("", description="Environment variable that holds the address, where whoever knows it may post.")
    secret_env: str = Field("", description="Environment variable that holds the signing secret, `whsec_` and base64.")
    secret_file: Path | None = Field(None, description="File that holds the signing secret, relative to the project.")

    @model_validator(mode="after")
    def _address_and_secret_are_given_once(self) -> Self:
        self.require_one("url", "url_env")
        self.require_one("secret_env", "secret_file")
        self.require_safe("url", "messages")
        return self


class WebhookSender:
    """Relies on the receiver to know a key that it has seen: what may have arrived is sent again."""

    idempotent = True
    acts = True

    def __init__(self, settings: WebhookSettings, root: Path, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self.root = root
        self.name = settings.name
        self.channels: frozenset[str] = frozenset(settings.channels)
        self.pace = settings

    def session(self) -> AbstractContextManager[Session]:
        return self.settings.opened(self._access, self.root)

    def _access(self) -> Access:
        url = self.settings.url or os.environ.get(self.settings.url_env, "")
        if not is_safe(url):
            raise ConnectionError(f"{self.settings.url_env}, which holds the address, is {'no https:// address' if url else 'not set'}")
        secret = read_secret(self.settings.secret_env, self.settings.secret_file, self.root)
        address = httpx.URL(url)
        hidden = (secret, url, address.raw_path.decode("ascii")) if self.settings.url_env else (secret,)
        return Access(_Webhook(url, signing_key(secret), self.clock), f"{address.scheme}://{address.netloc.decode('ascii')}", {}, hidden)


class _Webhook:
    per_request = 1
    idempotent = True

    def __init__(self, url: str, key: bytes, clock: Callable[[], datetime]) -> None:
        self.url = url
        self.key = key
        self.clock = clock

    def written(self, message: Message) -> Json:
        """Return the payload: the same for the same message, whenever it is sent."""
        parts = {"channel": message.channel, "to": message.to, "locale": message.locale, "subject": message.subject, "html": message.html}
        told = {"message_key": message.key, **{name: part for name, part in parts.items() if part}, **_text_or_content(message.text)}
        return {"type": "message", "data": told}

    def request(self, messages: Sequence[Message], written: Sequence[Json]) -> Request:
        [message], [payload] = messages, written
        content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        # The id must not contain the full stop that ends it where it is signed. A pass may last longer than receivers put up
        # with (five minutes, as a rule): the timestamp is that of this request, not of the pass.
        id, timestamp = quote(message.key, safe="").replace(".", "%2E"), int(self.clock().replace(tzinfo=UTC).timestamp())
        headers = {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": signature(self.key, id, timestamp, content)}
        return Request(self.url, {"Content-Type": "application/json", "Idempotency-Key": id, **headers}, content)

    def verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        return [Verdict(answer.status)] if 200 <= answer.status < 300 else None


def signing_key(secret: str) -> bytes:
    """Return the 24 to 64 bytes that a secret such as `whsec_MfKQ…` stands for; raise ConnectionError for anything else."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ConnectionError("the signing secret is not `whsec_` and the base64 of 24 to 64 random bytes")
    return key


def signature(key: bytes, id: str, timestamp: int, content: bytes) -> str:
    """Return the value of `webhook-signature`."""
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{timestamp}.".encode() + content, "sha256")).decode("ascii")


def _text_or_content(text: str) -> dict[str, Json]:
    """Return the text of a message, or as `content` the JSON object that its template wrote; raise ValueError for half a one."""
    if not text.lstrip().startswith("{"):
        return {"text": text} if text else {}
    try:
        return {"content": json.loads(text)}
    except ValueError as error:
        raise ValueError(f"the message begins like JSON and is none: {error}") from None
