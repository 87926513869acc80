"""What an e-mail looks like on the wire."""

from binascii import b2a_qp
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import characters, integers
from hypothesis.strategies import text as texts

from senders.message import Message
from senders.mime import LINE_END, quoted_printable, to_bytes
from tests.senders.mails import mail

UNSUBSCRIBE = {
    "List-Unsubscribe": f"<https://maison.example/u/{'x' * 200}?k=1&c=2>, <mailto:stop@maison.example?subject=0a1b>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "<news.maison.maison.example>",
    "Feedback-ID": "welcome/hello:news:maison:maisonexample",
}


def content(part: Any) -> str:
    """The text of a part, with the line ends of this machine instead of those of the wire."""
    return str(part.get_content()).replace("\r\n", "\n")


def read(message: Message) -> EmailMessage:
    return message_from_bytes(to_bytes(message), policy=policy.default)


def test_names_and_subjects_beyond_ascii_arrive_as_written() -> None:
    found = read(mail("a"))
    assert found["From"].addresses[0].display_name == "Maison Élégante, fils"
    assert found["From"].addresses[0].addr_spec == "bonjour@maison.example"
    assert found["Subject"] == "Votre panier vous attend, Zoé"
    assert found["Date"].datetime.isoformat() == "2026-09-14T04:00:00+00:00"
    assert found["Content-Language"] == "fr"


def test_headers_are_ascii_in_short_lines() -> None:
    head = to_bytes(mail("a", subject="Été, forêts et œillets : notre sélection pour les journées qui rallongent, dès aujourd’hui")).partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) <= 78


def test_text_comes_before_html_both_decodable() -> None:
    found = read(mail("a"))
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert [content(part) for part in found.iter_parts()] == [mail("a").text, mail("a").html]


def test_a_message_without_html_is_plain_text() -> None:
    found = read(mail("a", html=""))
    assert found.get_content_type() == "text/plain"
    assert content(found) == mail("a").text


@given(texts(alphabet=characters(exclude_categories=["Cs"])))
def test_every_text_arrives_as_written(text: str) -> None:
    assert content(read(mail("a", text=text, html=""))) == text.replace("\r\n", "\n").replace("\r", "\n")


@given(texts(alphabet="aé .=\t\n\r\x0b\u2028"), integers(0, 80), texts(alphabet=" \t\na."))
def test_lines_encoded_one_by_one_are_those_of_the_whole(begin: str, width: int, end: str) -> None:
    text = f"{begin}{'x' * width * 10}{end}\n{'x' * width}{end}{begin}"
    assert quoted_printable(text) == b2a_qp(LINE_END.sub("\n", text).encode(), istext=True).replace(b"\n", b"\r\n")


def test_the_same_message_gives_the_same_bytes() -> None:
    assert to_bytes(mail("a")) == to_bytes(mail("a"))


def test_the_message_id_is_made_of_key_and_domain() -> None:
    assert read(mail("0a1b"))["Message-ID"] == "<0a1b@maison.example>"


def test_lines_of_the_mail_are_never_longer_than_the_protocol_allows() -> None:
    long = to_bytes(mail("a", html=f"<p>{'é' * 5000}</p>", headers=UNSUBSCRIBE))
    assert max(len(line) for line in long.split(b"\r\n")) <= 998
    assert b"\n" not in long.replace(b"\r\n", b"")


def test_the_unsubscribe_headers_are_written_as_they_are() -> None:
    raw = to_bytes(mail("a", headers=UNSUBSCRIBE))
    assert f"\r\nList-Unsubscribe: {UNSUBSCRIBE['List-Unsubscribe']}\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nList-Id: <news.maison.maison.example>\r\nFeedback-ID: welcome/hello:news:maison:maisonexample\r\n" in raw


def test_a_domain_of_any_script_is_written_the_way_mail_servers_know_it() -> None:
    found = read(mail("a", to="zoe@été.example", sender="bonjour@straße.example"))
    assert found["To"] == "zoe@xn--t-9fab.example"
    assert found["Message-ID"] == "<a@xn--strae-oqa.example>"


@pytest.mark.parametrize("field", ["subject", "sender_name"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"], ids=["crlf", "lf", "cr", "line separator", "next line", "tab"])
def test_a_line_break_in_a_value_makes_no_header(field: str, end: str) -> None:
    found = read(mail("a", **{field: f"Bonjour{end}Bcc: all@example.org"}))
    assert found["Bcc"] is None
    assert "Bonjour Bcc: all@example.org" in str(found["Subject" if field == "subject" else "From"])


def test_a_subject_that_looks_encoded_shows_as_written() -> None:
    subject = "=?utf-8?q?Bonjour=0d=0aBcc:_all@example.org?="
    assert read(mail("a", subject=subject))["Subject"] == subject


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"to": "zoe"}, id="no domain"),
        pytest.param({"to": "zoe@"}, id="an empty domain"),
        pytest.param({"to": "zoe@exa mple.org"}, id="a space"),
        pytest.param({"to": "zoe@example.org\r\nBcc: all@example.org"}, id="a line break in the address"),
        pytest.param({"to": "<zoe>@example.org"}, id="brackets"),
        pytest.param({"to": "zoé@example.org"}, id="a local part beyond ascii"),
        pytest.param({"sender": "bonjour\r\n@maison.example"}, id="a line break in the sender"),
        pytest.param({"reply_to": "a@b.example, c@d.example"}, id="two addresses"),
        pytest.param({"headers": {"List-Unsubscribe": "<x>\r\nBcc: all@example.org"}}, id="a line break in a header"),
        pytest.param({"headers": {"X-A\r\nBcc": "all@example.org"}}, id="a line break in a header name"),
        pytest.param({"headers": {"Bcc": "all@example.org"}}, id="an address in a header"),
        pytest.param({"headers": {"List-Unsubscribe": "<https://été.example>"}}, id="a header beyond ascii"),
    ],
)
def test_what_cannot_be_written_safely_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not|no valid domain"):
        to_bytes(mail("a", **changes))


@pytest.mark.parametrize("name", ["Éléphants & Cie, Lyon " * 6, "L" * 50 + "é", "=?utf-8?q?x?=", "Zoé"])
def test_a_name_in_from_shows_as_written_in_words_that_are_not_too_long(name: str) -> None:
    named = mail("k", sender_name=name)
    words, _, address = message_from_bytes(to_bytes(named), policy=policy.compat32)["From"].rpartition(" <")
    assert (str(make_header(decode_header(words))).strip(), address) == (name.strip(), f"{named.sender}>")
    head = to_bytes(named).partition(b"\r\nFrom: ")[2].partition(b"\r\nTo: ")[0]
    assert max(map(len, b"From: ".join([b"", head]).split(b"\r\n"))) <= 76
