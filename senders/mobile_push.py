"""
Messages to apps on Android and iOS: Firebase Cloud Messaging (FCM), HTTP v1. To iOS, FCM hands them on to Apple.

google-auth (`pip install relance[push]`) turns the service account into the token that requests carry.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from senders.api_settings import HttpSettings
from senders.credentials import read_text
from senders.http import Access, Answer, Json, Verdict, one_line
from senders.json_api import Bound, JsonApi, Values
from senders.message import GONE, Message, Session
from senders.push_text import push_text

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
LARGEST = 4096
"""Bytes of a message (FCM, «ErrorCode: INVALID_ARGUMENT, message too big»)."""
STATUS = {
    "UNREGISTERED": 422,  # the app was removed, or the token is no longer good
    "SENDER_ID_MISMATCH": 422,  # the token belongs to another project
    "INVALID_ARGUMENT": 422,
    "QUOTA_EXCEEDED": 429,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,  # it may have gone
    "THIRD_PARTY_AUTH_ERROR": 503,  # the key for Apple, or for browsers: others may go
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
}
"""FCM, «ErrorCode», and Google's canonical codes: the HTTP status that says what each means for a message."""


def _fcm(answer: Answer, count: int) -> list[Verdict] | None:
    match answer.body:
        case {"name": str(name)}:
            return [Verdict(answer.status, name)]
        case {"error": {"message": str(words)}}:
            said: Json = answer.body["error"]
            code = next((detail["errorCode"] for detail in said.get("details", []) if "errorCode" in detail), said.get("status", ""))
            error = f"{answer.status} {code}: {words}"
            return [Verdict(STATUS.get(code, answer.status), error=f"{GONE}: {error}" if code == "UNREGISTERED" else error)]
        case _:
            return None


FCM = JsonApi(
    # Firebase, «REST Resource: projects.messages»: a repeat under the same tag, collapse key or apns-collapse-id replaces the message.
    regions={"": "https://fcm.googleapis.com"},
    path="/v1/projects/{project}/messages:send",
    headers={},
    message={
        "message": {
            "token": "$to",
            "notification": {"title": "$title", "body": "$text"},
            "data": {"message_key": "$key", "link": "$link"},
            "android": {"ttl": "$ttl", "priority": "$android_priority", "collapse_key": "$key", "notification": {"tag": "$key"}},
            "apns": {"headers": {"apns-collapse-id": "$key", "apns-expiration": "$expires", "apns-priority": "$apns_priority"}},
            "webpush": {"headers": {"TTL": "$seconds", "Urgency": "$urgency"}, "fcm_options": {"link": "$https_link"}},
        }
    },
    verdicts=_fcm,
)


class MobilePushSettings(HttpSettings):
    """Pushes messages to the shop's app through Firebase. The service account's key is never written here."""

    kind: Literal["mobile_push"]
    channels: list[Literal["push"]] = Field(["push"], description="Pushes are all it can carry.")
    service_account_env: str = Field("", description="Environment variable that holds the service account's key, the JSON that Google gives.")
    service_account_file: Path | None = Field(None, description="File that holds it, relative to the project.")
    project: str = Field("", pattern=r"^[a-z0-9-]*$", description="Firebase project; empty means the service account's.")
    priority: Literal["normal", "high"] = Field("normal", description="`high` wakes a sleeping device.")
    base_url: str = Field("", description="Another address of the API: a proxy, a test. Encrypted, unless on this machine.")

    @model_validator(mode="after")
    def _account_is_given_once(self) -> Self:
        self.require_one("service_account_env", "service_account_file")
        self.require_safe("base_url", "a token")
        return self


class MobilePushSender:
    """A repeat replaces the message under its key, but one that was seen and put away would show again: what may have arrived is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: MobilePushSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    def session(self) -> AbstractContextManager[Session]:
        return self.settings.opened(self._access, self.root)

    def _access(self) -> Access:
        info, token = self.account
        if not (name := self.settings.project or info.get("project_id", "")):
            raise ConnectionError("neither `project` nor the service account names a Firebase project")
        bound = Bound(FCM, {"project": name}, self._values, 1, idempotent=False)
        return Access(bound, self.settings.base_url or FCM.regions[""], {"Authorization": f"Bearer {token}"}, (token, info["private_key"]))

    @cached_property
    def account(self) -> tuple[Mapping[str, Any], str]:
        """The service account and the token it gets, good for an hour, as long as the sender lives. Raises ConnectionError where it gets none."""
        try:
            import requests
            from google.auth.exceptions import GoogleAuthError
            from google.auth.transport.requests import Request
            from google.oauth2.service_account import Credentials
        except ImportError:
            raise ConnectionError("google-auth is not installed: install relance with its extra `push`") from None
        settings, where = self.settings, self.settings.service_account_file or self.settings.service_account_env
        text = read_text(settings.service_account_env, settings.service_account_file, self.root)
        try:
            info = json.loads(text)
            credentials: Any = Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, AttributeError, GoogleAuthError):
            raise ConnectionError(f"{where} holds no key of a Google service account") from None
        with requests.Session() as line:
            line.verify = str(self.root / settings.ca_file) if settings.ca_file else True
            try:
                credentials.refresh(Request(line))
            except (GoogleAuthError, OSError) as error:
                raise ConnectionError(one_line(f"the service account gets no token: {error}")) from None
        return info, str(credentials.token)

    def _values(self, message: Message) -> Values:
        """Return what FCM may ask of *message*; raise ValueError for what is no token, and for a text that is empty or too long."""
        says, high = push_text(message), self.settings.priority == "high"
        if not message.to or any(sign.isspace() for sign in message.to):
            raise ValueError("the address is no registration token of an app")
        if len((says.title + says.text + says.link).encode("utf-8")) > LARGEST:
            raise ValueError(f"the message takes more than the {LARGEST} bytes that FCM takes")
        return {
            "key": message.key,
            "to": message.to,
            "title": says.title,
            "text": says.text,
            "link": says.link,
            "https_link": says.link if says.link.startswith("https://") else "",
            "ttl": f"{says.seconds}s",
            "seconds": str(says.seconds),
            "expires": str(says.until),
            "android_priority": "HIGH" if high else "NORMAL",
            "apns_priority": "10" if high else "5",
            "urgency": "high" if high else "normal",
        }
