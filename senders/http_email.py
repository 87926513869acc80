"""E-mail through the JSON APIs of providers: one sender for all those that `senders.email_apis` describes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import formataddr
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from senders.api_settings import ApiSettings
from senders.email_apis import EMAIL_APIS
from senders.json_api import Bound, JsonApi, Values
from senders.message import Lost, Message, Session
from senders.mime import CONTROL, ascii_address, further_headers, message_id


class HttpEmailSettings(ApiSettings):
    """Hands e-mail to a provider through its web API. The key is never written here: an environment variable or a file holds it."""

    kind: Literal["http_email"]
    channels: list[Literal["email"]] = Field(["email"], description="E-mail is all it can carry.")
    provider: Literal["brevo", "mailjet", "sendgrid", "mailgun", "postmark", "listmonk"] = Field(description="Whose API.")
    username: str = Field("", description="Mailjet: the API key, beside which the secret key is the `api_key`. listmonk: the API user.")
    domain: str = Field("", pattern=r"^[A-Za-z0-9.-]*$", description="Mailgun: the sending domain.")
    stream: str = Field("", description="Postmark: the message stream; marketing wants one of kind broadcast.")
    template_id: int = Field(0, ge=0, description="listmonk: the transactional template that prints `{{ .Tx.Data.html | Safe }}`.")

    per_request: int = Field(
        1, ge=1, le=50, description="Messages in one request, with providers that take several. All of them are unknown where its answer is lost."
    )
    schedule_ahead: int = Field(
        0, ge=0, le=120, description="Minutes before its hour that a message is handed over, for the provider to let it go on time. Nothing stops it there."
    )

    @model_validator(mode="after")
    def _fits_the_provider(self) -> Self:
        api = EMAIL_APIS[self.provider]
        self.check(self.provider, api)
        if self.schedule_ahead and not api.send_at:
            able = ", ".join(f"`{name}`" for name, each in EMAIL_APIS.items() if each.send_at)
            raise ValueError(f"{self.provider} cannot be told when a message shall go|remove `schedule_ahead`: messages wait here; {able} can")
        return self

    @property
    def ahead(self) -> timedelta:
        return timedelta(minutes=self.schedule_ahead)


class HttpEmailSender:
    """Knows no idempotency key that lasts: what a provider may have taken without saying so is unknown, all that one request carried."""

    idempotent = False
    acts = True

    def __init__(self, settings: HttpEmailSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    def session(self) -> AbstractContextManager[Session]:
        return self.settings.session(self._bound(), self.root, self.settings.username or "api")

    def has(self, lost: Sequence[Lost]) -> Iterator[tuple[str, str]] | None:
        return self.settings.looked_up(self._bound(), self.root, self.settings.username or "api", list(_written(lost)))

    def _bound(self) -> Bound:
        api = EMAIL_APIS[self.settings.provider]
        own = {"domain": self.settings.domain, "stream": self.settings.stream, "template_id": self.settings.template_id}
        return Bound(api, own, lambda message: _values(message, api), min(api.most, self.settings.per_request))


def _written(lost: Iterable[Lost]) -> Iterator[Lost]:
    """Yield *lost* with each address as it was given to the provider; one that cannot be written never was."""
    for each in lost:
        with suppress(ValueError):
            yield replace(each, to=ascii_address(each.to))


def _values(message: Message, api: JsonApi) -> Values:
    """Return what an API may ask of *message*; raise ValueError where an address or a header cannot be written."""
    if message.send_at and not api.send_at:
        raise ValueError("the provider cannot be told when a message shall go")
    sender, name = ascii_address(message.sender), CONTROL.sub(" ", message.sender_name).strip()
    own = {"Message-ID": message_id(message), **further_headers(message)}
    headers = {name: value for name, value in own.items() if name.lower() not in api.withheld}
    reply_to = ascii_address(message.reply_to) if message.reply_to else ""
    return {
        "key": message.key,
        "to": ascii_address(message.to),
        "subject": CONTROL.sub(" ", message.subject).strip(),
        "text": message.text,
        "html": message.html,
        "sender": sender,
        "sender_name": name,
        "from": formataddr((name, sender)),
        "reply_to": reply_to,
        "send_at": api.send_at(message.send_at) if message.send_at and api.send_at else None,
        "headers": headers,
        "header_list": [{"Name": name, "Value": value} for name, value in headers.items()],
        "header_tables": [{name: value} for name, value in (headers | {"Reply-To": reply_to}).items() if value],
    }
