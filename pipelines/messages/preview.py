"""A message as one real contact would get it, before anybody does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import BadFiles, Problem, RelanceError, nearest
from pipelines.messages.context import contexts_of_triggers
from pipelines.messages.message_library import MessageLibrary, Template
from pipelines.messages.render import DueMessage, InvalidContent, example, render
from pipelines.messages.views import Offer
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message

HERE = Path(__file__).parent
EXAMPLE = Offer("example", "EXAMPLE-CODE", None)
ADDRESSES = {"email": "email", "sms": "phone", "call_list": "phone"}
"""The column that holds a contact's address on a channel; on others they are known by their id."""
COLUMNS = ("enrolment_id", "activity", "triggered_at", "trigger_data")


@dataclass(frozen=True)
class Preview:
    """What the contact would get, and a sentence saying which trigger it was made with."""

    outcome: Message | InvalidContent
    made_with: str


def preview(warehouse: Warehouse, library: MessageLibrary, message: str, contact_id: str, *, channel: str = "", locale: str = "") -> Preview:
    """
    Return *message* as *contact_id* would get it now, in the contact's language unless *locale* says another.

    Its links to unsubscribe name nobody. It is made with the contact's latest run of a scenario that sends it; failing that with their latest cart, order or
    product seen, whichever the template speaks about. Runs inside `warehouse.at(…)`, on the live file or the read copy.
    Raises BadFiles where there is no such message or its template has a problem, RelanceError for an unknown contact.
    """
    contact = _contact(warehouse, contact_id)
    channel = channel or _first_channel(library, message)
    locale = locale or contact["locale"] or library.project.settings.project.locale
    template = library.find(message, channel, locale)
    if isinstance(template, Problem):
        raise BadFiles([template])
    trigger, made_with = _trigger(warehouse, message, contact_id, template)
    warehouse.run(HERE / "preview_trigger.sql", message=message, contact_id=contact_id, **trigger)
    data = [template.data] if template.data else []
    context = contexts_of_triggers(warehouse, library.project, template.variables, data)["preview"]
    address = contact[ADDRESSES.get(channel, "contact_id")] or ""
    row = example(DueMessage("preview", "preview", channel, address, "marketing", message, locale, "preview", message, "preview"))
    if isinstance(context, str):
        return Preview(InvalidContent(row.message_key, context), made_with)
    if template.needs_a_code and not context["offer"]:
        context, made_with = {**context, "offer": EXAMPLE}, f"{made_with}; {EXAMPLE.code} stands for a code, of which that run has none"
    return Preview(render(library, row, context, warehouse.value("select as_of()")), made_with)


def _contact(warehouse: Warehouse, contact_id: str) -> dict[str, Any]:
    found = warehouse.records(HERE / "preview_contact.sql", contact_id=contact_id)
    if not found:
        raise RelanceError(f"there is no contact `{contact_id}`\n  hint: contact_id in shop.contacts is the shop's own id")
    return found[0]


def _first_channel(library: MessageLibrary, message: str) -> str:
    if message not in library.channels:
        folder = f"{library.project.messages_folder.relative_to(library.project.root).as_posix()}/{message}"
        raise BadFiles([Problem(folder, None, "there is no such message", nearest(message, library.channels))])
    return "email" if "email" in library.channels[message] else min(library.channels[message])


def _trigger(warehouse: Warehouse, message: str, contact_id: str, template: Template) -> tuple[dict[str, Any], str]:
    if runs := warehouse.records(HERE / "preview_enrolment.sql", message=message, contact_id=contact_id):
        run = runs[0]
        scenario = run.pop("scenario")
        return run, f"the contact's run of `{scenario}` that {run['activity'] or 'a segment or date'} started at {run['triggered_at']} UTC"
    wanted = {name: name in template.variables for name in ("cart", "order", "product")}
    if done := warehouse.records(HERE / "preview_activity.sql", contact_id=contact_id, **wanted):
        return done[0], f"{done[0]['activity']} at {done[0]['triggered_at']} UTC: no run of a scenario that sends it was found"
    nothing = dict.fromkeys(COLUMNS) | {"triggered_at": warehouse.value("select as_of()")}
    return nothing, "no trigger: the contact has no run of a scenario that sends it, and did nothing it speaks about"
