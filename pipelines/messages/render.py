"""Outbox rows and their contexts → messages. Pure: the same row and context give the same message."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from pipelines.errors import Problem
from pipelines.messages.bulk_headers import bulk_headers
from pipelines.messages.context import Context, contexts
from pipelines.messages.front_matter import SCHEMES
from pipelines.messages.html_size import LARGEST, is_too_large, kilobytes
from pipelines.messages.locales import writing
from pipelines.messages.message_library import MessageLibrary, Template
from pipelines.messages.mjml import UnsoundMjml, to_html
from pipelines.messages.pages import Page
from pipelines.messages.shop_pages import pages
from pipelines.messages.unsubscribe import example_token, is_signed, token_of, unsubscribe_headers, unsubscribe_url
from pipelines.messages.unsubscribe_token import Leaver
from pipelines.messages.utm import Tags, host_of
from pipelines.settings import FILE_NAME, Settings
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message, Receipt

HERE = Path(__file__).parent
LEFT_ALONE = frozenset({"referral_url"})
"""Pages whose addresses never get tags, used or not."""
SPACE = re.compile(r"[ \t]*[\r\n\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+[ \t]*")


class DueMessage(NamedTuple):
    """The columns of outbox.messages that rendering needs."""

    message_key: str
    contact_id: str
    channel: str
    address: str
    category: str
    template: str
    locale: str
    scenario: str
    step: str
    topic: str
    expires_at: datetime | None = None
    token: str = ""
    """The token of its link to unsubscribe, where that carries one."""

    @property
    def leaver(self) -> Leaver:
        return Leaver(self.message_key, self.contact_id, self.topic)


@dataclass(frozen=True)
class InvalidContent:
    """A message that its template could not make, or that may not go as it is; `detail` names the file, the line and what is wrong."""

    message_key: str
    detail: str


@dataclass(frozen=True)
class Unsound(InvalidContent):
    """A message whose MJML is none: its template's own fault, whatever the data."""


@dataclass(frozen=True)
class NotYet:
    """A message that can be made once what `detail` says is mended."""

    message_key: str
    detail: str


def renderer(library: MessageLibrary) -> Callable[[Warehouse, datetime], Iterator[Message | Receipt]]:
    """Return what a hand-over pass renders with: a message that cannot be written comes back as a receipt, refused for good or to try again."""

    def rendered(warehouse: Warehouse, now: datetime) -> Iterator[Message | Receipt]:
        for outcome in render_batch(warehouse, library, now):
            match outcome:
                case Message():
                    yield outcome
                case NotYet():
                    yield Receipt(outcome.message_key, "retry", error=outcome.detail)
                case InvalidContent():
                    yield Receipt(outcome.message_key, "refused", error=f"invalid content: {outcome.detail}")

    return rendered


def render_batch(warehouse: Warehouse, library: MessageLibrary, now: datetime) -> Iterator[Message | InvalidContent | NotYet]:
    """
    Render the rows of the temporary table `to_render`, the most urgent first; *now* becomes their date. All are looked up before the first is given.

    `to_render` has the columns of outbox.messages that `DueMessage` names, enrolment_id, priority and due_at. Runs inside `warehouse.at(…)`.
    """
    rows = [DueMessage(*row) for row in warehouse.rows(HERE / "due.sql")]
    templates = [library.find(*wanted) for wanted in {(row.template, row.channel, row.locale) for row in rows}]
    usable = [template for template in templates if isinstance(template, Template)]
    data = {template.data.message: template.data for template in usable if template.data}
    seen = contexts(warehouse, library.project, {name for template in usable for name in template.variables}, data.values())
    for row in rows:
        context = seen.get(row.message_key, f"contact {row.contact_id} is gone")
        yield InvalidContent(row.message_key, context) if isinstance(context, str) else _fit_to_send(library, row, context, now)


def example(row: DueMessage) -> DueMessage:
    """Return *row* as it is rendered to be looked at: the token of its link to unsubscribe is nobody's."""
    return row._replace(token=example_token(row.leaver))


def _fit_to_send(library: MessageLibrary, row: DueMessage, context: Context, now: datetime) -> Message | InvalidContent | NotYet:
    """Render a message that goes to people: marketing mail nobody can unsubscribe from never does, nor a link without its token, nor what is too large."""
    made = _signed(library, row, context, now) if row.category == "marketing" else render(library, row, context, now)
    if isinstance(made, Message) and is_too_large(made.html):
        return InvalidContent(row.message_key, f"its HTML takes {kilobytes(made.html)} kB, more than the {LARGEST} that are sent")
    return made


