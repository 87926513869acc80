"""What goes to people and what does not: signed links to unsubscribe, the way out, the size."""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.messages.context import contexts
from pipelines.messages.message_library import MessageLibrary
from pipelines.messages.preview import preview
from pipelines.messages.render import DueMessage, InvalidContent, render, renderer
from pipelines.messages.unsubscribe_token import Leaver, sign, verify
from pipelines.settings import ShopSettings
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message, Receipt
from tests.messages.shop import NOW, SHOP, due, library, written

SECRET = "a secret of the shop, long enough.".replace(" ", "-")
SIGNED = ShopSettings(**SHOP.model_dump() | {"unsubscribe_url": "https://tilleul.example/stop?t={token}", "unsubscribe_secret_env": "TILLEUL_UNSUBSCRIBE"})
NOWHERE = ShopSettings(**SHOP.model_dump() | {"unsubscribe_url": "", "unsubscribe_mailto": ""})
MAIL = {"m/email.html.j2": '---\nsubject: Hello\n---\n<p>Hello <a href="{{ unsubscribe_url }}">out</a></p>', "m/sms.txt.j2": "Hello {{ unsubscribe_url }}"}
ZOE = Leaver("m1", "zoe", "promotions")


def passed(warehouse: Warehouse, messages: MessageLibrary) -> dict[str, Message | Receipt]:
    """What a hand-over pass is given of everything in the outbox, by message key."""
    with warehouse.at(NOW):
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        return {each.key: each for each in renderer(messages)(warehouse, NOW)}


@given(st.builds(Leaver, st.text(), st.text(), st.text()), st.text(min_size=1))
def test_a_token_says_who_leaves_what_to_who_has_the_secret(leaver: Leaver, secret: str) -> None:
    token = sign(secret, leaver)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)
    assert verify(secret, token) == leaver
    assert verify(secret + "x", token) is None


@pytest.mark.parametrize("at", range(len(sign(SECRET, ZOE))))
def test_a_token_with_another_sign_anywhere_is_not_believed(at: int) -> None:
    token = sign(SECRET, ZOE)
    for other in "A", "B", ".":
        assert token[at] == other or verify(SECRET, token[:at] + other + token[at + 1 :]) is None


@pytest.mark.parametrize("text", ["", ".", "1..", "zoé", "m1", sign(SECRET, ZOE)[:-1], sign(SECRET, ZOE) + "="])
def test_what_is_no_token_is_not_believed(text: str) -> None:
    assert verify(SECRET, text) is None


def test_marketing_mail_carries_its_token_wherever_it_shows_the_link(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLEUL_UNSUBSCRIBE", SECRET)
    due(warehouse, "m")
    due(warehouse, "m", key="text", channel="sms")
    messages = library(tmp_path, MAIL, shop=SIGNED)
    mail = written(warehouse, messages)
    page = f"https://tilleul.example/stop?t={sign(SECRET, ZOE)}"
    assert (f'href="{page}"' in mail.html, page in mail.text, mail.headers["List-Unsubscribe"].startswith(f"<{page}>, <mailto:")) == (True, True, True)
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert written(warehouse, messages, "text").text == f"Hello https://tilleul.example/stop?t={sign(SECRET, Leaver('text', 'zoe', 'promotions'))}"
    assert verify(SECRET, page.partition("t=")[2]) == ZOE


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        pytest.param("", "TILLEUL_UNSUBSCRIBE, which holds the secret, is not set", id="none"),
        pytest.param("too-short", "TILLEUL_UNSUBSCRIBE holds a secret of fewer than 32 characters", id="one that can be guessed"),
    ],
)
def test_marketing_waits_for_the_secret_and_the_rest_goes(secret: str, why: str, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLEUL_UNSUBSCRIBE", secret)
    due(warehouse, "m")
    due(warehouse, "m", key="text", channel="sms")
    due(warehouse, "m", key="order", category="transactional")
    outcomes = passed(warehouse, library(tmp_path, MAIL, shop=SIGNED))
    assert [outcomes[key] for key in ("m1", "text")] == [Receipt(key, "retry", error=f"shop.unsubscribe_secret_env: {why}") for key in ("m1", "text")]
    assert isinstance(outcomes["order"], Message)


def test_nothing_is_written_with_an_empty_token(warehouse: Warehouse, tmp_path: Path) -> None:
    messages = library(tmp_path, MAIL, shop=SIGNED)
    row = DueMessage("m1", "zoe", "sms", "+33612345678", "marketing", "m", "fr-FR", "welcome", "m", "promotions")
    with warehouse.at(NOW):
        due(warehouse, "m")
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        context = contexts(warehouse, messages.project, frozenset())["m1"]
    assert not isinstance(context, str)
    assert render(messages, row, context, NOW) == InvalidContent("m1", "scenarios/messages/m/sms.txt.j2: the link to unsubscribe has no token")


def test_a_preview_shows_a_token_that_no_page_believes(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TILLEUL_UNSUBSCRIBE", raising=False)
    with warehouse.at(NOW):
        seen = preview(warehouse, library(tmp_path, MAIL, shop=SIGNED), "m", "zoe", channel="sms").outcome
    assert isinstance(seen, Message)
    token = seen.text.partition("t=")[2]
    assert token
    assert verify(SECRET, token) is None


def test_marketing_mail_that_nobody_can_unsubscribe_from_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    due(warehouse, "m", key="text", channel="sms")
    due(warehouse, "m", key="order", category="transactional")
    outcomes = passed(warehouse, library(tmp_path, MAIL, shop=NOWHERE))
    why = "invalid content: nobody could unsubscribe: relance.toml has neither shop.unsubscribe_url nor shop.unsubscribe_mailto"
    assert outcomes["m1"] == Receipt("m1", "refused", error=why)
    assert [isinstance(outcomes[key], Message) for key in ("text", "order")] == [True, True]


def test_html_beyond_all_measure_is_refused_and_what_gmail_clips_goes(warehouse: Warehouse, tmp_path: Path) -> None:
    for name in ("long", "endless"):
        due(warehouse, name, key=name)
    bodies = {"long": 103, "endless": 1025}
    templates = {f"{name}/email.html.j2": f"---\nsubject: Hello\n---\n<p>{{{{ 'é' * 512 * {size} }}}}</p>" for name, size in bodies.items()}
    outcomes = passed(warehouse, library(tmp_path, templates))
    assert isinstance(outcomes["long"], Message)
    assert outcomes["endless"] == Receipt("endless", "refused", error="invalid content: its HTML takes 1026 kB, more than the 1024 that are sent")


def test_the_lines_for_a_page_in_the_documentation_do_what_verify_does() -> None:
    text = (Path(__file__).parents[2] / "docs/sending.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(def leaver_of.*?)```", text, re.DOTALL)
    assert lines
    names: dict[str, Any] = {"hmac": hmac, "json": json, "urlsafe_b64decode": urlsafe_b64decode, "urlsafe_b64encode": urlsafe_b64encode}
    exec(lines[1], names)  # noqa: S102
    assert names["leaver_of"](sign(SECRET, ZOE), SECRET) == ["m1", "zoe", "promotions"]
    assert [names["leaver_of"](other, SECRET) for other in (sign("another", ZOE), "", "zoé", "1.x.y")] == [None] * 4
