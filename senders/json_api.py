"""A provider's API as data: where its parts of a message go, how many messages a request carries, what its answers mean."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from senders.http import Answer, Json, Request, Verdict, words_of
from senders.message import Message

Values = Mapping[str, Json]


@dataclass(frozen=True)
class Lookup:
    """
    How a provider is asked for a message by our key.

    A GET of `path` with `params`, or a POST of `body` where there is one: templates as those of a message, in which names stand for
    settings of the sender and for `$key`, `$to`, `$since` (an instant shortly before the hand-over, as `instant` writes it), `$most`, `$page`
    and `$query`, a text in which `{key}`, `{to}` and `{since}` stand for the same.

    `entries` reads the messages in an answer, and `more` what the next page is called. `key` and `id` read our key and the provider's id in an entry, or,
    where entries do not carry our key, in what a GET of `details` gives, a path with values of the entry. An entry counts where it
    carries the key that was asked for. `right` is what an API key must be allowed to do, said where it is refused.
    """

    path: str
    entries: Callable[[Json], list[Json]]
    key: Callable[[Json], Json]
    id: Callable[[Json], str]
    params: Json = None
    body: Json = None
    query: str = ""
    most: int = 100
    instant: Callable[[datetime], Json] = datetime.isoformat
    more: Callable[[Json], Json] = lambda body: None
    details: str = ""
    right: str = ""


@dataclass(frozen=True)
class JsonApi:
    """
    What is to be known of one provider.

    `message` is the JSON of one message in which `$name` stands for a value; a part whose values are all empty is left
    out (see `filled`). `envelope`, for providers that take several messages at once, is the JSON around `$messages`, in
    which names stand for values of the first and `$batch` for a key that the same messages always get (a UUID).
    `verdicts` reads an answer, as `senders.http.Api` says.

    `regions` are the addresses of the API by region; the usual one has no name. `needs` and `takes` are the settings that only
    some providers have: those it cannot do without, and those it understands besides. `most` messages fit in a request. `withheld` are e-mail headers, in small
    letters, that it writes itself; `code` are signs that it would read as a template language in any text. `send_at`, where it
    can be told when a message shall go, writes an instant (UTC, without zone) as it wants it, for `$send_at`. `lookup`, where
    it can be asked whether it has a message, says how.

    `errors` are its own codes (the `code` of an answer) that mean something else than the status they come with, and the status
    that says it: 403 for what is wrong with the account or its sender, so that no contact's message is refused for it, 503
    where it may be wrong for some destinations only.
    """

    regions: Mapping[str, str]
    path: str
    headers: Mapping[str, str]
    message: Json
    verdicts: Callable[[Answer, int], list[Verdict] | None]
    envelope: Json = None
    most: int = 1
    form: bool = False
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    code: tuple[str, ...] = ()
    send_at: Callable[[datetime], Json] | None = None
    lookup: Lookup | None = None
    errors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """An API bound to a sender's settings: what `senders.http.HttpSession` talks to. `values` gives those of one message."""

    api: JsonApi
    settings: Values
    values: Callable[[Message], Values]
    per_request: int
    idempotent: bool = False

    def written(self, message: Message) -> Json:
        values = self.values(message)
        for sign in self.api.code:
            if any(sign in str(values.get(name, "")) for name in ("subject", "text", "html")):
                raise ValueError(f"the message contains `{sign}`, which the provider would read as its own template language")
        return {**self.settings, **values}

    def request(self, messages: Sequence[Message], written: Sequence[Json]) -> Request:
        batch = str(uuid5(NAMESPACE_URL, " ".join(["relance", *(message.key for message in messages)])))
        whole = {**written[0], "messages": [filled(self.api.message, values) for values in written], "batch": batch}
        body = filled(self.api.envelope or self.api.message, whole)
        kind = "application/x-www-form-urlencoded" if self.api.form else "application/json"
        content = urlencode(body) if self.api.form else json.dumps(body, ensure_ascii=False)
        return Request(self.api.path.format_map(whole), {"Content-Type": kind, "Accept": "application/json"}, content.encode("utf-8"))

    def verdicts(self, answer: Answer, count: int) -> list[Verdict] | None:
        code = str(answer.body.get("code")) if answer.status >= 400 and isinstance(answer.body, dict) else ""
        if code in self.api.errors:
            return [Verdict(self.api.errors[code], error=f"{answer.status} {words_of(answer.body) or code}")] * count
        return self.api.verdicts(answer, count)


def filled(template: Json, values: Values) -> Json:
    """
    Return *template* with each `$name` replaced by a value of its own kind.

    Entries that come out empty are left out, and so is a table of which only fixed words would remain: without HTML,
    `{"type": "text/html", "value": "$html"}` is gone. An entry named `h:*` becomes one `h:Name` for each of a table.
    """
    match template:
        case str():
            return values[template[1:]] if template.startswith("$") else template
        case list():
            return [part for part in (filled(each, values) for each in template) if not _is_empty(part)]
        case dict():
            parts = {name: filled(each, values) for name, each in template.items()}
            open_parts = [name for name, each in template.items() if not _is_fixed(each)]
            if open_parts and all(_is_empty(parts[name]) for name in open_parts):
                return {}
            return {name: part for key, whole in parts.items() for name, part in _spread(key, whole) if not _is_empty(part)}
        case _:
            return template


def basic(username: str, secret: str) -> str:
    """Return the value of an Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode("ascii")


def _spread(name: str, part: Json) -> list[tuple[str, Json]]:
    return [(name[:-1] + key, value) for key, value in part.items()] if name.endswith("*") else [(name, part)]


def _is_fixed(template: Json) -> bool:
    match template:
        case str():
            return not template.startswith("$")
        case list():
            return all(_is_fixed(each) for each in template)
        case dict():
            return all(_is_fixed(each) for each in template.values())
        case _:
            return True


def _is_empty(part: Json) -> bool:
    return part is None or (isinstance(part, str | list | dict) and not part)
