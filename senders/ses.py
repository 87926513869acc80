"""
E-mail through Amazon SES (API v2, «SendEmail» with raw content): one request each, over boto3 (`pip install relance[ses]`).

Region and credentials are found as boto3 always finds them: environment, shared files, the role of the machine.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from senders.api_settings import HttpSettings
from senders.http import Closed, one_line
from senders.message import Message, Receipt, Session, State
from senders.mime import ascii_address, to_bytes

ACCOUNT = frozenset({
    "AccessDeniedException", "AccountSuspendedException", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId",
    "InvalidSignatureException", "MailFromDomainNotVerifiedException", "NotFoundException", "OptInRequired", "SendingPausedException",
    "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""Errors about the account, its identities or its configuration set (SES API v2, «SendEmail: Errors», «Common Errors»)."""
LATER = frozenset({"LimitExceededException", "ServiceUnavailable", "Throttling", "ThrottlingException", "TooManyRequestsException"})
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
UNVERIFIED = "not verified"
"""What a MessageRejected says of an identity that the account may not use."""


class SesSettings(HttpSettings):
    """Hands e-mail to Amazon SES. boto3 finds the credentials; they are never written here."""

    kind: Literal["ses"]
    channels: list[Literal["email"]] = Field(["email"], description="E-mail is all it can carry.")
    region: str = Field("", pattern=r"^([a-z]{2,}(-[a-z]+)+-\d)?$", description="AWS region; empty leaves it to boto3's own chain.")
    profile: str = Field("", description="Profile of the shared AWS files; empty leaves it to boto3's own chain.")
    configuration_set: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,64}$", description="Configuration set, through which SES publishes events.")
    endpoint_url: str = Field("", pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1)(:\d+)?)?$", description="Another address of the API.")


class SesSender:
    """Knows no idempotency key: what SES may have taken without saying so is unknown."""

    idempotent = False
    acts = True

    def __init__(self, settings: SesSettings, root: Path) -> None:
        self.settings = settings
        self.root = root
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.pace = settings

    @contextmanager
    def session(self) -> Iterator[Session]:
        try:
            session: Session = SesSession(self.client, self.settings.configuration_set)
        except ConnectionError as error:
            session = Closed(str(error))
        yield session

    @cached_property
    def client(self) -> Any:
        """
        The client of all connections: making one takes half a second. It asks once, for botocore would repeat a request whose answer was lost.

        Raises ConnectionError where there can be none.
        """
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise ConnectionError("boto3 is not installed: install relance with its extra `ses`") from None
        settings = self.settings
        patience = {"connect_timeout": settings.timeout, "read_timeout": settings.timeout}
        once = Config(**patience, retries={"total_max_attempts": 1}, max_pool_connections=settings.connections)
        try:
            session = boto3.Session(profile_name=settings.profile or None, region_name=settings.region or None)
            ca_file = str(self.root / settings.ca_file) if settings.ca_file else None
            return session.client("sesv2", endpoint_url=settings.endpoint_url or None, config=once, verify=ca_file)
        except (BotoCoreError, ValueError) as error:
            raise ConnectionError(one_line(str(error))) from None


class SesSession:
    """Hands messages over one by one. Once SES cannot be had, or knows the account no more, it takes no more."""

    def __init__(self, client: Any, configuration_set: str) -> None:
        self.client = client
        self.configuration_set = configuration_set
        self.down = ""

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            try:
                request = self._written(message)
            except ValueError as error:
                yield Receipt(message.key, "refused", error=str(error), about="message")
                continue
            yield self._put_off(message) if self.down else self._handed_over(message, request)
            if self.down:
                return

    def _written(self, message: Message) -> dict[str, Any]:
        """Return the request that carries *message*; its key comes back as a tag of every event. Raises ValueError where it cannot be written."""
        request: dict[str, Any] = {
            "FromEmailAddress": ascii_address(message.sender),
            "Destination": {"ToAddresses": [ascii_address(message.to)]},
            "Content": {"Raw": {"Data": to_bytes(message)}},
            "EmailTags": [{"Name": "message_key", "Value": message.key}],
        }
        return request | ({"ConfigurationSetName": self.configuration_set} if self.configuration_set else {})

    def _handed_over(self, message: Message, request: dict[str, Any]) -> Receipt:
        from botocore import exceptions as boto
        from botocore.parsers import ResponseParserError

        try:
            return Receipt(message.key, "accepted", self.client.send_email(**request)["MessageId"])
        except boto.ClientError as error:
            return self._declined(message, error.response)
        except boto.ParamValidationError as error:
            return Receipt(message.key, "refused", error=one_line(str(error)), about="message")
        except (boto.ConnectTimeoutError, boto.EndpointConnectionError, boto.ProxyConnectionError) as error:
            return self._not_reached(message, error)
        except boto.SSLError as error:
            # Encryption may also break while the answer comes: only where nobody was trusted, nothing was sent.
            return self._not_reached(message, error) if UNTRUSTED in str(error) else _lost(message, error)
        except (boto.HTTPClientError, ResponseParserError, KeyError) as error:
            return _lost(message, error)
        except boto.BotoCoreError as error:
            # No credentials, or none that can be refreshed: nothing was sent.
            return self._not_reached(message, error)

    def _not_reached(self, message: Message, error: Exception) -> Receipt:
        self.down = one_line(str(error))
        return self._put_off(message)

    def _put_off(self, message: Message) -> Receipt:
        return Receipt(message.key, "retry", error=self.down, about="session")

    def _declined(self, message: Message, answer: dict[str, Any]) -> Receipt:
        code, words, status = answer["Error"]["Code"], answer["Error"].get("Message", ""), answer["ResponseMetadata"]["HTTPStatusCode"]
        said = one_line(f"{status} {code}: {words}")
        if _is_about_the_account(code, words, status):
            self.down = said
            return self._put_off(message)
        return Receipt(message.key, _state(code, status), error=said)


def _lost(message: Message, error: Exception) -> Receipt:
    return Receipt(message.key, "unknown", error=one_line(f"connection lost before the answer came, or it cannot be read: {error}"))


def _state(code: str, status: int) -> State:
    if code in LATER or status in (408, 429, 503):
        return "retry"
    return "unknown" if status >= 500 else "refused"


def _is_about_the_account(code: str, words: str, status: int) -> bool:
    return code in ACCOUNT or status in (401, 403, 404) or (code == "MessageRejected" and UNVERIFIED in words)
