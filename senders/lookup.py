"""Asks a provider for messages whose answer was lost: what it answers counts only where it carries our key."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx

from senders.broken_lines import said
from senders.http import Access, Answer, Json, json_in, one_line, told, trusted
from senders.json_api import Lookup, Values, filled
from senders.message import Lost

MARGIN = timedelta(hours=1)
"""A message is looked for from so long before its hand-over on, for clocks differ."""
LATER = ": ask again later"


class Closed(ConnectionError):
    """The provider would not answer for any other message either."""


def looked_up(
    access: Callable[[], Access], lookup: Lookup, settings: Values, lost: Sequence[Lost], *, timeout: float, ca_file: Path | None
) -> Iterator[tuple[str, str]]:
    """
    Ask with what *access* finds, and yield the key and the provider's id of each of *lost*, as it answers.

    The id is empty where it does not know the message, or not by our key. One that it does not answer for as it should is left out, and the
    first ConnectionError raised once it was asked for all others; at once where nobody may ask, or not so often, or it cannot be reached.
    """
    found = access()
    headers = {"Accept": "application/json", **found.headers}
    with httpx.Client(base_url=found.base_url, headers=headers, timeout=timeout, verify=trusted(ca_file)) as client:
        asking, faults = _Asking(client, lookup, settings, found.hidden), list[ConnectionError]()
        for each in lost:
            try:
                id = asking.id_of(each)
            except Closed:
                raise
            except ConnectionError as error:
                faults.append(error)
            else:
                yield each.key, id
    if faults:
        raise faults[0]


@dataclass(frozen=True)
class _Asking:
    client: httpx.Client
    lookup: Lookup
    settings: Values
    hidden: Sequence[str]

    def id_of(self, lost: Lost) -> str:
        """Return the provider's id of a message, that of its latest try where it lists several; empty where it does not know the key."""
        try:
            return next((self.lookup.id(entry) for entry in self._entries(lost) if self.lookup.key(entry) == lost.key), "")
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise ConnectionError(f"{self.client.base_url.host} answered in a form that cannot be read") from None

    def _entries(self, lost: Lost) -> Iterator[Json]:
        lookup = self.lookup
        asked = {"key": lost.key, "to": lost.to, "since": lookup.instant(lost.at - MARGIN)}
        values = {**self.settings, **asked, "query": lookup.query.format_map(asked), "most": lookup.most, "page": ""}
        while True:
            body = self._answer(lookup.path, filled(lookup.params, values), filled(lookup.body, values))
            entries = lookup.entries(body)
            for entry in entries:
                yield self._answer(lookup.details.format_map({name: quote(str(value), safe="") for name, value in entry.items()})) if lookup.details else entry
            page = lookup.more(body) if entries else None
            if not page or page == values["page"]:
                return
            values["page"] = page

    def _answer(self, path: str, params: Json = None, body: Json = None) -> Json:
        host = self.client.base_url.host
        try:
            response = self.client.request("POST" if body else "GET", path, params=params, json=body)
        except httpx.HTTPError as error:
            silent = isinstance(error, httpx.ConnectError | httpx.TimeoutException | httpx.ProxyError | httpx.UnsupportedProtocol)
            raise (Closed if silent else ConnectionError)(one_line(f"{host}: {said(error)}", self.hidden)) from None
        answer = Answer(response.status_code, response.headers, json_in(response.content))
        if answer.status != 200:
            fault = Closed if answer.status in (401, 403, 429) else ConnectionError
            raise fault(one_line(f"{host} answered {told(answer)}{self._meaning(answer.status)}", self.hidden))
        return answer.body

    def _meaning(self, status: int) -> str:
        match status:
            case 401 | 403:
                return f": the API key may not look for messages{self.lookup.right and f'; {self.lookup.right}'}"
            case 429:
                return LATER
            case _:
                return LATER if status >= 500 else ""
