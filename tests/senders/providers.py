"""
Small doubles of web APIs: each reads a request and answers as its documentation says, and none believes in addresses that start with `nobody`.

Those that can be asked later keep what they took: `tests.senders.logs` says what they answer.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from senders.api_settings import HttpSettings
from senders.http_email import HttpEmailSettings
from senders.http_sms import HttpSmsSettings
from senders.message import Message, Sender
from senders.webhook import WebhookSettings
from senders.wiring import sender_from
from tests.senders.http_server import Heard, Reply
from tests.senders.logs import Arrived, log_at
from tests.senders.mails import clock, mail

SECRET = "xkeysib-0123-right-horse"
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = {"MAIL_KEY": SECRET, "HOOK_SECRET": HOOK_SECRET}
BASIC = {"mailjet": "public", "mailgun": "api", "listmonk": "relance", "twilio": "AC123"}


NO_SUCH_NUMBER = "+33600000000"
NO_NUMBER = ({"to": "06 12 34\n56 78"}, "`06 12 34 56 78` is not a telephone number in international form, such as +33612345678")
NO_ADDRESS = ({"to": "zoe\nBcc: all@example.org"}, "`zoe Bcc: all@example.org` is not an address that mail can be sent to")


@dataclass(frozen=True)
class Provider:
    """
    What a test needs of one: the settings to reach it, its answers, and the reading of a request.

    `by_message`: it takes the rest of a request where it refuses a part. `idempotent`: it knows a key when it sees it again.
    `any_success`: it may answer what it likes, as long as it is success. `unwritable`: what no message to it can be, and what is said of that.
    """

    model: type[HttpSettings]
    settings: dict[str, Any]
    answer: Callable[[Heard], Reply]
    read: Callable[[Heard], list[Arrived]]
    by_message: bool = False
    idempotent: bool = False
    channel: str = "email"
    any_success: bool = False
    unwritable: tuple[dict[str, str], str] = NO_ADDRESS

    def keeper(self) -> Callable[[Heard], Reply]:
        """Return its answers from now on, with a memory of what it takes."""
        kept: list[Arrived] = []

        def answer(heard: Heard) -> Reply:
            if log := log_at(heard.path):
                assert asked_by_us(self.settings["provider"], heard)
                return log(heard, kept)
            kept.extend(self.took(heard))
            return self.answer(heard)

        return answer

    def took(self, heard: Heard) -> list[Arrived]:
        """Return what it took of a request that it answered."""
        arrived = self.read(heard)
        return [each for each in arrived if not unknown(each)] if self.by_message or not any(map(unknown, arrived)) else []

    def sender(self, url: str, root: Path = Path(), **changes: Any) -> Sender:
        """Return a sender that takes *url* for the provider's; the environment must hold the secrets."""
        return sender_from(self.model.model_validate({"name": "mail", **WAYS[self.model](url), **self.settings, **changes}), root, clock)  # type: ignore[arg-type]

    def message(self, key: str, **changes: Any) -> Message:
        return mail(key, **self.form(key) | changes)

    @property
    def secret(self) -> str:
        return HOOK_SECRET if self.model is WebhookSettings else SECRET

    def form(self, key: str) -> dict[str, Any]:
        """How a message on its channel differs from an e-mail."""
        match self.channel:
            case "webhook":
                return {"channel": "webhook", "to": "contact 7", "html": "", "subject": "", "sender": ""}
            case "sms":
                return {"channel": "sms", "to": f"+336{ord(key):08}", "html": "", "subject": "", "sender": ""}
            case _:
                return {}

    @property
    def stranger(self) -> str:
        """An address that the provider does not believe in."""
        return NO_SUCH_NUMBER if self.channel == "sms" else "nobody@example.org"


WAYS: dict[type[HttpSettings], Callable[[str], dict[str, str]]] = {
    HttpEmailSettings: lambda url: {"kind": "http_email", "base_url": url, "api_key_env": "MAIL_KEY"},
    HttpSmsSettings: lambda url: {"kind": "http_sms", "base_url": url, "api_key_env": "MAIL_KEY", "sender_id": "MAISON"},
    WebhookSettings: lambda url: {"kind": "webhook", "url": f"{url}/hooks/relance?shop=1", "secret_env": "HOOK_SECRET"},
}
"""How each kind of settings says where the provider is."""


def id_of(key: str) -> str:
    return f"<{key}@provider.example>"


def unknown(arrived: Arrived) -> bool:
    return arrived.to.startswith("nobody") or arrived.to == NO_SUCH_NUMBER


def asked_by_us(provider: str, heard: Heard) -> bool:
    """Whether the request carries the key as this provider wants it."""
    match provider:
        case "brevo":
            return heard.headers.get("api-key") == SECRET
        case "postmark":
            return heard.headers.get("x-postmark-server-token") == SECRET
        case "sendgrid":
            return heard.headers.get("authorization") == f"Bearer {SECRET}"
        case _:
            login = base64.b64encode(f"{BASIC[provider]}:{SECRET}".encode()).decode()
            return heard.headers.get("authorization") == f"Basic {login}"


