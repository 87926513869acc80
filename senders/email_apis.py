"""
The e-mail APIs that `http_email` speaks: one description each. To add a provider, add one here and to the settings.

None of them keeps a key for as long as a message may be tried again, so none counts as idempotent.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime

from senders.http import Answer, Json, Verdict, words_of
from senders.json_api import JsonApi, Lookup


def _brevo(answer: Answer, count: int) -> list[Verdict] | None:
    match answer.body:
        case {"code": "duplicate_parameter"}:
            # Said of the key within 30 minutes: an earlier request with these messages was processed, with what outcome nobody says.
            return [Verdict(500, error=f"Brevo has processed this request before: {words_of(answer.body)}")] * count
        case {"code": "invalid_parameter" | "missing_parameter", "message": str(words)} if "sender" in words.lower():
            return [Verdict(403, error=f"{answer.status} {words}")] * count
        case {"messageIds": list(ids)}:
            return [Verdict(answer.status, str(id)) for id in ids]
        case {"messageId": id}:
            return [Verdict(answer.status, str(id))]
        case _:
            return None


def _mailjet(answer: Answer, count: int) -> list[Verdict] | None:
    if not isinstance(answer.body, dict) or "Messages" not in answer.body:
        return None
    return [_mailjet_message(message) for message in answer.body["Messages"]]


def _mailjet_message(message: Json) -> Verdict:
    if message["Status"] == "success":
        return Verdict(200, str(message["To"][0]["MessageID"]))
    about_us = "From" in message["Errors"][0].get("ErrorRelatedTo", [])
    return Verdict(403 if about_us else int(message["Errors"][0]["StatusCode"]), error=words_of(message))


def _sendgrid(answer: Answer, count: int) -> list[Verdict] | None:
    match answer.body:
        case {"errors": [{"field": str(field)}, *_]} if field.partition(".")[0] == "from":
            return [Verdict(403, error=f"{answer.status} {words_of(answer.body)}")]
        case _:
            return [Verdict(answer.status, answer.headers["X-Message-Id"])] if answer.status == 202 else None


MAILGUN_ACCOUNT = ("'from' parameter", "from parameter", "not allowed to send", "sandbox subdomains")
"""What it says, in small letters and with status 400, of the account or its sender; it has no codes for that."""


def _mailgun(answer: Answer, count: int) -> list[Verdict] | None:
    words = words_of(answer.body)
    if answer.status == 400 and any(each in words.lower() for each in MAILGUN_ACCOUNT):
        return [Verdict(403, error=f"400 {words}")]
    return [Verdict(answer.status, str(answer.body["id"]))] if answer.status == 200 else None


POSTMARK_ERRORS = {0: 200, 10: 401, 100: 503, 400: 403, 401: 403, 405: 402, 412: 403, 413: 403, 429: 429}
"""Error codes that are about the account, a pause or success; all others are about the message."""


def _postmark(answer: Answer, count: int) -> list[Verdict] | None:
    if not isinstance(answer.body, list):
        code = answer.body.get("ErrorCode") if isinstance(answer.body, dict) else None
        return [Verdict(POSTMARK_ERRORS[code], error=words_of(answer.body))] * count if code and code in POSTMARK_ERRORS else None
    return [Verdict(POSTMARK_ERRORS.get(each["ErrorCode"], 422), each.get("MessageID", ""), words_of(each)) for each in answer.body]


def _listmonk(answer: Answer, count: int) -> list[Verdict] | None:
    return [Verdict(answer.status, "")] if answer.body == {"data": True} else None


VARIABLE = re.compile(r"\bmessage_key\W+([\w.-]+)")


def _variable(variables: Json) -> Json:
    """Return our key among a message's own variables: a table, or text that shows one."""
    match variables:
        case {"message_key": key}:
            return key
        case str() if found := VARIABLE.search(variables):
            return found[1]
        case _:
            return None


def _iso(instant: datetime) -> str:
    return instant.replace(tzinfo=UTC).isoformat()


