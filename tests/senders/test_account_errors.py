"""What is wrong with the shop's account is no contact's fault: their messages wait, whatever status the provider says it with."""

from typing import Any

import pytest

from senders.message import State
from tests.senders.http_server import Reply, http_server
from tests.senders.providers import PROVIDERS, SECRETS
from tests.senders.test_contract import hand_over


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)


def mailjet(code: str, status: int, part: str) -> dict[str, Any]:
    return {"Messages": [{"Status": "error", "Errors": [{"ErrorCode": code, "StatusCode": status, "ErrorMessage": code, "ErrorRelatedTo": [part]}]}]}


def sendgrid(field: str) -> dict[str, Any]:
    return {"errors": [{"message": "no good", "field": field, "help": None}]}


ANSWERS: dict[str, tuple[str, int, Any, State]] = {
    "brevo, no credits": ("brevo", 400, {"code": "not_enough_credits", "message": "no credits"}, "retry"),
    "brevo, not activated": ("brevo", 400, {"code": "account_under_validation", "message": "wait"}, "retry"),
    "brevo, unknown sender": ("brevo", 400, {"code": "invalid_parameter", "message": "sender is not valid"}, "retry"),
    "brevo, bad address": ("brevo", 400, {"code": "invalid_parameter", "message": "email is not valid in to"}, "refused"),
    "mailjet, unknown sender": ("mailjet", 400, mailjet("send-0008", 400, "From"), "retry"),
    "mailjet, bad address": ("mailjet", 400, mailjet("mj-0013", 400, "To[0].Email"), "refused"),
    "sendgrid, no sender": ("sendgrid", 400, sendgrid("from.email"), "retry"),
    "sendgrid, bad address": ("sendgrid", 400, sendgrid("personalizations.0.to.0.email"), "refused"),
    "mailgun, domain off": ("mailgun", 400, {"message": "Domain mg.maison.example is not allowed to send: Please activate your account."}, "retry"),
    "mailgun, bad sender": ("mailgun", 400, {"message": "from parameter is not a valid address. please check documentation"}, "retry"),
    "mailgun, bad address": ("mailgun", 400, {"message": "to parameter is not a valid address. please check documentation"}, "refused"),
    "postmark, not confirmed": ("postmark", 422, {"ErrorCode": 401, "Message": "sender signature not confirmed"}, "retry"),
    "postmark, inactive": ("postmark", 200, [{"ErrorCode": 406, "Message": "inactive recipient"}], "refused"),
    "twilio, not our number": ("twilio", 400, {"code": 21660, "message": "mismatch between From and the account"}, "retry"),
    "twilio, STOP": ("twilio", 400, {"code": 21610, "message": "unsubscribed recipient"}, "refused"),
    "brevo_sms, no credits": ("brevo_sms", 400, {"code": "not_enough_credits", "message": "no credits"}, "retry"),
}


@pytest.mark.parametrize(("name", "status", "body", "state"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_error_is_about_the_account_or_about_the_message(name: str, status: int, body: Any, state: State) -> None:
    provider = PROVIDERS[name]
    with http_server(provider.answer) as desk:
        desk.faults = [Reply(status, body)]
        with provider.sender(desk.url).session() as session:
            receipts = [receipt for key in "ab" for receipt in session.send([provider.message(key)])]
        assert [receipt.state for receipt in receipts] == ([state, "retry"] if state == "retry" else [state, "accepted"])
        assert len(desk.heard) == (1 if state == "retry" else 2), "what concerns the account concerns every message: no other is tried"


def test_a_sender_that_is_wrong_for_one_country_keeps_no_other_waiting() -> None:
    provider = PROVIDERS["twilio"]
    with http_server(provider.answer) as desk:
        desk.faults = [Reply(400, {"code": 21408, "message": "no permission for that region"})]
        receipts = hand_over(provider.sender(desk.url), [provider.message("a"), provider.message("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", "400 no permission for that region"), ("accepted", "")]
