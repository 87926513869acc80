"""SMS through the APIs of providers: one sender for all those that `senders.sms_apis` describes."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from senders.api_settings import ApiSettings
from senders.json_api import Bound, JsonApi, Values
from senders.message import Lost, Message, Session
from senders.phone import phone_number
from senders.sms_apis import NOTICE, SMS_APIS
from senders.sms_text import in_alphabet, segments

SENDER_ID = re.compile(r"\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}|MG[0-9a-f]{32}")
LEAST_AHEAD = 40
"""With passes a quarter of an hour apart every message then comes within reach of one: 15 minutes of notice, 10 of a pass, 15 to the next."""


class HttpSmsSettings(ApiSettings):
    """Hands SMS to a provider through its web API. The key is never written here: an environment variable or a file holds it."""

    kind: Literal["http_sms"]
    channels: list[Literal["sms"]] = Field(["sms"], description="SMS is all it can carry.")
    provider: Literal["twilio", "brevo"] = Field(description="Whose API.")
    username: str = Field("", pattern=r"^[A-Za-z0-9]*$", description="Twilio: the Account SID, beside which the auth token is the `api_key`.")
    sender_id: str = Field(description="Who speaks: 3 to 11 letters and digits, a number, a short code, or a messaging service of Twilio (MG…).")
    max_segments: int = Field(3, ge=1, le=10, description="A message that takes more segments is refused; each is paid for.")
    schedule_ahead: int = Field(
        0,
        ge=0,
        le=120,
        description="Twilio, through a messaging service: minutes before its hour that a message is handed over, to go on time. Nothing stops it there.",
    )

    @model_validator(mode="after")
    def _fits_the_provider(self) -> Self:
        self.check(self.provider, SMS_APIS[self.provider])
        if not SENDER_ID.fullmatch(self.sender_id) or (self.is_service and self.provider != "twilio"):
            raise ValueError(f"`{self.sender_id}` can be no sender of an SMS|write 3 to 11 letters and digits, such as the shop's name, or a number")
        if self.schedule_ahead and not (self.is_service and SMS_APIS[self.provider].send_at):
            raise ValueError("only Twilio can be told when an SMS shall go, and a messaging service of it alone|remove `schedule_ahead`: messages wait here")
        if 0 < self.schedule_ahead <= LEAST_AHEAD:
            raise ValueError(
                f"`schedule_ahead` is to be more than {LEAST_AHEAD}: Twilio wants 15 minutes, and a pass and the time to the next take as long again"
            )
        return self

    @property
    def ahead(self) -> timedelta:
        return timedelta(minutes=self.schedule_ahead)

    @property
    def notice(self) -> timedelta:
        return NOTICE if self.schedule_ahead else timedelta(0)

    @property
    def is_service(self) -> bool:
        return self.sender_id.startswith("MG") and len(self.sender_id) > 11


class HttpSmsSender:
    """Knows no idempotency key: what a provider may have taken without saying so is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: HttpSmsSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    def session(self) -> AbstractContextManager[Session]:
        return self.settings.session(self._bound(), self.root, self.settings.username)

    def has(self, lost: Sequence[Lost]) -> Iterator[tuple[str, str]] | None:
        return self.settings.looked_up(self._bound(), self.root, self.settings.username, lost)

    def _bound(self) -> Bound:
        own = {"username": self.settings.username, "from": "", "service": "", "service" if self.settings.is_service else "from": self.settings.sender_id}
        api = SMS_APIS[self.settings.provider]
        return Bound(api, own, lambda message: _values(message, self.settings.max_segments, api), 1)


def _values(message: Message, max_segments: int, api: JsonApi) -> Values:
    """Return what an API may ask of *message*; raise ValueError for what is no number, and for a text that is empty or takes too many segments."""
    if message.send_at and not api.send_at:
        raise ValueError("the provider cannot be told when a message shall go")
    number = phone_number(message.to)
    text = in_alphabet(message.text)
    cost = segments(text)
    if not text.strip():
        raise ValueError("the text is empty")
    if cost.count > max_segments:
        raise ValueError(f"the text takes {cost.count} segments ({cost.encoding}), and `max_segments` is {max_segments}")
    return {
        "key": message.key,
        "to": number,
        "digits": number.removeprefix("+"),
        "text": text,
        "type": "marketing" if "[STOP_CODE]" in text else "transactional",
        "unicode": cost.encoding == "UCS-2",
        "send_at": api.send_at(message.send_at) if message.send_at and api.send_at else "",
        "schedule": "fixed" if message.send_at else "",
    }