def _zulu(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _epoch(instant: datetime) -> int:
    return int(instant.replace(tzinfo=UTC).timestamp())


def _rfc_2822(instant: datetime) -> str:
    return format_datetime(instant.replace(tzinfo=UTC))


BREVO = JsonApi(
    # Brevo, «Send a transactional email», «Batch send emails», «Batch email idempotency», «Rate limit headers», «Schedule emails»: at most
    # 2,000 addresses a request; a version may have its own texts only where there is a text above the versions, which it
    # inherits where it has none: so that text is nobody's; the key is a UUID, holds for the whole request and is forgotten
    # after 30 minutes; `{{ }}` in any text is its template language; X-Mailin-custom comes back in webhooks; scheduledAt
    # is one for the whole request, 72 hours ahead at most.
    regions={"": "https://api.brevo.com"},
    path="/v3/smtp/email",
    headers={"api-key": "{secret}"},
    message={
        "to": [{"email": "$to"}],
        "replyTo": {"email": "$reply_to"},
        "subject": "$subject",
        "htmlContent": "$html",
        "textContent": "$text",
        "headers": {"*": "$headers", "X-Mailin-custom": "$key"},
    },
    envelope={
        "sender": {"email": "$sender", "name": "$sender_name"},
        "subject": "-",
        "textContent": "-",
        "headers": {"idempotencyKey": "$batch"},
        "scheduledAt": "$send_at",
        "messageVersions": "$messages",
    },
    most=1_000,
    verdicts=_brevo,
    withheld=frozenset({"message-id"}),
    code=("{{", "{%"),
    send_at=_iso,
    # The codes of its API reference (ErrorModel). What it says of a sender comes as `invalid_parameter`, which `_brevo` tells apart.
    errors={"unauthorized": 401, "permission_denied": 403, "not_enough_credits": 402, "account_under_validation": 403},
)

MAILJET = JsonApi(
    # Mailjet, «Send API v3.1»: up to 50 messages, processed one by one, answered in the order given, and with status 400
    # as soon as one of them failed; CustomID comes back in events; Message-Id and List-Id are among the forbidden headers;
    # ErrorRelatedTo names the parts of a message that an error is about: send-0008, a sender nobody validated, says From.
    # «Messages»: GET /message with a CustomID gives the messages of that id alone, and shows it where it is asked to.
    regions={"": "https://api.mailjet.com", "us": "https://api.us.mailjet.com"},
    path="/v3.1/send",
    headers={"Authorization": "{basic}"},
    message={
        "From": {"Email": "$sender", "Name": "$sender_name"},
        "To": [{"Email": "$to"}],
        "ReplyTo": {"Email": "$reply_to"},
        "Subject": "$subject",
        "TextPart": "$text",
        "HTMLPart": "$html",
        "CustomID": "$key",
        "Headers": "$headers",
    },
    envelope={"Messages": "$messages"},
    most=50,
    needs=frozenset({"username"}),
    verdicts=_mailjet,
    withheld=frozenset({"message-id", "list-id", "x-feedback-id", "x-mailer"}),
    lookup=Lookup(
        "/v3/REST/message",
        params={"CustomID": "$key", "ShowCustomID": "true", "FromTS": "$since", "Limit": "$most"},
        instant=_epoch,
        entries=lambda body: body["Data"],
        key=lambda message: message.get("CustomID"),
        id=lambda message: str(message["ID"]),
    ),
)

SENDGRID = JsonApi(
    # SendGrid, «Mail Send»: personalizations share one body, so a request carries one message; it answers 202 with an
    # empty body and the id in X-Message-Id; custom_args come back in events; an error names the `field` it is about.
    # «Scheduling parameters»: send_at is a UNIX timestamp as an integer, 72 hours ahead at most.
    # «Email Logs: filter all messages», «filter messages by ID»: by address and time, without pages; custom arguments are shown by
    # the message alone; of 30 days; its id begins with the X-Message-Id, up to a point.
    regions={"": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"},
    path="/v3/mail/send",
    headers={"Authorization": "Bearer {secret}"},
    message={
        "personalizations": [{"to": [{"email": "$to"}], "custom_args": {"message_key": "$key"}}],
        "from": {"email": "$sender", "name": "$sender_name"},
        "reply_to": {"email": "$reply_to"},
        "subject": "$subject",
        "content": [{"type": "text/plain", "value": "$text"}, {"type": "text/html", "value": "$html"}],
        "headers": "$headers",
        "send_at": "$send_at",
    },
    verdicts=_sendgrid,
    send_at=_epoch,
    lookup=Lookup(
        "/v3/logs",
        body={"query": "$query", "limit": "$most"},
        query='to_email = "{to}" AND sg_message_id_created_at >= TIMESTAMP "{since}"',
        most=1_000,
        instant=_zulu,
        entries=lambda body: body["messages"],
        details="/v3/logs/{sg_message_id}",
        key=lambda message: _variable(message.get("unique_args") or message.get("custom_args")),
        id=lambda message: str(message["sg_message_id"]).partition(".")[0],
        right="one with restricted access needs the right to read the e-mail logs",
    ),
)

MAILGUN = JsonApi(
    # Mailgun, «Messages: send an email», «API response codes»: recipient variables share one body, so a request carries
    # one message, as a form; `v:` variables come back in webhooks; a domain lives in one region. «Schedule delivery»:
    # o:deliverytime is a date as in e-mail (RFC 2822), three days ahead at most in any plan.
    # «Logs: list logs», and Mailgun's own MCP server for the attributes: events of an account by recipient and time, with the variables of
    # each message, in pages named by tokens; kept as long as the plan says.
    regions={"": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"},
    path="/v3/{domain}/messages",
    headers={"Authorization": "{basic}"},
    message={
        "from": "$from",
        "to": "$to",
        "subject": "$subject",
        "text": "$text",
        "html": "$html",
        "h:Reply-To": "$reply_to",
        "h:*": "$headers",
        "v:message_key": "$key",
        "o:deliverytime": "$send_at",
    },
    form=True,
    needs=frozenset({"domain"}),
    verdicts=_mailgun,
    send_at=_rfc_2822,
    lookup=Lookup(
        "/v1/analytics/logs",
        body={
            "start": "$since",
            "events": ["accepted"],
            "filter": {
                "AND": [
                    {"attribute": "domain", "comparator": "=", "values": [{"label": "$domain", "value": "$domain"}]},
                    {"attribute": "recipient", "comparator": "=", "values": [{"label": "$to", "value": "$to"}]},
                ]
            },
            "pagination": {"sort": "timestamp:desc", "limit": "$most", "token": "$page"},
        },
        instant=_rfc_2822,
        entries=lambda body: body["items"],
        more=lambda body: body.get("pagination", {}).get("next"),
        key=lambda event: _variable(event.get("user-variables")),
        id=lambda event: f"<{event['message']['headers']['message-id'].strip('<>')}>",
        right="a sending key cannot, give the sender a key of the account",
    ),
)

POSTMARK = JsonApi(
    # Postmark, «Send batch emails», «API overview: error codes»: up to 500 messages, answered one by one in the order
    # given with status 200 whatever became of them; Metadata comes back in webhooks; Message-ID is its own.
    # «Messages API: outbound message search», «Custom metadata FAQ»: by one field of the metadata, which comes back; of 45 days, unless the
    # server keeps messages longer.
    regions={"": "https://api.postmarkapp.com"},
    path="/email/batch",
    headers={"X-Postmark-Server-Token": "{secret}"},
    message={
        "From": "$from",
        "To": "$to",
        "ReplyTo": "$reply_to",
        "Subject": "$subject",
        "TextBody": "$text",
        "HtmlBody": "$html",
        "Headers": "$header_list",
        "Metadata": {"message_key": "$key"},
        "MessageStream": "$stream",
    },
    envelope="$messages",
    most=500,
    takes=frozenset({"stream"}),
    verdicts=_postmark,
    withheld=frozenset({"message-id"}),
    lookup=Lookup(
        "/messages/outbound",
        params={"count": "$most", "offset": "0", "metadata_message_key": "$key", "messagestream": "$stream"},
        entries=lambda body: body["Messages"],
        key=lambda message: _variable(message.get("Metadata")),
        id=lambda message: str(message["MessageID"]),
    ),
)

LISTMONK = JsonApi(
    # listmonk, «API / Transactional»: one body a request, laid out by a transactional template of listmonk that prints
    # `{{ .Tx.Data.html | Safe }}`; mode `external` writes to addresses that are no subscribers; it answers `data: true`.
    regions={},
    path="/api/tx",
    headers={"Authorization": "{basic}"},
    message={
        "subscriber_mode": "external",
        "subscriber_emails": ["$to"],
        "template_id": "$template_id",
        "from_email": "$from",
        "subject": "$subject",
        "content_type": "html",
        "altbody": "$text",
        "data": {"html": "$html", "text": "$text", "message_key": "$key"},
        "headers": "$header_tables",
    },
    needs=frozenset({"base_url", "username", "template_id"}),
    verdicts=_listmonk,
    code=("{{",),
)

EMAIL_APIS = {"brevo": BREVO, "mailjet": MAILJET, "sendgrid": SENDGRID, "mailgun": MAILGUN, "postmark": POSTMARK, "listmonk": LISTMONK}
