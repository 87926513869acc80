"""The messages that ship: in both languages, with everything known and with next to nothing."""

import re
from pathlib import Path

import pytest

from pipelines.messages.message_library import MessageLibrary, read_messages
from pipelines.messages.render import InvalidContent
from pipelines.segments.files import read_segments
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message
from senders.mime import to_bytes
from tests.messages.shop import NOW, due, project, rendered

ROOT = Path(__file__).parents[2]
LIBRARY = read_messages(project(ROOT), read_segments(project(ROOT)))
TRIGGER = '{"cart_id": "K1", "product_id": "lamp"}'
MESSAGES = sorted(LIBRARY.channels)
GSM = set("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà\n" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def all_of(warehouse: Warehouse, messages: MessageLibrary, contact_id: str) -> dict[str, Message]:
    for message, channels in messages.channels.items():
        for channel in channels:
            for locale in ("en-GB", "fr-CA"):
                key = f"{message} {channel} {locale}"
                due(warehouse, message, key, TRIGGER, channel=channel, locale=locale, contact_id=contact_id)
                if message in messages.coded:
                    until = NOW if contact_id == "zoe" else None
                    code = {"offer": "gift", "code": "WEL-0123456789", "contact_id": contact_id, "given_at": NOW, "valid_until": until, "as_of": NOW}
                    warehouse.append("journeys.codes", ["enrolment_id", *code], [(f"run-{key}", *code.values())])
    outcomes = rendered(warehouse, messages)
    assert {key: outcome.detail for key, outcome in outcomes.items() if isinstance(outcome, InvalidContent)} == {}
    return {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Message)}


def test_nothing_is_wrong_with_them() -> None:
    assert [str(problem) for problem in LIBRARY.problems] == []


@pytest.mark.parametrize("message", MESSAGES)
def test_each_is_written_in_french_on_every_channel(message: str) -> None:
    for channel in LIBRARY.channels[message]:
        assert (message, channel, "fr") in LIBRARY.templates


@pytest.mark.parametrize("contact_id", ["zoe", "nobody"])
def test_they_render_for_a_contact_of_whom_everything_or_nothing_is_known(warehouse: Warehouse, contact_id: str) -> None:
    for key, message in all_of(warehouse, LIBRARY, contact_id).items():
        words = f"{message.subject}\n{message.text}"
        assert "None" not in words, key
        assert "{{" not in words, key
        assert not re.search(r" ,|,,|Hello  |Bonjour  ", words), key
        if message.channel == "email":
            assert b"=?" not in to_bytes(message).split(b"\r\n\r\n")[1], key
            assert 10 < len(message.subject) < 70, key


def test_an_email_offers_the_way_out_and_names_the_sender(warehouse: Warehouse) -> None:
    for key, message in all_of(warehouse, LIBRARY, "zoe").items():
        if message.channel == "email":
            assert "12 rue des Tilleuls" in message.text, key
            assert ("Me désinscrire" if "fr" in key.split()[-1] else "Unsubscribe") in message.text, key


def test_an_sms_fits_in_one_and_says_how_to_stop(warehouse: Warehouse) -> None:
    for key, message in all_of(warehouse, LIBRARY, "zoe").items():
        if message.channel == "sms":
            assert set(message.text) <= GSM, key
            assert len(message.text) <= 160, key
            assert "STOP" in message.text, key


def test_french_keeps_its_signs_with_the_word_before() -> None:
    for path in sorted((ROOT / "scenarios" / "messages").glob("*/email.fr.html.j2")):
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", "", path.read_text(encoding="utf-8").rpartition("---")[2])
        assert not re.search(r" [?!;:»](\s|$)|« |\d [%€]", text), path


def test_the_cart_is_shown_line_by_line(warehouse: Warehouse) -> None:
    text = all_of(warehouse, LIBRARY, "zoe")["cart_reminder email fr-CA"].text
    for part in ("[Lampe & pied](https://tilleul.example/p/lamp)", "2 × 49,90 €", "Un article de la boutique", "1 339,30 €", "https://tilleul.example/cart/K1"):
        assert part in text
