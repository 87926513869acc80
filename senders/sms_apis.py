"""The SMS APIs that `http_sms` speaks: one description each. Neither takes a key against repetition, nor several texts at once."""

from datetime import datetime, timedelta

from senders.http import Answer, Verdict
from senders.json_api import JsonApi, Lookup


def _twilio(answer: Answer, count: int) -> list[Verdict] | None:
    return [Verdict(answer.status, str(answer.body["sid"]))] if answer.status == 201 else None


def _brevo(answer: Answer, count: int) -> list[Verdict] | None:
    return [Verdict(answer.status, str(answer.body["messageId"]))] if answer.status in (200, 201) else None


NOTICE = timedelta(minutes=15)
"""Twilio wants a message so long before the hour it is to go at."""


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# Twilio, «Error and Warning Dictionary»: codes that come with status 400 and are about the account, its sender or its quota.
# All others are about the number or the text: 21211 no number, 21610 its owner wrote STOP, 21614 no mobile… Where the account
# may be right for other countries, the message waits (503) and the next is tried.
TWILIO_ERRORS = {
    "10001": 403,  # account is not active
    "20003": 401,  # authentication failed
    "20005": 403,  # account is not active
    "20429": 429,  # too many requests
    "21212": 403,  # `From` is no valid number
    "21408": 503,  # no permission to send to that region
    "21603": 403,  # `From` is missing
    "21606": 503,  # `From` cannot send for this account, or not to that country
    "21608": 503,  # a trial account, and a number that it has not verified
    "21659": 503,  # `From` is no number of Twilio, or not of that country
    "21660": 403,  # `From` belongs to another account
    "21703": 403,  # the messaging service has no numbers
    "30002": 403,  # account suspended
    "35114": 503,  # too late to schedule it: it goes at its hour
    "35115": 503,  # the same
    "35117": 503,  # the same
    "63038": 429,  # the account has sent its day's messages
}

TWILIO = JsonApi(
    # Twilio, «Messages resource: create a Message»: a form; From is a number, a short code or an alphanumeric sender; a
    # messaging service (MG…) stands in a field of its own. A number whose owner wrote STOP is refused with code 21610.
    # «Message Scheduling»: through a messaging service alone, from 15 minutes to 35 days ahead, an instant in UTC.
    # There is no field for a key of ours: its sid, kept in the send ledger, is what comes back in webhooks. So it cannot be asked either: two
    # messages of one text to one number look alike in its list.
    regions={"": "https://api.twilio.com"},
    path="/2010-04-01/Accounts/{username}/Messages.json",
    headers={"Authorization": "{basic}"},
    message={"To": "$to", "From": "$from", "MessagingServiceSid": "$service", "Body": "$text", "SendAt": "$send_at", "ScheduleType": "$schedule"},
    form=True,
    needs=frozenset({"username"}),
    send_at=_instant,
    verdicts=_twilio,
    errors=TWILIO_ERRORS,
)

BREVO = JsonApi(
    # Brevo, «Send SMS message to a mobile number»: an international number without plus; a text with [STOP_CODE] is
    # marketing, which in France it holds back from 22:00 to 8:00, on Sundays and on public holidays; without
    # unicodeEnabled it rewrites what lies beyond the alphabet; the tag comes back in webhooks.
    regions={"": "https://api.brevo.com"},
    path="/v3/transactionalSMS/send",
    headers={"api-key": "{secret}"},
    message={"sender": "$from", "recipient": "$digits", "content": "$text", "type": "$type", "tag": "$key", "unicodeEnabled": "$unicode"},
    verdicts=_brevo,
    errors={"unauthorized": 401, "permission_denied": 403, "not_enough_credits": 402, "account_under_validation": 403},
    lookup=Lookup(
        "/v3/transactionalSMS/statistics/events",
        params={"tags": "$query", "limit": "$most"},
        query='["{key}"]',
        entries=lambda body: body.get("events") or [],
        key=lambda event: str(event.get("tag")).strip('[]"'),
        id=lambda event: str(event["messageId"]),
    ),
)

SMS_APIS = {"twilio": TWILIO, "brevo": BREVO}
