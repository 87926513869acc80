"""Lists of addresses nobody may write to again."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.sources.suppress_list import AddressList, Suppressed, lift_list, suppress_list
from tests.delivery.scripted import Scripted
from tests.journeys.world import empty_world, scenario, utc

NOW = utc("2026-01-05 05:30")


def test_addresses_on_a_list_get_nothing_more_and_the_list_read_again_changes_nothing(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    for name in ("ann", "bob", "eve"):
        world.contact(name)
        world.did(name, "page_viewed", "2026-01-05 05:00")
    listed = tmp_path / "list.txt"
    hash_of_eve = world.warehouse.value("select rl_sha256('eve@shop.example')")
    listed.write_text(f"\ufeff ANN@shop.example \n\n{hash_of_eve.upper()}\nnobody at all\nann@shop.example\n")
    assert suppress_list(world.warehouse, world.project, AddressList(listed), "hard_bounce", NOW) == Suppressed(3, 2, [(4, "nobody at all")])
    assert suppress_list(world.warehouse, world.project, AddressList(listed), "hard_bounce", NOW).changed == 0
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))
    sender = Scripted()
    world.hand_over("2026-01-05 06:00", sender)
    assert world.messages("contact_id", "reason") == [("ann", "suppressed"), ("bob", None), ("eve", "suppressed")]
    assert "ann" not in str(world.warehouse.rows("select * from delivery.suppressions"))


def read(root: Path, text: str, column: str = "", channel: str = "email", *, country: str = "", encoding: str = "utf-8") -> tuple[Suppressed, set[str]]:
    """Suppress what *text* lists; return what it came to and the hashes that are suppressed."""
    world = empty_world(root)
    listed = root / "list.csv"
    listed.write_bytes(text.encode(encoding))
    done = suppress_list(world.warehouse, world.project, AddressList(listed, column, channel, country), "manual", NOW)
    return done, {hashed for (hashed,) in world.warehouse.rows("select address_hash from delivery.suppressions where channel = $channel", channel=channel)}


def hashes(*addresses: str) -> set[str]:
    return {sha256(address.encode()).hexdigest() for address in addresses}


BREVO = "Contact ID;EMAIL;NOM;SMS\n1;ann@shop.example;Zoé;33612300001\n2;bob@shop.example;;33612300002\n"
MAILCHIMP = (
    '"Email Address","First Name",UNSUB_TIME,UNSUB_REASON\nann@shop.example,Ann,"2026-01-05 10:00:00","NORMAL (I no longer want to\nreceive, thanks)"\n'
    "bob@shop.example,Bob,2026-01-05 10:00:00,\n"
)
SENDGRID = 'status,reason,email,created\n5.1.1,"550 5.1.1 The account, ""ann"", does not exist\nTry again",ann@shop.example,1767600000\n5.0.0,,bob@shop.example,1767600001\n'
EXCEL = "Prénom\tEmail\r\nZoé\tann@shop.example\r\n\tbob@shop.example\r\n"


@pytest.mark.parametrize(
    ("text", "column", "encoding"),
    [
        pytest.param(BREVO, "EMAIL", "utf-8", id="Brevo"),
        pytest.param(BREVO, "email", "cp1252", id="the same saved by Excel in France"),
        pytest.param(MAILCHIMP, "Email Address", "utf-8-sig", id="Mailchimp"),
        pytest.param(SENDGRID, "email", "utf-8", id="SendGrid"),
        pytest.param(EXCEL, "Email", "utf-16", id="Unicode text of Excel"),
        pytest.param("ann@shop.example\r\nbob@shop.example", "", "utf-16", id="lines in UTF-16"),
    ],
)
def test_lists_of_providers_and_of_excel_are_read_as_they_are(tmp_path: Path, text: str, column: str, encoding: str) -> None:
    done, suppressed = read(tmp_path, text, column, encoding=encoding)
    assert (done, suppressed) == (Suppressed(2, 2, []), hashes("ann@shop.example", "bob@shop.example"))


@pytest.mark.parametrize(
    "written",
    ["Ann <ann@shop.example>", '"Martin, Ann" <Ann@Shop.example>;', "mailto:ann@shop.example?subject=stop", "'ann@shop.example'", "ann@shop.example,"],
)
def test_what_stands_round_an_address_is_left_out(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, f"{written}\n") == (Suppressed(1, 1, []), hashes("ann@shop.example"))


def test_either_form_of_a_domain_beyond_ascii_is_the_same_address(tmp_path: Path) -> None:
    done, suppressed = read(tmp_path, "info@Müller.example\ninfo@xn--mller-kva.example\n")
    assert (done, suppressed) == (Suppressed(2, 1, []), hashes("info@xn--mller-kva.example"))


@pytest.mark.parametrize("number", ["06 12 30 00 01", "0612300001", "612300001", "33612300001", "+33 (0)6.12.30.00.01", "0033612300001", "tel:+33612300001"])
def test_numbers_are_read_as_their_country_dials_them(tmp_path: Path, number: str) -> None:
    assert read(tmp_path, f"{number}\n", channel="call_list", country="FR") == (Suppressed(1, 1, []), hashes("+33612300001"))


def test_numbers_without_a_calling_code_are_none_where_no_country_is_known(tmp_path: Path) -> None:
    done, suppressed = read(tmp_path, "+33612300001\n0033612300002\n06 12 30 00 03\n", channel="sms")
    assert (done, suppressed) == (Suppressed(2, 2, [(3, "06 12 30 00 03")]), hashes("+33612300001", "+33612300002"))


def test_a_browser_is_known_by_its_endpoint_alone(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    told = {"contact_id": "ann", "subscribed_at": NOW, "loaded_from": "app", "loaded_at": NOW}
    token, hashed_elsewhere = "0A" * 32, "0b" * 32
    for keys in ({"endpoint": "https://push.example/1", "p256dh": "key", "auth": "secret"}, {"endpoint": "token"}, {"endpoint": token}):
        values = told | keys
        world.warehouse.append("raw.push_subscriptions", list(values), [tuple(values.values())])
    listed = tmp_path / "list.txt"
    listed.write_text(f"https://push.example/1\ntoken\n{token}\n{hashed_elsewhere}\n")
    assert suppress_list(world.warehouse, world.project, AddressList(listed, channel="push"), "manual", NOW) == Suppressed(4, 4, [])
    suppressed = {hashed for (hashed,) in world.warehouse.rows("select address_hash from delivery.suppressions")}
    assert suppressed == hashes("https://push.example/1 key secret", "token", token) | {hashed_elsewhere}


def test_a_line_that_is_no_address_is_told_and_costs_no_other(tmp_path: Path) -> None:
    lines = ["email;why", "ann@shop.example;left", 'bob@shop.example;"left', "carl@shop.example;left", "jürgen@shop.example;left", f"{'x' * 200_000};left"]
    done, suppressed = read(tmp_path, "\n".join([*lines, "dora@shop.example;left", "eve@shop.example;left"]), "email")
    assert suppressed == hashes("ann@shop.example", "carl@shop.example", "dora@shop.example", "eve@shop.example")
    assert [line for line, _ in done.no_addresses] == [3, 5, 6]
    assert done.no_addresses[0][1] == 'bob@shop.example;"left (has a quote that is not closed, or not doubled inside a quoted cell)'


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        pytest.param("when,email\n1,a@shop.example\n", "emails", r"list.csv:1: has no column `emails`\n  hint: did you mean `email`\?", id="no such column"),
        pytest.param("email;date\na@shop.example;1\n", "", r"list.csv:1: is a table, .*\n  hint: give it with --column; it has email, date", id="a table"),
        pytest.param("name\nann\nbob\na@shop.example\n", "name", r"list.csv:2: most of it is no address \(2 lines\), as `ann`", id="another column"),
        pytest.param(
            'email;why\na@shop.example;\nb@shop.example;"b\nc@shop.example;";\n', "email", "list.csv:3: begins a record of several lines", id="swallowed lines"
        ),
        pytest.param("PK\x03\x04", "", "list.csv: is a ZIP archive or an Excel workbook", id="a workbook"),
        pytest.param("a@shop.example" * 40_000, "", "list.csv: has more than 400000 characters in line 1", id="no lines"),
    ],
)
def test_nothing_is_suppressed_by_a_file_that_cannot_be_trusted(tmp_path: Path, text: str, column: str, told: str) -> None:
    with pytest.raises(BadFiles, match=told):
        read(tmp_path, text, column)


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    with pytest.raises(BadFiles, match="cannot be read"):
        suppress_list(world.warehouse, world.project, AddressList(tmp_path / "nothing.csv"), "manual", NOW)


def test_a_wrong_list_is_lifted_and_what_people_said_stays(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    wrong, left = tmp_path / "wrong.txt", tmp_path / "left.txt"
    wrong.write_text("ann@shop.example\nbob@shop.example\n")
    left.write_text("bob@shop.example\n")
    erased = NOW + timedelta(hours=1)
    world.warehouse.append("delivery.forgotten", ["kind", "hash", "since"], [("contact", "hash of bob", erased)])
    for listed, reason, now in ((wrong, "manual", NOW), (left, "unsubscribed", NOW)):
        suppress_list(world.warehouse, world.project, AddressList(listed), reason, now)
    world.warehouse.append("delivery.suppressions", ["channel", "address_hash", "reason", "since"], [("email", *hashes("bob@shop.example"), "manual", erased)])
    assert lift_list(world.warehouse, world.project, AddressList(wrong)) == Suppressed(2, 2, [])
    assert set(world.warehouse.rows("select address_hash, reason, since from delivery.suppressions")) == {
        (*hashes("bob@shop.example"), "unsubscribed", NOW),
        (*hashes("bob@shop.example"), "manual", erased),
    }