def named(address: str) -> tuple[str, str]:
    """Return the name, decoded, and the address of such as `=?utf-8?…?= <a@b.example>`."""
    name, pure = parseaddr(address)
    return str(make_header(decode_header(name))), pure


def _brevo(heard: Heard) -> list[Arrived]:
    whole = heard.json
    assert heard.path == "/v3/smtp/email"
    assert (whole["subject"], whole["textContent"]) == ("-", "-")
    return [
        Arrived(
            to=version["to"][0]["email"],
            text=version["textContent"],
            html=version.get("htmlContent", ""),
            subject=version["subject"],
            id=id_of(version["headers"]["X-Mailin-custom"]),
            key=version["headers"]["X-Mailin-custom"],
            sender=(whole["sender"].get("name", ""), whole["sender"]["email"]),
            reply_to=version.get("replyTo", {}).get("email", ""),
            headers=version["headers"],
        )
        for version in whole["messageVersions"]
    ]


def _brevo_answer(heard: Heard) -> Reply:
    arrived = _brevo(heard)
    if any(map(unknown, arrived)):
        return Reply(400, {"code": "invalid_parameter", "message": "email is not valid in to"})
    return Reply(201, {"messageIds": [each.id for each in arrived]})


def _mailjet(heard: Heard) -> list[Arrived]:
    assert heard.path == "/v3.1/send"
    return [
        Arrived(
            to=message["To"][0]["Email"],
            text=message["TextPart"],
            html=message.get("HTMLPart", ""),
            subject=message["Subject"],
            id=id_of(message["CustomID"]),
            key=message["CustomID"],
            sender=(message["From"].get("Name", ""), message["From"]["Email"]),
            reply_to=message.get("ReplyTo", {}).get("Email", ""),
            headers=message.get("Headers", {}),
        )
        for message in heard.json["Messages"]
    ]


def _mailjet_answer(heard: Heard) -> Reply:
    arrived = _mailjet(heard)
    wrong = {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "StatusCode": 400, "ErrorMessage": '"nobody" is an invalid email address.'}]}
    said = [wrong if unknown(each) else {"Status": "success", "CustomID": each.key, "To": [{"Email": each.to, "MessageID": each.id}]} for each in arrived]
    return Reply(400 if any(map(unknown, arrived)) else 200, {"Messages": said})


def _sendgrid(heard: Heard) -> list[Arrived]:
    assert heard.path == "/v3/mail/send"
    mail = heard.json
    [person] = mail["personalizations"]
    parts = {part["type"]: part["value"] for part in mail["content"]}
    key = person["custom_args"]["message_key"]
    sender = (mail["from"].get("name", ""), mail["from"]["email"])
    reply_to = mail.get("reply_to", {}).get("email", "")
    return [
        Arrived(
            person["to"][0]["email"], parts["text/plain"], parts.get("text/html", ""), mail["subject"], f"id-of-{key}", key, sender, reply_to, mail["headers"]
        )
    ]


def _sendgrid_answer(heard: Heard) -> Reply:
    [arrived] = _sendgrid(heard)
    if unknown(arrived):
        return Reply(400, {"errors": [{"message": "Does not contain a valid address.", "field": "personalizations.0.to.0.email", "help": None}]})
    return Reply(202, b"", {"X-Message-Id": arrived.id})


def _mailgun(heard: Heard) -> list[Arrived]:
    assert heard.path == "/v3/mg.maison.example/messages"
    form = heard.form
    headers = {name[2:]: value for name, value in form.items() if name.startswith("h:") and name != "h:Reply-To"}
    key, sender = form["v:message_key"], named(form["from"])
    return [Arrived(form["to"], form["text"], form.get("html", ""), form["subject"], id_of(key), key, sender, form.get("h:Reply-To", ""), headers)]


def _mailgun_answer(heard: Heard) -> Reply:
    [arrived] = _mailgun(heard)
    return (
        Reply(400, {"message": "to parameter is not a valid address. please check documentation"})
        if unknown(arrived)
        else Reply(200, {"id": arrived.id, "message": "Queued. Thank you."})
    )


def _postmark(heard: Heard) -> list[Arrived]:
    assert heard.path == "/email/batch"
    return [
        Arrived(
            to=message["To"],
            text=message["TextBody"],
            html=message.get("HtmlBody", ""),
            subject=message["Subject"],
            id=id_of(message["Metadata"]["message_key"]),
            key=message["Metadata"]["message_key"],
            sender=named(message["From"]),
            reply_to=message.get("ReplyTo", ""),
            headers={header["Name"]: header["Value"] for header in message.get("Headers", [])},
        )
        for message in heard.json
    ]


