"""What becomes of messages when the mail server says no, goes away or is not who it claims to be."""

import base64
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from senders import smtp as module
from senders.message import Message, Receipt, by_key
from senders.smtp import SmtpSender, SmtpSettings
from tests.senders.mail_server import free_port, mail_server
from tests.senders.mails import mail


def sender(port: int, root: Path = Path(), **settings: Any) -> SmtpSender:
    return SmtpSender(SmtpSettings(**{"kind": "smtp", "name": "mail", "host": "127.0.0.1", "port": port, "tls": "none"} | settings), root)


def handed_over(to: SmtpSender, messages: list[Message]) -> dict[str, Receipt]:
    with to.session() as session:
        return by_key(session.send(messages))


def states(receipts: dict[str, Receipt]) -> dict[str, str]:
    return {key: receipt.state for key, receipt in receipts.items()}


def batch() -> list[Message]:
    return [mail("first", to="first@example.org"), mail("second", to="second@example.org"), mail("third", to="third@example.org")]


def test_a_550_for_one_address_refuses_that_message_alone() -> None:
    with mail_server() as server:
        server.answers["second@example.org"] = "550 no such user here"
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "refused", "third": "accepted"}
    assert receipts["second"].error == "550 no such user here"
    assert len(server.mails) == 2


def test_a_451_is_for_a_later_try() -> None:
    with mail_server() as server:
        server.answers["second@example.org"] = "451 try again in an hour"
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "retry", "third": "accepted"}
    assert receipts["second"].error == "451 try again in an hour"


def test_a_421_closes_the_line_and_the_next_message_opens_another() -> None:
    with mail_server() as server:
        server.answers["second@example.org"] = "421 too busy"
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "retry", "third": "accepted"}
    assert len(server.peers) == 2


def test_a_line_cut_before_the_message_is_for_a_later_try() -> None:
    with mail_server() as server:
        server.cut_before_data.add("second@example.org")
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "retry", "third": "accepted"}
    assert len(server.mails) == 2


def test_a_line_cut_after_the_message_leaves_it_unknown() -> None:
    with mail_server() as server:
        server.cut_after_data.add("second@example.org")
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "unknown", "third": "accepted"}
    assert len(server.mails) == 3, "the server took all three: sending the second again would be a double"


def test_where_nobody_listens_one_message_finds_out() -> None:
    receipts = handed_over(sender(free_port()), batch())
    assert (states(receipts), receipts["first"].about) == ({"first": "retry"}, "session")
    assert receipts["first"].error.endswith("Connection refused")


@pytest.mark.parametrize("host", ["mail.invalid", "mail..example"])
def test_an_unknown_host_is_found_out_by_one_message(host: str) -> None:
    receipts = handed_over(sender(25, host=host), batch())
    assert states(receipts) == {"first": "retry"}
    assert receipts["first"].error.startswith(f"{host}:25: ")


def test_a_server_that_will_not_have_the_sender_is_given_no_other_message() -> None:
    with mail_server() as server:
        server.sender_answer = "550 this sender is not allowed"
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "retry"}
    assert receipts["first"].error == "127.0.0.1 does not let bonjour@maison.example send: 550 this sender is not allowed"


@pytest.mark.parametrize(
    ("answer", "state", "about"),
    [
        ("554 5.7.1 Relay access denied", "retry", ""),
        ("454 4.7.1 Relay access denied", "retry", ""),
        ("550 5.1.8 Sender address rejected: Domain not found", "retry", ""),
        ("550 5.1.1 no such user", "refused", "message"),
        ("552 5.2.2 mailbox full", "refused", "message"),
        ("550 no such user", "refused", ""),
    ],
)
def test_what_is_said_of_an_address_may_be_about_us(answer: str, state: str, about: str) -> None:
    with mail_server() as server:
        server.answers["first@example.org"] = answer
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": state, "second": "accepted", "third": "accepted"}
    assert (receipts["first"].about, receipts["first"].error) == (about, answer)


def test_a_server_that_wants_a_login_is_given_no_other_message() -> None:
    with mail_server() as server:
        server.answers["second@example.org"] = "530 5.7.0 Authentication required"
        receipts = handed_over(sender(server.port), batch())
    assert states(receipts) == {"first": "accepted", "second": "retry"}
    assert receipts["second"].error == "127.0.0.1 does not let bonjour@maison.example send: 530 5.7.0 Authentication required"


