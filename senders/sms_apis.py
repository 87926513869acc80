"""The SMS APIs that `http_sms` speaks: one description each. Neither takes a key against repetition, nor several texts at once."""

from senders.http import Answer, Verdict
from senders.json_api import JsonApi


def _twilio(answer: Answer, count: int) -> list[Verdict] | None:
    return [Verdict(answer.status, str(answer.body["sid"]))] if answer.status == 201 else None


def _brevo(answer: Answer, count: int) -> list[Verdict] | None:
    return [Verdict(answer.status, str(answer.body["messageId"]))] if answer.status in (200, 201) else None


TWILIO = JsonApi(
    # Twilio, «Messages resource: create a Message»: a form; From is a number, a short code or an alphanumeric sender; a
    # messaging service (MG…) stands in a field of its own. A number whose owner wrote STOP is refused with code 21610.
    # There is no field for a key of ours: its sid, kept in the send ledger, is what comes back in webhooks.
    regions={"": "https://api.twilio.com"},
    path="/2010-04-01/Accounts/{username}/Messages.json",
    headers={"Authorization": "{basic}"},
    message={"To": "$to", "From": "$from", "MessagingServiceSid": "$service", "Body": "$text"},
    form=True,
    needs=frozenset({"username"}),
    verdicts=_twilio,
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
)

SMS_APIS = {"twilio": TWILIO, "brevo": BREVO}