def _postmark_answer(heard: Heard) -> Reply:
    wrong = {"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as inactive."}
    return Reply(200, [wrong if unknown(each) else {"ErrorCode": 0, "Message": "OK", "MessageID": each.id, "To": each.to} for each in _postmark(heard)])


def _listmonk(heard: Heard) -> list[Arrived]:
    assert heard.path == "/api/tx"
    mail = heard.json
    assert (mail["template_id"], mail["subscriber_mode"], mail["content_type"]) == (3, "external", "html")
    [to], data = mail["subscriber_emails"], mail["data"]
    headers = {name: value for header in mail["headers"] for name, value in header.items()}
    reply_to = headers.pop("Reply-To", "")
    return [Arrived(to, mail["altbody"], data.get("html", ""), mail["subject"], "", data["message_key"], named(mail["from_email"]), reply_to, headers)]


def _listmonk_answer(heard: Heard) -> Reply:
    [arrived] = _listmonk(heard)
    return Reply(400, {"message": "Invalid e-mail."}) if unknown(arrived) else Reply(200, {"data": True})


def _hook(heard: Heard) -> list[Arrived]:
    assert heard.path == "/hooks/relance?shop=1"
    data = heard.json["data"]
    assert heard.headers["webhook-id"] == heard.headers["idempotency-key"] == data["message_key"]
    return [Arrived(data["to"], data.get("text", ""), data.get("html", ""), data.get("subject", ""), "", data["message_key"])]


def _hook_answer(heard: Heard) -> Reply:
    [arrived] = _hook(heard)
    return Reply(422, {"error": "no such contact"}) if unknown(arrived) else Reply(204)


def _twilio(heard: Heard) -> list[Arrived]:
    assert heard.path == "/2010-04-01/Accounts/AC123/Messages.json"
    form = heard.form
    assert form["From"] == "MAISON"
    # Twilio is told no key: the tests give each key a number of its own.
    key = chr(int(form["To"][4:]))
    return [Arrived(form["To"], form["Body"], id=id_of(key), key=key)]


def _twilio_answer(heard: Heard) -> Reply:
    [arrived] = _twilio(heard)
    wrong = Reply(
        400, {"code": 21211, "message": "Invalid 'To' Phone Number: +3360000XXXX", "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400}
    )
    return wrong if unknown(arrived) else Reply(201, {"sid": arrived.id, "status": "queued", "num_segments": "1", "error_code": None, "error_message": None})


def _brevo_sms(heard: Heard) -> list[Arrived]:
    assert heard.path == "/v3/transactionalSMS/send"
    sms = heard.json
    assert sms["sender"] == "MAISON"
    return [Arrived("+" + sms["recipient"], sms["content"], id=id_of(sms["tag"]), key=sms["tag"])]


def _brevo_sms_answer(heard: Heard) -> Reply:
    [arrived] = _brevo_sms(heard)
    return Reply(400, {"code": "invalid_parameter", "message": "Invalid telephone number"}) if unknown(arrived) else Reply(201, {"messageId": arrived.id})


HALF = ({"text": '{"task": "call'}, "the message begins like JSON and is none: Unterminated string starting at: line 1 column 10 (char 9)")
PROVIDERS = {
    "brevo": Provider(HttpEmailSettings, {"provider": "brevo"}, _brevo_answer, _brevo),
    "mailjet": Provider(HttpEmailSettings, {"provider": "mailjet", "username": "public"}, _mailjet_answer, _mailjet, by_message=True),
    "sendgrid": Provider(HttpEmailSettings, {"provider": "sendgrid"}, _sendgrid_answer, _sendgrid),
    "mailgun": Provider(HttpEmailSettings, {"provider": "mailgun", "domain": "mg.maison.example"}, _mailgun_answer, _mailgun),
    "postmark": Provider(HttpEmailSettings, {"provider": "postmark", "stream": "broadcast"}, _postmark_answer, _postmark, by_message=True),
    "listmonk": Provider(HttpEmailSettings, {"provider": "listmonk", "username": "relance", "template_id": 3}, _listmonk_answer, _listmonk),
    "twilio": Provider(HttpSmsSettings, {"provider": "twilio", "username": "AC123"}, _twilio_answer, _twilio, channel="sms", unwritable=NO_NUMBER),
    "brevo_sms": Provider(HttpSmsSettings, {"provider": "brevo"}, _brevo_sms_answer, _brevo_sms, channel="sms", unwritable=NO_NUMBER),
    "webhook": Provider(WebhookSettings, {}, _hook_answer, _hook, idempotent=True, channel="webhook", any_success=True, unwritable=HALF),
}
EMAIL = [name for name, provider in PROVIDERS.items() if provider.channel == "email"]
