"""HTTP as senders use it: one POST after the other, and what its answer, or the lack of one, says of the messages in it."""

import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Protocol

import httpx

from senders.broken_lines import Stages, is_untouched, said
from senders.message import GONE, About, Message, Receipt, Session, State
from senders.pace import RECONNECT

Json = Any
PAUSES = ("retry-after", "x-sib-ratelimit-reset", "x-ratelimit-reset")
"""Headers that say how long to wait; beside the standard's own, those of Brevo (seconds) and SendGrid (an instant)."""
EPOCH = 1_000_000_000
"""Numbers from here on are instants, in seconds since 1970; smaller ones are seconds to wait."""
LONGEST_PAUSE = 86_400.0
"""Seconds that a provider is left alone for at most, whatever it says: then it is asked again."""
NUMBER = re.compile(r"\d+(\.\d+)?")
WORDS = ("message", "Message", "ErrorMessage", "error", "detail", "title")
LONGEST = 300

# Both write the address of every request into their logs: those of webhooks are secrets, those of APNs are device tokens.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("hpack").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """What a server answered. `body` is None where it was no JSON."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None


@dataclass(frozen=True)
class Verdict:
    """
    What became of one message, in the words of HTTP: `status` means what it would mean for a request that carries this message alone.

    `of_address`: what stands in the way may lie in its address.
    """

    status: int
    id: str = ""
    error: str = ""
    of_address: bool = False


@dataclass(frozen=True)
class Request:
    """The path below the base address, the headers and the bytes of a POST."""

    path: str
    headers: Mapping[str, str]
    content: bytes


class Api(Protocol):
    """How one provider wants messages, and how it answers."""

    @property
    def per_request(self) -> int: ...

    @property
    def idempotent(self) -> bool: ...

    def written(self, message: Message) -> Json:
        """Return *message* as the provider wants it; raise ValueError where it cannot be written."""
        ...

    def request(self, messages: Sequence[Message], written: Sequence[Json]) -> Request: ...

    def verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        """
        Return what *answer* says of each of *count* messages, in their order; None where it says nothing of each.

        May raise KeyError, IndexError, TypeError or ValueError for an answer of another form than the provider documents: nobody knows then what it took.
        """
        ...


@dataclass(frozen=True)
class Failure:
    """Why a request got no answer. `lasting`: nothing else would get through in this session."""

    state: State
    error: str
    lasting: bool = False


