"""What doubles of web APIs answer when they are asked for what they took, among mail of somebody else to the same people."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from tests.senders.http_server import Heard, Reply

SG_REST = ".recvd-6b9f-xq7-1-68C0-2.0"
"""How SendGrid goes on after the id that it answers with."""


@dataclass(frozen=True)
class Arrived:
    """One message as it came out at the other end; `id` is what the provider called it."""

    to: str
    text: str
    html: str = ""
    subject: str = ""
    id: str = ""
    key: str = ""
    sender: tuple[str, str] = ("", "")
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def brevo_sms_log(heard: Heard, kept: list[Arrived]) -> Reply:
    [tag] = json.loads(heard.asked["tags"])
    events = [{"messageId": each.id, "event": event, "tag": each.key} for each in kept if each.key == tag for event in ("delivered", "requests")]
    return Reply(200, {"events": events} if events else {})


def mailjet_log(heard: Heard, kept: list[Arrived]) -> Reply:
    shown = heard.asked["ShowCustomID"] == "true"
    data = [{"ID": each.id, "Status": "sent", **({"CustomID": each.key} if shown else {})} for each in kept if each.key == heard.asked["CustomID"]]
    return Reply(200, {"Count": len(data), "Data": data, "Total": len(data)})


def sendgrid_log(heard: Heard, kept: list[Arrived]) -> Reply:
    args = {each.id + SG_REST: {"message_key": each.key} for each in kept} | {"other" + SG_REST: {}}
    if heard.method == "GET":
        id = heard.path.removeprefix("/v3/logs/")
        return Reply(200, {"sg_message_id": id, "events": [], **({"unique_args": args[id]} if args[id] else {})})
    query = re.fullmatch(r'to_email = "([^"]+)" AND sg_message_id_created_at >= TIMESTAMP "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"', heard.json["query"])
    if not query:
        return Reply(400, {"errors": [{"message": "invalid query", "field": "query"}]})
    ids = ["other", *(each.id for each in kept if each.to == query[1])]
    return Reply(200, {"messages": [{"sg_message_id": id + SG_REST, "to_email": query[1], "status": "delivered"} for id in ids[: heard.json["limit"]]]})


def mailgun_log(heard: Heard, kept: list[Arrived]) -> Reply:
    asked = heard.json
    [domain, recipient] = [(each["attribute"], each["comparator"], each["values"][0]["value"]) for each in asked["filter"]["AND"]]
    assert (domain, recipient[:2], asked["events"]) == (("domain", "=", "mg.maison.example"), ("recipient", "="), ["accepted"])
    assert parsedate_to_datetime(asked["start"])
    events = [{"event": "accepted", "id": "1", "recipient": recipient[2], "message": {"headers": {"message-id": "other@provider.example"}}}]
    for each in [each for each in kept if each.to == recipient[2]]:
        own = json.dumps({"message_key": each.key})
        events.append({**events[0], "message": {"headers": {"message-id": each.id.strip("<>")}}, "user-variables": own})
    page = int(asked["pagination"].get("token", 0))
    return Reply(200, {"items": events[page : page + 1], "pagination": {"next": str(page + 1), "first": "0"}})


def postmark_log(heard: Heard, kept: list[Arrived]) -> Reply:
    asked = heard.asked
    assert (asked["messagestream"], asked["offset"]) == ("broadcast", "0")
    found = [{"MessageID": each.id, "Metadata": {"message_key": each.key}} for each in kept if each.key == asked["metadata_message_key"]]
    return Reply(200, {"TotalCount": len(found), "Messages": found})


LOGS = {
    "/v3/transactionalSMS/statistics/events?": brevo_sms_log,
    "/v3/REST/message?": mailjet_log,
    "/v3/logs": sendgrid_log,
    "/v1/analytics/logs": mailgun_log,
    "/messages/outbound?": postmark_log,
}
ASKED = ("brevo_sms", "mailgun", "mailjet", "postmark", "sendgrid")
"""The providers that can be asked."""


def log_at(path: str) -> Callable[[Heard, list[Arrived]], Reply] | None:
    """Return what answers at *path*, where a provider is asked for what it took."""
    return next((log for start, log in LOGS.items() if path.startswith(start)), None)