def _signed(library: MessageLibrary, row: DueMessage, context: Context, now: datetime) -> Message | InvalidContent | NotYet:
    shop = library.project.settings.shop
    if row.channel == "email" and not (shop.unsubscribe_url or shop.unsubscribe_mailto):
        return InvalidContent(row.message_key, f"nobody could unsubscribe: {FILE_NAME} has neither shop.unsubscribe_url nor shop.unsubscribe_mailto")
    try:
        token = token_of(shop, library.project.root, row.leaver) if is_signed(shop) else ""
    except ConnectionError as error:
        return NotYet(row.message_key, f"shop.unsubscribe_secret_env: {error}")
    return render(library, row._replace(token=token) if token else row, context, now)


def render(library: MessageLibrary, row: DueMessage, context: Context, now: datetime) -> Message | InvalidContent:
    """Return the message of one outbox row; whatever goes wrong in its template concerns this message alone."""
    template = library.find(row.template, row.channel, row.locale)
    if isinstance(template, Problem):
        return InvalidContent(row.message_key, str(template))
    try:
        return _message(row, template, _names(library, row, template, context), settings=library.project.settings, now=now)
    except UnsoundMjml as error:
        return Unsound(row.message_key, f"{template.file}: {error}")
    except Exception as error:  # a template is a program of its author's: it can raise anything
        return InvalidContent(row.message_key, f"{_place(error, library) or template.file}: {error}")


def _message(row: DueMessage, template: Template, names: dict[str, Any], *, settings: Settings, now: datetime) -> Message:
    shop, is_mail, tags = settings.shop, row.channel == "email", _tags(settings, row, names)
    body = template.body.written(names)
    pieces = [Markup(to_html(body.strip(), template.language))] if template.is_mjml else body.pieces
    text = template.text.written(names).strip() if template.text else ""
    page = Page(pieces, tags) if is_mail else None
    return Message(
        key=row.message_key,
        channel=row.channel,
        to=row.address,
        text=((tags.text(text) if tags else text) if template.text else page.text) if page else body.strip(),
        date=now,
        subject=names["subject"],
        html=page.html if page else "",
        sender=shop.email if is_mail else "",
        sender_name=shop.name,
        reply_to=shop.reply_to if is_mail else "",
        locale=template.language,
        headers=_headers(settings, row),
        links=names["links"],
        valid_until=row.expires_at,
    )


def _tags(settings: Settings, row: DueMessage, names: Mapping[str, Any]) -> Tags | None:
    """Return what its links tell web analytics; the links of an e-mail only, for an SMS is paid by its length."""
    if row.channel != "email" or not settings.links.utm_source:
        return None
    source, medium = settings.links.utm_source, settings.links.utm_medium
    parameters = (("utm_source", source), ("utm_medium", medium), ("utm_campaign", row.scenario), ("utm_content", row.template))
    left_alone = tuple(url for url in (names["unsubscribe_url"], names["referral_url"]) if url)
    return Tags(host_of(settings.shop.url), parameters, left_alone)


def _headers(settings: Settings, row: DueMessage) -> dict[str, str]:
    if row.channel != "email" or row.category != "marketing":
        return {}
    stream = bulk_headers(settings.project.name, settings.shop.email, row.topic, f"{row.scenario}/{row.step}")
    return unsubscribe_headers(settings.shop, row.leaver, row.token) | stream


def _names(library: MessageLibrary, row: DueMessage, template: Template, context: Context) -> dict[str, Any]:
    """Return every variable of the template, its own header included: links first, which subject and text may show."""
    settings = library.project.settings
    if row.category == "marketing" and is_signed(settings.shop) and not row.token:
        raise ValueError("the link to unsubscribe has no token")
    names = {
        **template.body.globals,
        **context,
        "shop": settings.shop,
        "currency": settings.project.currency,
        "language": template.language,
        "locale": writing(row.locale, template.language),
        **pages(settings.shop, context, template.variables | LEFT_ALONE),
        "unsubscribe_url": unsubscribe_url(settings.shop, row.leaver, row.token) if row.category == "marketing" else "",
    }
    tags = _tags(settings, row, names)
    names["links"] = {name: tags.url(url) if tags else url for name, url in _links(template, names).items()}
    fields = {name: SPACE.sub(" ", field.written(names)).strip() for name, field in template.fields.items()}
    return {**names, "subject": "", "preheader": "", **fields}


def _links(template: Template, names: dict[str, Any]) -> dict[str, str]:
    links = {name: link.written(names).strip() for name, link in template.links.items()}
    for name, address in links.items():
        if not address.startswith(SCHEMES):
            raise ValueError(f"link `{name}` is `{address}`, which is no web address")
    return links


def _place(error: Exception, library: MessageLibrary) -> str:
    """Return file:line of the innermost template that *error* passed through, if any."""
    folder = library.project.messages_folder.relative_to(library.project.root).as_posix()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
