"""
Messages to apps on iOS straight through Apple's Push Notification service (APNs), over HTTP/2: for apps without Firebase.

The token that requests carry is signed with a key of the developer account (`pip install relance[push]`: google-auth, cryptography, h2).
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, model_validator

from senders.api_settings import HttpSettings
from senders.credentials import read_text
from senders.http import Access, Answer, Json, Request, Verdict
from senders.message import GONE, Message, Session
from senders.push_text import push_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

APPLE = "https://api.push.apple.com"
SANDBOX = "https://api.sandbox.push.apple.com"
LARGEST = 4096
"""Bytes of a message (Apple, «Sending notification requests to APNs»)."""
RENEWED = timedelta(minutes=30)
"""Apple refuses tokens older than an hour, and a key that gets a new one more often than every 20 minutes (TooManyProviderTokenUpdates)."""
LEEWAY = timedelta(minutes=5)
"""A token is older than this when it is used: by Apple's clock it must not come from the future."""
STATUS = {
    "BadTopic": 403,
    "MissingTopic": 403,
    "TopicDisallowed": 403,
    "TooManyProviderTokenUpdates": 403,
    "IdleTimeout": 503,
}
"""Apple, «Handling notification responses from APNs»: reasons that mean another HTTP status than they come with; 403 is the account."""
DOUBTS = {"BadDeviceToken": "sandbox", "DeviceTokenNotForTopic": "bundle_id"}
"""Reasons that are about one contact's device token, or about a setting, and then about everybody's."""
MOST_DOUBTED = 100
"""So many doubts without anybody reached may be device tokens that are no good; with more it is likely the setting, and the sender is left alone."""


class ApnsSettings(HttpSettings):
    """Pushes messages to the shop's app on iOS through Apple. The signing key is never written here."""

    kind: Literal["apns"]
    channels: list[Literal["push"]] = Field(["push"], description="Pushes are all it can carry.")
    bundle_id: str = Field(pattern=r"^[A-Za-z0-9.-]+$", description="The app, as Apple knows it: com.example.shop.")
    team_id: str = Field(pattern=r"^[A-Z0-9]{10}$", description="The team of the developer account, ten letters and digits.")
    key_id: str = Field(pattern=r"^[A-Z0-9]{10}$", description="The signing key's id, ten letters and digits.")
    private_key_env: str = Field("", description="Environment variable that holds the signing key, the text of the .p8 file that Apple gives.")
    private_key_file: Path | None = Field(None, description="The .p8 file, relative to the project.")
    sandbox: bool = Field(False, description="Apple's development server, for apps that Xcode installs: their device tokens are others.")
    priority: Literal["normal", "high"] = Field("normal", description="`high` wakes a sleeping device.")
    base_url: str = Field("", description="Another address of the API: a port, a proxy, a test. Encrypted, unless on this machine.")

    @model_validator(mode="after")
    def _key_is_given_once(self) -> Self:
        self.require_one("private_key_env", "private_key_file")
        self.require_safe("base_url", "a token")
        return self


