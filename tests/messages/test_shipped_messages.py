"""The messages that ship: in both languages, with everything known and with next to nothing."""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.messages.message_library import MessageLibrary, read_messages
from pipelines.messages.render import InvalidContent
from pipelines.segments.files import read_segments
from pipelines.segments.view import segment_view
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message
from senders.mime import to_bytes
from tests.messages.shop import NOW, add, due, product, project, rendered, written

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "scenarios" / "messages" / "layout"
SEGMENTS = read_segments(project(ROOT))
LIBRARY = read_messages(project(ROOT), SEGMENTS)
TRIGGER = '{"cart_id": "K1", "product_id": "lamp"}'
MESSAGES = sorted(LIBRARY.channels)
GSM = set("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà\n" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def all_of(warehouse: Warehouse, messages: MessageLibrary, contact_id: str) -> dict[str, Message]:
    for segment in SEGMENTS.segments:
        warehouse.run(segment_view(segment.name, segment.attributes))
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


def test_a_price_is_compared_with_the_lowest_of_the_thirty_days_before_it_fell(warehouse: Warehouse) -> None:
    prices = {datetime(2026, 1, 1): "60", datetime(2026, 6, 1): "30", datetime(2026, 7, 1): "60", datetime(2026, 8, 20): "45", datetime(2026, 8, 25): "60"}
    for valid_from, price in {**prices, datetime(2026, 9, 13, 10): "40"}.items():
        product(warehouse, "vase", valid_from, name="Vase", price=Decimal(price))
    due(warehouse, "price_alert", trigger='{"product_id": "vase"}')
    assert "40,00 € au lieu de 45,00 €" in written(warehouse, LIBRARY).text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_price_that_is_no_lower_is_compared_with_none(warehouse: Warehouse) -> None:
    due(warehouse, "price_alert", trigger='{"product_id": "lamp"}')
    text = written(warehouse, LIBRARY).text
    assert "49,90" in text
    assert "au lieu de" not in text


def test_an_order_says_what_its_total_has_beside_its_lines(warehouse: Warehouse) -> None:
    add(warehouse, "raw.orders", order_id="O1", contact_id="zoe", ordered_at=datetime(2026, 9, 13), total=Decimal("44.90"), coupon_code="DIX")
    add(warehouse, "raw.order_lines", order_id="O1", line_no=1, product_id="lamp", quantity=1, unit_price=Decimal("49.90"))
    due(warehouse, "order_confirmed", trigger='{"order_id": "O1"}')
    text = written(warehouse, LIBRARY).text
    assert re.search(r"Remises, livraison et autres frais +-5,00", text)
    assert re.search(r"Total +44,90", text)


def test_text_and_its_ground_differ_enough_in_both_schemes() -> None:
    """The ratio that WCAG 2 asks of text, for every colour of words the layout sets, on the grounds it sets."""
    light = (LAYOUT / "style.css.j2").read_text(encoding="utf-8")
    dark = (LAYOUT / "screens.css.j2").read_text(encoding="utf-8").partition("dark)")[2]
    for css, grounds in ((light, ("page", "card")), (dark, ("page", "card"))):
        on = {name: re.search(rf"\.{name} \{{[^}}]*background-color: (#\w{{6}})", css) for name in grounds}
        words = set(re.findall(r"(?m)^ *([^\n{]*)\{[^}]*?[ ;{]color: (#\w{6})", css))
        assert len(words) > 3
        for selector, color in words:
            if "button" not in selector:
                for ground in on.values():
                    assert ground
                    assert contrast(color, ground[1]) >= 4.5, (selector, color, ground[1])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def brightness(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return sum(
        weight * (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4) for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
    )