class HttpSession:
    """
    Hands messages over in requests of at most `api.per_request`, those of one From and one hour together.

    Once the provider cannot be had, or knows the account no more, it takes no more.
    """

    def __init__(self, api: Api, client: httpx.Client, hidden: Sequence[str]) -> None:
        self.api = api
        self.client = client
        self.hidden = hidden
        self.down = ""
        self.has_answered = False

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        waiting = iter(messages)
        while taken := list(islice(waiting, self.api.per_request)):
            fit = []
            for message in taken:
                try:
                    fit.append((message, self.api.written(message)))
                except ValueError as error:
                    yield Receipt(message.key, "refused", error=str(error), about="message")
            for _, together in groupby(fit, key=lambda pair: (pair[0].sender, pair[0].sender_name, pair[0].send_at)):
                yield from self._handed_over(list(together))
            if self.down:
                return

    def _handed_over(self, part: Sequence[tuple[Message, Json]]) -> Iterator[Receipt]:
        messages = [message for message, _ in part]
        answer = Failure("retry", self.down, lasting=True) if self.down else self._posted(self.api.request(messages, [written for _, written in part]))
        if isinstance(answer, Failure):
            self.down = answer.error if answer.lasting else self.down
            yield from (Receipt(message.key, answer.state, error=answer.error, about="session" if answer.lasting else "") for message in messages)
            return
        verdicts = self._verdicts(answer, len(part))
        if len(part) > 1 and verdicts is None and _state(answer.status, self.api.idempotent) == "refused":
            # One message may have spoilt the request for all of them, and none of it was taken: each half is asked alone.
            yield from self._handed_over(part[: len(part) // 2])
            yield from self._handed_over(part[len(part) // 2 :])
            return
        wait = seconds_to_wait(answer.headers, messages[0].date) if answer.status in (429, 503) else None
        whole = Verdict(answer.status, error=told(answer))
        yield from [self._receipt(message, verdict, wait) for message, verdict in zip(messages, verdicts or [whole] * len(part), strict=True)]

    def _receipt(self, message: Message, verdict: Verdict, wait: float | None) -> Receipt:
        state = _state(verdict.status, self.api.idempotent)
        if state == "accepted":
            return Receipt(message.key, state, verdict.id)
        error = one_line(verdict.error or str(verdict.status), self.hidden)
        if _is_lasting(verdict.status):
            self.down = error
            return Receipt(message.key, state, error=error, about="session")
        about: About = "message" if verdict.of_address or verdict.error.startswith(GONE) else ""
        return Receipt(message.key, state, error=error, retry_after=wait if state == "retry" else None, about=about)

    def _verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        """Return what the answer says message by message; one of success, or about messages, that cannot be read leaves all of them lost."""
        try:
            verdicts = self.api.verdicts(answer, count)
        except (KeyError, IndexError, TypeError, ValueError):
            verdicts = []
        if verdicts is None and answer.status >= 300 or verdicts is not None and len(verdicts) == count:
            return verdicts
        return [Verdict(500, error=f"{self.client.base_url.host} answered {answer.status} in a form that cannot be read: {told(answer)}")] * count

    def _posted(self, request: Request) -> Answer | Failure:
        """Post; a provider that was there before and cannot be reached now is tried a second time."""
        answer = self._tried(request)
        if self.has_answered and isinstance(answer, Failure) and answer.lasting:
            time.sleep(RECONNECT)
            answer = self._tried(request)
        self.has_answered = self.has_answered or isinstance(answer, Answer)
        return answer

    def _tried(self, request: Request) -> Answer | Failure:
        host, stages = self.client.base_url.host, Stages()
        try:
            response = self.client.post(request.path, headers=dict(request.headers), content=request.content, extensions={"trace": stages})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
            return Failure("retry", one_line(f"{host}: {said(error)}", self.hidden), lasting=True)
        except httpx.HTTPError as error:
            # What has not left this machine whole, the provider cannot have taken.
            if stages.are_half_way:
                return Failure("retry", one_line(f"{host}: connection lost before the request was sent: {said(error)}", self.hidden))
            if is_untouched(error, stages):
                return Failure("retry", one_line(f"{host}: the request was not looked at: {said(error)}", self.hidden))
            lost = _state(500, self.api.idempotent)
            return Failure(lost, one_line(f"{host}: connection lost before the answer came: {said(error)}", self.hidden))
        return Answer(response.status_code, response.headers, json_in(response.content))


@dataclass(frozen=True)
class Access:
    """What it takes to reach an API: below *base_url*, with *headers* in every request; *hidden* is never told to anybody. *http2*: it asks for HTTP/2."""

    api: Api
    base_url: str
    headers: Mapping[str, str]
    hidden: Sequence[str]
    http2: bool = False


@dataclass(frozen=True)
class Closed:
    """A session that could not be opened: the first message says why."""

    error: str

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        yield from (Receipt(message.key, "retry", error=self.error, about="session") for message in islice(messages, 1))


@contextmanager
def opened(access: Callable[[], Access], timeout: float, ca_file: Path | None) -> Iterator[Session]:
    """
    Open a session with what *access* finds; where it raises ConnectionError, the session is closed and says why.

    Certificates are verified, against *ca_file* where there is one. *timeout*: seconds for the connection, and for each piece of an answer.
    """
    try:
        found = access()
        client = httpx.Client(base_url=found.base_url, headers=dict(found.headers), timeout=timeout, verify=trusted(ca_file), http2=found.http2)
    except ConnectionError as error:
        closed = Closed(str(error))
    except ImportError:
        closed = Closed("h2 is not installed: install relance with its extra `push`")
    else:
        with client:
            yield HttpSession(found.api, client, found.hidden)
        return
    yield closed


def one_line(text: str, hidden: Sequence[str] = ()) -> str:
    """Return *text* as one line of bearable length, without the secrets in *hidden*, which a server may have repeated."""
    for secret in hidden:
        text = text.replace(secret, "…")
    return " ".join(text.split())[:LONGEST]


def is_safe(url: str) -> bool:
    """Whether *url* can be posted secrets to: encrypted, or on this machine."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return bool(parts.host) and not parts.userinfo and (parts.scheme == "https" or (parts.scheme == "http" and parts.host in ("localhost", "127.0.0.1", "::1")))


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """
    Return for how many seconds a provider asks to be left alone, a day at most, or None.

    RFC 9110 allows seconds or a date. A date is measured by the server's own clock, or else from *now* (UTC, without zone).
    """
    value = next((headers[name].strip() for name in PAUSES if name in headers), "")
    try:
        moment = float(value) if NUMBER.fullmatch(value) else _date(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, moment if moment < EPOCH else moment - _there(headers, now).timestamp()), LONGEST_PAUSE)


def _there(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return the time by the server's clock, or *now* where it does not tell it."""
    try:
        return _date(headers["date"])
    except (KeyError, ValueError, OverflowError):
        return now.replace(tzinfo=UTC)


def told(answer: Answer) -> str:
    """Return what was answered: the status, with the provider's words where it has any."""
    return f"{answer.status} {words_of(answer.body) or httpx.codes.get_reason_phrase(answer.status)}".strip()


def words_of(body: Json) -> str:
    """Return what an answer says is wrong: the providers' own words, wherever they put them."""
    match body:
        case {"errors": [first, *_]} | {"Errors": [first, *_]}:
            return words_of(first) or str(first)
        case dict():
            return next((str(body[name]) for name in WORDS if body.get(name)), "")
        case _:
            return ""


def _state(status: int, idempotent: bool) -> State:
    """Return what an HTTP status says of a message; a server that failed may have taken it before it did."""
    if 200 <= status < 300:
        return "accepted"
    if status in (408, 425, 429, 503) or _is_lasting(status) or (status == 409 and idempotent):
        return "retry"
    if status >= 500:
        return "retry" if idempotent else "unknown"
    return "refused"


def _is_lasting(status: int) -> bool:
    """Whether a status is about the account or the address of the API: nobody else's message would fare better."""
    return status in (401, 402, 403, 404, 405, 407, 410) or status < 200 or 300 <= status < 400


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Return what certificates are held against: *ca_file*, or those of the system; raise ConnectionError where it cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConnectionError(f"{ca_file}: {error.strerror or error}") from None


def json_in(content: bytes) -> Json:
    """Return the JSON that *content* is, or None."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def _date(value: str) -> datetime:
    date = parsedate_to_datetime(value)
    return date if date.tzinfo else date.replace(tzinfo=UTC)