@pytest.mark.parametrize(("turned_away", "gone"), [({2}, 5), ({2, 3}, 2), ({1}, 0)], ids=["once", "twice", "at first"])
def test_a_further_connection_that_is_refused_is_asked_for_once_more(turned_away: set[int], gone: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECONNECT", 0)
    with mail_server() as server:
        server.turned_away = turned_away
        receipts = handed_over(sender(server.port, messages_per_connection=2), [mail(str(number)) for number in range(5)])
    assert list(states(receipts).values()) == ["accepted"] * gone + ["retry"] * (gone < 5)
    assert len(server.mails) == gone


def test_one_connection_carries_as_many_messages_as_settings_say() -> None:
    with mail_server() as server:
        handed_over(sender(server.port, messages_per_connection=2), [mail(str(number)) for number in range(5)])
    assert (len(server.mails), len(server.peers)) == (5, 3)


def test_bounces_go_where_settings_say() -> None:
    with mail_server() as server:
        server.sender_answer = "550 "
        receipts = handed_over(sender(server.port, bounce_address="bounces@maison.example"), [mail("a")])
    assert "does not let bounces@maison.example send" in receipts["a"].error


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def encrypted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_certificate_nobody_vouches_for_is_not_spoken_to(authority: trustme.CA) -> None:
    with mail_server(starttls=encrypted(authority)) as server:
        receipts = handed_over(sender(server.port, tls="starttls"), batch())
    assert set(states(receipts).values()) == {"retry"}
    assert "its certificate cannot be verified" in receipts["first"].error
    assert server.mails == []


def test_a_certificate_of_the_given_authority_is_trusted(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with mail_server(starttls=encrypted(authority)) as server:
        receipts = handed_over(sender(server.port, tmp_path, tls="starttls", ca_file=Path("ca.pem")), batch())
    assert set(states(receipts).values()) == {"accepted"}


def test_a_server_without_starttls_gets_nothing_in_the_clear() -> None:
    with mail_server() as server:
        receipts = handed_over(sender(server.port, tls="starttls"), batch())
    assert set(states(receipts).values()) == {"retry"}
    assert server.mails == []


@pytest.fixture
def login(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SHOP_MAIL_PASSWORD", "right horse")
    return {"root": tmp_path, "tls": "starttls", "ca_file": Path("ca.pem"), "username": "shop", "password_env": "SHOP_MAIL_PASSWORD"}


def test_logs_in_with_the_password_of_the_environment(authority: trustme.CA, login: dict[str, Any]) -> None:
    with mail_server(starttls=encrypted(authority), login=True) as server:
        assert set(states(handed_over(sender(server.port, **login), batch())).values()) == {"accepted"}


def test_logs_in_with_the_password_of_a_file(authority: trustme.CA, login: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "password").write_text("right horse\n")
    with mail_server(starttls=encrypted(authority), login=True) as server:
        settings = login | {"password_env": "", "password_file": Path("password")}
        assert set(states(handed_over(sender(server.port, **settings), batch())).values()) == {"accepted"}


def test_a_wrong_password_is_never_repeated(authority: trustme.CA, login: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_MAIL_PASSWORD", "credentials")
    with mail_server(starttls=encrypted(authority), login=True) as server:
        mailer = sender(server.port, **login)
        receipts = handed_over(mailer, batch())
    assert states(receipts) == {"first": "retry"}
    assert receipts["first"].error == f"127.0.0.1:{server.port}: 535 5.7.8 Authentication … invalid"
    assert "credentials" not in repr((receipts, mailer.settings, vars(mailer)))


def test_a_password_that_is_not_there_is_found_out_by_one_message(login: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_MAIL_PASSWORD")
    receipts = handed_over(sender(25, **login), batch())
    assert states(receipts) == {"first": "retry"}
    assert receipts["first"].error == "127.0.0.1:25: SHOP_MAIL_PASSWORD, which holds the secret, is not set"


def test_a_password_beyond_ascii_is_said_to_be_one(login: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_MAIL_PASSWORD", "cheval-doré")
    error = handed_over(sender(25, **login), batch())["first"].error
    assert error == "127.0.0.1:25: user or password holds a sign beyond ASCII, which no login over SMTP is sure to carry: choose another password"


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
def test_a_server_that_repeats_the_login_tells_nobody_the_password(way: str, login: dict[str, Any]) -> None:
    with repeats_all(f"AUTH {way}") as port:
        [receipt] = handed_over(sender(port, **login | {"tls": "none", "username": "shops"}), batch()).values()
    assert "what? " in receipt.error
    assert not [each for each in ("right horse", "\0shops\0right horse", "shops") if base64.b64encode(each.encode()).decode() in receipt.error]


@contextmanager
def repeats_all(extension: str) -> Iterator[int]:
    """A server that understands EHLO and goodbyes, and repeats everything else."""

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line, line.makefile("rwb", 0) as talk:
            talk.write(b"220 here\r\n")
            for said in talk:
                greets = said.upper().startswith(b"EHLO")
                talk.write(f"250-here\r\n250 {extension}\r\n".encode() if greets else b"535 5.7.8 what? " + said.strip() + b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param({"username": "shop"}, "give `username` with one of", id="a user without password"),
        pytest.param({"password_env": "X"}, "give `username` with one of", id="a password without user"),
        pytest.param({"username": "shop", "password_env": "X", "password_file": "y"}, "give `username` with one of", id="two passwords"),
        pytest.param({"username": "shop", "password_env": "X"}, "the password would travel in the clear", id="a password without encryption"),
    ],
)
def test_settings_that_could_not_work_are_refused(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        SmtpSettings.model_validate({"kind": "smtp", "name": "mail", "host": "mail.example", "tls": "none"} | settings)


def test_a_line_that_is_a_single_dot_does_not_end_the_message() -> None:
    with mail_server() as server:
        handed_over(sender(server.port), [mail("a", text="before\n.\n..\nafter", html="")])
    assert b"before" in server.mails[0]
    assert b"after" in server.mails[0]


def test_the_connection_serves_on_after_a_refusal() -> None:
    with mail_server() as server:
        server.answers["second@example.org"] = "550 no"
        handed_over(sender(server.port), batch())
    assert (len(server.mails), len(server.peers)) == (2, 1)