class ApnsSender:
    """A repeat replaces the message under its key, but one that was seen and put away would show again: what may have arrived is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: ApnsSettings, root: Path, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.root = root
        self.clock = clock
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    def session(self) -> AbstractContextManager[Session]:
        return self.settings.opened(self._access, self.root)

    def _access(self) -> Access:
        url = self.settings.base_url or (SANDBOX if self.settings.sandbox else APPLE)
        return Access(self._apns, url, {}, self._apns.hidden, http2=True)

    @cached_property
    def _apns(self) -> "_Apns":
        """What all connections share. Raises ConnectionError where there is no key."""
        try:
            from cryptography.exceptions import UnsupportedAlgorithm
            from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
            from google.auth import jwt
        except ImportError:
            raise ConnectionError("google-auth is not installed: install relance with its extra `push`") from None
        text = read_text(self.settings.private_key_env, self.settings.private_key_file, self.root)
        try:
            key = load_pem_private_key(text.encode("utf-8"), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ConnectionError(f"{self.settings.private_key_file or self.settings.private_key_env} holds no signing key of Apple (.p8)")
        signer = Signer(key, self.settings.key_id)

        def token(since: int) -> str:
            signed: bytes = jwt.encode(signer, {"iss": self.settings.team_id, "iat": since}, {"alg": "ES256"})  # type: ignore[no-untyped-call]
            return signed.decode("ascii")

        return _Apns(self.settings, token, self.clock, text)


@dataclass(frozen=True)
class Signer:
    """Signs as ES256 (RFC 7518), what is the same always the same way (RFC 6979): processes that start one after the other have one token."""

    key: "EllipticCurvePrivateKey"
    key_id: str

    def sign(self, content: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        r, s = decode_dss_signature(self.key.sign(content, ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32) + s.to_bytes(32)


class _Apns:
    per_request = 1
    idempotent = False

    def __init__(self, settings: ApnsSettings, token: Callable[[int], str], clock: Callable[[], datetime], secret: str) -> None:
        self.settings = settings
        self.token = token
        self.clock = clock
        self.hidden = [secret]
        self.tokens: dict[int, str] = {}
        self.has_reached = False
        self.doubted = 0

    def written(self, message: Message) -> Json:
        """Return the request that carries *message*; raise ValueError for what is no device token, and for a text that is empty or too long."""
        says = push_text(message)
        if not message.to or message.to.strip("0123456789abcdefABCDEF"):
            raise ValueError("the address is no device token of Apple: hexadecimal digits")
        alert = {name: text for name, text in (("title", says.title), ("body", says.text)) if text}
        told = {"aps": {"alert": alert}, "message_key": message.key, **({"link": says.link} if says.link else {})}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        if len(body) > LARGEST:
            raise ValueError(f"the message takes {len(body)} bytes, more than the {LARGEST} that Apple takes")
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"bearer {self._token()}",
            "apns-topic": self.settings.bundle_id,
            "apns-push-type": "alert",
            "apns-id": str(uuid5(NAMESPACE_URL, f"relance {message.key}")),
            "apns-collapse-id": message.key,
            "apns-expiration": str(says.until),
            "apns-priority": "10" if self.settings.priority == "high" else "5",
        }
        return Request(f"/3/device/{message.to}", headers, body)

    def request(self, messages: Sequence[Message], written: Sequence[Json]) -> Request:
        request: Request
        [request] = written
        return request

    def verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        if answer.status == 200:
            told = Verdict(200, answer.headers["apns-id"])
            self.has_reached = True
            return [told]
        match answer.body:
            case {"reason": str(reason)}:
                return [self._refusal(answer.status, reason)]
            case _:
                return None

    def _refusal(self, status: int, reason: str) -> Verdict:
        """
        Return what a reason of Apple's means.

        Once it has taken a message, a device token that it does not want is of no use. Until then a setting may be wrong, for
        which no message is refused and no device given up. That it took one in an earlier pass says nothing: the setting may have changed since.
        """
        error = f"{status} {reason}"
        if status == 410 or (reason == "BadDeviceToken" and self.has_reached):
            return Verdict(422, error=f"{GONE}: {error}")
        if reason in DOUBTS and not self.has_reached:
            self.doubted += 1
            words = f"{error}: nobody was reached yet, so `{DOUBTS[reason]}` may be wrong"
            return Verdict(503, error=words, of_address=self.doubted <= MOST_DOUBTED)
        return Verdict(STATUS.get(reason, status), error=error)

    def _token(self) -> str:
        """Return the token of this half hour, whichever process asks."""
        now, period = (self.clock() - LEEWAY).replace(tzinfo=UTC).timestamp(), int(RENEWED.total_seconds())
        since = int(now) // period * period
        if since not in self.tokens:
            self.tokens[since] = self.token(since)
            self.hidden.append(self.tokens[since])
        return self.tokens[since]
