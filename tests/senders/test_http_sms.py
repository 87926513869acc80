"""What an SMS costs, how it is written, and what each provider is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from senders.sms_text import BASIC, Segments, in_alphabet, segments
from tests.senders.http_server import Desk, Reply, http_server
from tests.senders.providers import PROVIDERS, SECRETS, Provider
from tests.senders.test_contract import hand_over

TWILIO, BREVO = PROVIDERS["twilio"], PROVIDERS["brevo_sms"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 1)),
        ("a" * 160, Segments("GSM-7", 1)),
        ("a" * 161, Segments("GSM-7", 2)),
        ("a" * 306, Segments("GSM-7", 2)),
        ("a" * 307, Segments("GSM-7", 3)),
        ("€" * 80, Segments("GSM-7", 1)),
        ("€" * 81, Segments("GSM-7", 2)),
        ("€" * 152, Segments("GSM-7", 2)),
        ("€" * 153, Segments("GSM-7", 3)),
        ("Déjà vu, où ? À l'été, ça va", Segments("UCS-2", 1)),
        ("é" * 160, Segments("GSM-7", 1)),
        ("ç" * 70, Segments("UCS-2", 1)),
        ("ç" * 71, Segments("UCS-2", 2)),
        ("ç" * 134, Segments("UCS-2", 2)),
        ("ç" * 135, Segments("UCS-2", 3)),
        ("🎁" * 35, Segments("UCS-2", 1)),
        ("🎁" * 36, Segments("UCS-2", 2)),
        ("🎁" * 67, Segments("UCS-2", 3)),
    ],
    ids=lambda value: value[:3] + str(len(value)) if isinstance(value, str) else None,
)
def test_the_segments_of_a_text(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments_and_no_text_more_than_its_bytes(text: str) -> None:
    assert segments(text).count <= segments(text + "ç").count
    assert segments(text).count <= max(1, -(-len(text.encode("utf-16-le", "surrogatepass")) // 2 // 33))


def test_the_alphabet_has_the_signs_of_the_standard() -> None:
    """128 places, of which one is the escape that leads to the second table."""
    assert len(BASIC) == 127


def test_typography_is_written_plainly_where_that_saves_the_alphabet() -> None:
    assert in_alphabet("Zoé\u202f: l’été commence… «\u00a0−20 %\u00a0»") == "Zoé\u202f: l’été commence… «\u00a0−20 %\u00a0»"
    assert in_alphabet("Zoé\u202f: l’été commence… «\u00a0-20 %\u00a0»") == 'Zoé : l\'été commence... " -20 % "'


@pytest.fixture
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)
    with http_server(PROVIDERS[request.param].answer) as desk:
        yield desk


@pytest.mark.parametrize("desk", ["twilio"], indirect=True)
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a" * 460, "the text takes 4 segments (GSM-7), and `max_segments` is 3"),
        ("ç" * 202, "the text takes 4 segments (UCS-2), and `max_segments` is 3"),
        (" \n", "the text is empty"),
    ],
    ids=["long", "long for its signs", "empty"],
)
def test_a_text_that_costs_too_much_is_refused(desk: Desk, text: str, error: str) -> None:
    [receipt] = hand_over(TWILIO.sender(desk.url), [TWILIO.message("a", text=text)])
    assert (receipt.state, receipt.error) == ("refused", error)
    assert desk.heard == []


@pytest.mark.parametrize("desk", ["twilio"], indirect=True)
@pytest.mark.parametrize("number", ["+33612", "+3361234567890", "+33639981234", "+99912345678"], ids=["short", "long", "for fiction", "no country"])
def test_a_number_that_nobody_can_have_costs_nothing(desk: Desk, number: str) -> None:
    [receipt] = hand_over(TWILIO.sender(desk.url), [TWILIO.message("a", to=number)])
    assert receipt.state == "refused"
    assert desk.heard == []


@pytest.mark.parametrize("desk", ["twilio"], indirect=True)
def test_a_number_whose_owner_wrote_stop_is_refused(desk: Desk) -> None:
    desk.faults = [Reply(400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400})]
    [receipt] = hand_over(TWILIO.sender(desk.url), [TWILIO.message("a")])
    assert (receipt.state, receipt.error) == ("refused", "400 Attempt to send to unsubscribed recipient")


@pytest.mark.parametrize("desk", ["twilio"], indirect=True)
@pytest.mark.parametrize(
    ("sender_id", "field"),
    [("MAISON", "From"), ("+33755500000", "From"), ("36111", "From"), ("MG" + "0" * 32, "MessagingServiceSid")],
    ids=["name", "number", "short code", "messaging service"],
)
def test_twilio_is_told_who_speaks(desk: Desk, sender_id: str, field: str) -> None:
    desk.answer = lambda heard: Reply(201, {"sid": "SM1"})
    [receipt] = hand_over(TWILIO.sender(desk.url, sender_id=sender_id), [TWILIO.message("a")])
    form = desk.heard[0].form
    assert (receipt.state, form[field]) == ("accepted", sender_id)
    assert set(form) == {"To", "Body", field}


HOUR, SERVICE = datetime(2026, 9, 14, 7, 0), "MG" + "0" * 32


@pytest.mark.parametrize("desk", ["twilio"], indirect=True)
def test_twilio_is_told_when_a_message_shall_go_and_says_when_that_is_too_late(desk: Desk) -> None:
    late = Reply(400, {"code": 35114, "message": "SendAt time must be between 900 seconds and 35 days", "status": 400})
    desk.faults, desk.answer = [late], lambda heard: Reply(201, {"sid": "SM1", "status": "scheduled"})
    sender = TWILIO.sender(desk.url, sender_id=SERVICE, schedule_ahead=60)
    receipts = [receipt for key in "ab" for receipt in hand_over(sender, [TWILIO.message(key, send_at=HOUR)])]
    form = desk.heard[1].form
    assert (form["SendAt"], form["ScheduleType"], form["MessagingServiceSid"]) == ("2026-09-14T07:00:00Z", "fixed", SERVICE)
    assert [receipt.state for receipt in receipts] == ["retry", "accepted"]
    assert (sender.pace.ahead, sender.pace.notice) == (timedelta(hours=1), timedelta(minutes=15))


@pytest.mark.parametrize(
    ("provider", "settings", "error"),
    [
        (BREVO, {"schedule_ahead": 60}, "a messaging service of it alone"),
        (TWILIO, {"schedule_ahead": 60}, "a messaging service of it alone"),
        (TWILIO, {"schedule_ahead": 40, "sender_id": SERVICE}, "is to be more than 40"),
    ],
    ids=["Brevo", "without a service", "too short"],
)
def test_who_cannot_be_told_when_an_sms_shall_go_is_not(provider: Provider, settings: dict[str, object], error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        provider.sender("http://127.0.0.1:1", **settings)


@pytest.mark.parametrize("desk", ["brevo_sms"], indirect=True)
def test_brevo_is_given_no_sms_before_its_hour(desk: Desk) -> None:
    [receipt] = hand_over(BREVO.sender(desk.url), [BREVO.message("a", send_at=HOUR)])
    assert (receipt.state, desk.heard) == ("refused", [])


@pytest.mark.parametrize("desk", ["brevo_sms"], indirect=True)
@pytest.mark.parametrize(
    ("text", "kind", "unicode"),
    [
        ("Votre colis est là", "transactional", False),
        ("-20 % ce week-end. STOP au [STOP_CODE]", "marketing", False),
        ("Ça y est, votre colis est là 🎁", "transactional", True),
    ],
    ids=["transactional", "marketing", "beyond the alphabet"],
)
def test_brevo_is_told_what_kind_of_text_it_is(desk: Desk, text: str, kind: str, unicode: bool) -> None:
    [receipt] = hand_over(BREVO.sender(desk.url), [BREVO.message("a", text=text)])
    sms = desk.heard[0].json
    assert receipt.state == "accepted"
    assert (sms["recipient"], sms["content"], sms["type"], sms["unicodeEnabled"], sms["tag"]) == ("33600000097", text, kind, unicode, "a")
