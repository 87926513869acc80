"""A message as one contact would get it."""

from datetime import datetime
from pathlib import Path

import pytest

from pipelines.errors import BadFiles, RelanceError
from pipelines.messages.message_library import MessageLibrary
from pipelines.messages.preview import Preview, preview
from pipelines.messages.render import InvalidContent
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message
from tests.messages.shop import NOW, add, due, library

HEADER = "---\nsubject: Hello {{ contact.first_name }}\n---\n"
NODE = {"scenario": "abandoned_cart", "version": 1, "node": 1, "kind": "send"}


@pytest.fixture
def messages(tmp_path: Path) -> MessageLibrary:
    return library(
        tmp_path,
        {
            "cart/email.html.j2": HEADER + "{{ cart.total | money }}",
            "cart/email.fr.html.j2": HEADER + "{{ cart.total | money }} en français",
            "cart/sms.txt.j2": "sms {{ cart.total | money }}",
            "product/email.html.j2": HEADER + "{{ product.name }}",
            "text/sms.txt.j2": "hello",
            "broken/email.html.j2": "{{",
        },
    )


def seen(warehouse: Warehouse, messages: MessageLibrary, message: str, **choice: str) -> Preview:
    with warehouse.at(NOW):
        return preview(warehouse, messages, message, "zoe", **choice)


def text(found: Preview) -> str:
    assert isinstance(found.outcome, Message), found
    return found.outcome.text


def test_it_is_made_with_the_latest_run_that_sends_it(warehouse: Warehouse, messages: MessageLibrary) -> None:
    add(warehouse, "journeys.nodes", **NODE, message="cart")
    due(warehouse, "cart")
    found = seen(warehouse, messages, "cart")
    assert text(found) == "1 339,30 € en français"
    assert found.made_with == "the contact's run of `abandoned_cart` that cart_updated started at 2026-09-13 10:00:00 UTC"


def test_without_a_run_it_is_made_with_the_latest_thing_it_speaks_about(warehouse: Warehouse, messages: MessageLibrary) -> None:
    add(warehouse, "raw.site_events", event_id="v1", contact_id="zoe", occurred_at=datetime(2026, 9, 13, 20), name="product_viewed", product_id="lamp")
    assert text(seen(warehouse, messages, "product")) == "Lampe & pied"
    found = seen(warehouse, messages, "cart")
    assert text(found).startswith("1 339,30")
    assert found.made_with == "cart_updated at 2026-09-13 11:00:00 UTC: no run of a scenario that sends it was found"


def test_without_anything_it_says_so(warehouse: Warehouse, messages: MessageLibrary) -> None:
    found = seen(warehouse, messages, "product")
    assert isinstance(found.outcome, InvalidContent)
    assert found.made_with == "no trigger: the contact has no run of a scenario that sends it, and did nothing it speaks about"


def test_language_and_channel_can_be_chosen(warehouse: Warehouse, messages: MessageLibrary) -> None:
    assert text(seen(warehouse, messages, "cart", locale="en-GB")) == "€1,339.30"
    assert text(seen(warehouse, messages, "cart", channel="sms")) == "sms €1,339.30"
    assert text(seen(warehouse, messages, "text")) == "hello"


def test_a_message_that_is_not_there_or_broken_is_refused(warehouse: Warehouse, messages: MessageLibrary) -> None:
    with pytest.raises(BadFiles, match="there is no such message\n  hint: did you mean `cart`?"):
        seen(warehouse, messages, "carte")
    with pytest.raises(BadFiles, match=r"broken/email.html.j2:1: "):
        seen(warehouse, messages, "broken")


def test_an_unknown_contact_is_refused(warehouse: Warehouse, messages: MessageLibrary) -> None:
    with warehouse.at(NOW), pytest.raises(RelanceError, match="there is no contact `nobody-here`"):
        preview(warehouse, messages, "cart", "nobody-here")


def test_a_code_is_the_run_s_own_else_one_that_says_it_is_none(warehouse: Warehouse, tmp_path: Path) -> None:
    messages = library(tmp_path, {"voucher/email.html.j2": HEADER + "{{ offer.code }}"})
    add(warehouse, "journeys.nodes", **NODE, message="voucher")
    due(warehouse, "voucher")
    found = seen(warehouse, messages, "voucher")
    assert text(found) == "EXAMPLE-CODE"
    assert found.made_with.endswith("; EXAMPLE-CODE stands for a code, of which that run has none")
    given = {"offer": "gift", "code": "ABC", "contact_id": "zoe", "given_at": NOW, "as_of": NOW}
    warehouse.append("journeys.codes", ["enrolment_id", *given], [("run-m1", *given.values())])
    assert text(seen(warehouse, messages, "voucher")) == "ABC"
