"""
Messages to browsers: Web Push (RFC 8030), encrypted for one browser (RFC 8291) and signed by the shop (VAPID, RFC 8292).

pywebpush (`pip install relance[push]`) encrypts and signs. What arrives is the JSON of Declarative Web Push (W3C, «Push API»): Safari
shows it by itself, elsewhere the shop's service worker does.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import httpx
from pydantic import Field, model_validator

from senders.api_settings import HttpSettings
from senders.credentials import read_secret
from senders.http import Access, Answer, Closed, Json, Request, Verdict, is_safe
from senders.message import GONE, Message, Receipt, Session
from senders.push_text import push_text

SERVICES = ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"]
LARGEST = 4096
"""Bytes that every push service takes (RFC 8030, section 7.2)."""
SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 allows a day; clocks differ."""


class WebPushSettings(HttpSettings):
    """Pushes messages to browsers whose owners subscribed. The private VAPID key is never written here."""

    kind: Literal["web_push"]
    channels: list[Literal["push"]] = Field(["push"], description="Pushes are all it can carry.")
    private_key_env: str = Field("", description="Environment variable that holds the private VAPID key, 32 bytes in base64url.")
    private_key_file: Path | None = Field(None, description="File that holds it, relative to the project.")
    subject: str = Field(
        pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$", description="Whom a push service writes to when something is wrong: mailto: or https://."
    )
    urgency: Literal["very-low", "low", "normal", "high"] = Field("normal", description="`high` wakes a sleeping device; `low` waits until it has power.")
    services: list[str] = Field(SERVICES, min_length=1, description="Hosts of push services that a subscription may name, themselves or what lies under them.")

    @model_validator(mode="after")
    def _key_is_given_once(self) -> Self:
        self.require_one("private_key_env", "private_key_file")
        return self


class WebPushSender:
    """A repeat replaces the message under its key, but one that was seen and put away would show again: what may have arrived is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: WebPushSettings, root: Path, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.root = root
        self.clock = clock
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    @contextmanager
    def session(self) -> Iterator[Session]:
        try:
            push = self._push()
        except ConnectionError as error:
            yield Closed(str(error))
            return
        with ExitStack() as stack:
            yield WebPushSession(push, lambda origin: stack.enter_context(self.settings.opened(lambda: Access(push, origin, {}, push.hidden), self.root)))

    def _push(self) -> "_Push":
        try:
            from py_vapid import Vapid02
            from pywebpush import WebPusher, WebPushException
        except ImportError:
            raise ConnectionError("pywebpush is not installed: install relance with its extra `push`") from None
        secret = read_secret(self.settings.private_key_env, self.settings.private_key_file, self.root)
        try:
            if len(_bytes(secret)) != 32:
                raise ValueError
            vapid = Vapid02.from_string(secret)
        except ValueError:
            raise ConnectionError("the private VAPID key is not the base64url of 32 bytes") from None

        def encrypted(subscription: Subscription, content: bytes) -> bytes:
            try:
                body: bytes = WebPusher(subscription.info).encode(content)["body"]
            except (ValueError, WebPushException) as error:
                raise ValueError(f"the keys of the subscription encrypt nothing: {error}") from None
            return body

        return _Push(self.settings, vapid, encrypted, self.clock, secret)


class WebPushSession:
    """Keeps one line open to each push service: where one is down, the others are not."""

    def __init__(self, push: "_Push", open_line: Callable[[str], Session]) -> None:
        self.push = push
        self.open_line = open_line
        self.lines: dict[str, Session] = {}

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            try:
                origin = self.push.subscription(message.to).origin
            except ValueError as error:
                yield Receipt(message.key, "refused", error=str(error), about="message")
                continue
            if origin not in self.lines:
                self.lines[origin] = self.open_line(origin)
            for receipt in self.lines[origin].send([message]):
                yield replace(receipt, about="") if receipt.about == "session" else receipt


@dataclass(frozen=True)
class Subscription:
    """What a browser gives when its owner subscribes (W3C, «Push API», PushSubscription)."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def origin(self) -> str:
        url = httpx.URL(self.endpoint)
        return f"{url.scheme}://{url.netloc.decode('ascii')}"

    @property
    def info(self) -> dict[str, Any]:
        return {"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


class _Push:
    per_request = 1
    idempotent = False

    def __init__(
        self, settings: WebPushSettings, vapid: Any, encrypted: Callable[[Subscription, bytes], bytes], clock: Callable[[], datetime], secret: str
    ) -> None:
        self.settings = settings
        self.vapid = vapid
        self.encrypted = encrypted
        self.clock = clock
        self.hidden = [secret]
        self.signatures: dict[str, str] = {}

    def subscription(self, address: str) -> Subscription:
        """Return the subscription that *address* is: endpoint, p256dh and auth, a space between them. Raises ValueError, which never tells it."""
        match address.split(" "):
            case [endpoint, p256dh, auth] if is_safe(endpoint):
                host = httpx.URL(endpoint).host
                if not any(host == service or host.endswith(f".{service}") for service in self.settings.services):
                    raise ValueError(f"the subscription is with {host}, which is none of `services`")
                if len(_bytes(p256dh)) != 65 or len(_bytes(auth)) != 16:
                    raise ValueError("the keys of the subscription have another length than a browser's")
                return Subscription(endpoint, p256dh, auth)
            case _:
                raise ValueError("the address is no subscription of a browser: endpoint, p256dh and auth")

    def written(self, message: Message) -> Json:
        """Return the request that carries *message*; raise ValueError for one that no push service takes."""
        subscription, says = self.subscription(message.to), push_text(message)
        shown = {"title": says.title, "body": says.text, "navigate": says.link, "tag": message.key, "lang": message.locale}
        told = {"web_push": 8030, "notification": {name: value for name, value in shown.items() if value}, "message_key": message.key}
        body = self.encrypted(subscription, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
        if len(body) > LARGEST:
            raise ValueError(f"the message takes {len(body)} bytes, more than the {LARGEST} that push services take")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": self._signature(subscription.origin),
            "TTL": str(says.seconds),
            "Topic": urlsafe_b64encode(sha256(message.key.encode("utf-8")).digest()).decode("ascii")[:32],
            "Urgency": self.settings.urgency,
        }
        return Request(subscription.endpoint, headers, body)

    def request(self, messages: Sequence[Message], written: Sequence[Json]) -> Request:
        request: Request
        [request] = written
        return request

    def verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        match answer.status:
            case status if 200 <= status < 300:
                return [Verdict(status)]
            case 404 | 410:
                return [Verdict(422, error=f"{GONE}: {answer.status}, the browser has unsubscribed")]
            case 401 | 403:
                # Wrong for this subscription, which may have been made with an older key, or for all: then they all fail, and the pass ends.
                return [Verdict(503, error=f"{answer.status}: the subscription was not made with this VAPID key")]
            case _:
                return None

    def _signature(self, origin: str) -> str:
        if origin not in self.signatures:
            until = int((self.clock() + SIGNED_FOR).replace(tzinfo=UTC).timestamp())
            self.signatures[origin] = self.vapid.sign({"sub": self.settings.subject, "aud": origin, "exp": until})["Authorization"]
            self.hidden.append(self.signatures[origin])
        return self.signatures[origin]


def _bytes(text: str) -> bytes:
    """Return what *text*, base64url with or without padding, stands for; raise ValueError for anything else."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
