"""The commands of whoever watches over sending."""

import json
import mailbox
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.delivery import resolve as resolving
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import open_warehouse
from tests.assets.small_shop import AUDIENCE
from tests.cli.conftest import Relance
from tests.senders.http_server import CUT, LOST, Reply, http_server
from tests.senders.mail_server import Mailroom, mail_server
from tests.senders.providers import PROVIDERS, SECRET, SECRETS, id_of


def waiting(root: Path) -> list[tuple[object, ...]]:
    with open_warehouse(load_project(root)) as warehouse:
        return [tuple(row) for row in warehouse.rows("""
            select status, reason, detail from outbox.messages
            where status <> 'dropped' and message_key not in (select message_key from delivery.sends where state = 'accepted')""")]  # fmt: skip


def as_smtp(root: Path, server: Mailroom, owner: str = "") -> None:
    """Let the shop of *root* send by a mail server."""
    send_by(root, f'kind = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n', owner)


def send_by(root: Path, told: str, owner: str) -> None:
    path = root / "relance.toml"
    text = path.read_text().replace('kind = "files"\nchannels = ["email"]\n', told)
    path.write_text(text + (f'[sending]\nwarehouse = "{owner}"\n' if owner else ""))


@pytest.fixture
def due(shown: Path, today: Callable[[Path, int], None], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop some hours after its first day ran: one message waited for its window, which is open now."""
    today(shown, 0)
    at = cli.now() + timedelta(hours=4)
    monkeypatch.setattr(cli, "now", lambda: at)
    return shown


def test_halted_hand_over_holds_everything_and_goes_on_when_resumed(relance: Relance, due: Path) -> None:
    project = ("--project", str(due))
    assert relance("halt", "the price is wrong", *project).out.endswith("UTC: the price is wrong\n`relance resume` lets it go on\n")
    said = relance("deliver", *project)
    assert (said.code, said.out.splitlines()[0]) == (0, "outgoing: nothing to hand over")
    assert re.fullmatch(
        r"1 email waits: hand-over is halted \(since [0-9: -]+ UTC: the price is wrong\): `relance resume` lets hand-over go on", said.out.splitlines()[1]
    )
    ((status, reason, detail),) = waiting(due)
    assert (status, reason) == ("held", "halted")
    assert "the price is wrong" in str(detail)
    assert relance("resume", *project).out == "hand-over goes on with the next pass\n"
    assert relance("resume", *project).out == "hand-over was not halted\n"
    assert relance("deliver", *project).out == "outgoing: 1 accepted\n"


def test_a_halt_that_cannot_read_the_settings_says_that_nothing_is_halted(relance: Relance, tmp_path: Path) -> None:
    (tmp_path / "relance.toml").write_text("[project\n")
    said = relance("halt", "stop it", "--project", str(tmp_path))
    assert (said.code, "relance.toml:1:" in said.err, "hand-over is NOT halted" in said.err, "`.relance/halt`" in said.err) == (1, True, True, True)


def test_a_live_warehouse_must_own_the_sending(relance: Relance, due: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli.LIVE, "live")
    with mail_server() as server:
        as_smtp(due, server)
        said = relance("deliver", "--project", str(due))
        assert said.code == 1
        assert "no warehouse owns this project's sending yet" in said.err
        name = said.err.partition('`warehouse = "')[2].partition('"')[0]
        assert server.mails == []
        as_smtp(due, server, name)
        assert relance("deliver", "--project", str(due)).out == "outgoing: 1 accepted\n"
        assert len(server.mails) == 1


def test_a_restored_backup_sends_nothing_before_it_is_reconciled(relance: Relance, due: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli.LIVE, "live")
    project = ("--project", str(due))
    with mail_server() as server:
        as_smtp(due, server)
        name = relance("deliver", *project).err.partition('`warehouse = "')[2].partition('"')[0]
        as_smtp(due, server, name)
        (due / "relance.toml").write_text((due / "relance.toml").read_text().replace("[alerts]", AUDIENCE))
        backup = shutil.copy(due / ".relance" / "warehouse.duckdb", due / "backup.duckdb")
        assert relance("deliver", *project).code == 0
        shutil.copy(backup, due / ".relance" / "warehouse.duckdb")
        said = relance("deliver", *project)
        assert said.code == 1
        assert "the journals know of 1 messages that went and that the send ledger lacks" in said.err
        assert relance("reconcile", *project).out == "the journals knew of 1 accepted\nthe ads audience regulars: 1 file taken over\n"
        assert relance("deliver", *project).code == 0
        assert len(server.mails) == 1
        assert len(list((due / ".relance" / "audiences").iterdir())) == 1
        shutil.rmtree(due / ".relance" / "journal")
        assert "is missing" in relance("deliver", *project).err
        assert "journals are lost: what fell due before" in relance("reconcile", *project).out
        assert relance("deliver", *project).code == 0


def test_who_was_erased_or_suppressed_stays_so_in_a_restored_warehouse(relance: Relance, shown: Path) -> None:
    project, warehouse = ("--project", str(shown)), shown / ".relance" / "warehouse.duckdb"
    backup = shutil.copy(warehouse, shown / "backup.duckdb")
    (shown / "list.txt").write_text("bruno.petit@mail.example\n")
    assert relance("suppress", str(shown / "list.txt"), *project).code == 0
    assert relance("forget", "c3", "--yes", *project).code == 0
    shutil.copy(backup, warehouse)
    assert relance("reconcile", *project).out.splitlines() == [
        "the journals knew of nothing that the ledger lacks",
        "of addresses and people that nobody may write to any more, 4 were written down again",
        "of people who had been erased, 1 were erased again",
    ]
    with open_warehouse(load_project(shown)) as restored:
        assert restored.value("select count(*) from raw.contacts where contact_id = 'c3'") == 0
        listed = "select reason from delivery.suppressions where address_hash = rl_sha256('bruno.petit@mail.example')"
        assert restored.rows(listed) == [("manual",)]
    nothing = {"written": {}, "hashes": 0, "erased": 0, "in_doubt_before": None, "unknown": 0, "audiences": []}
    assert json.loads(relance("reconcile", "--json", *project).out) == nothing


def test_what_is_not_known_yet_is_told_apart_from_what_nobody_knows(relance: Relance, shown: Path) -> None:
    project = ("--project", str(shown))
    row = ("in an outbox that is gone", "a sender that is gone", 1, "claimed", cli.now())
    with open_warehouse(load_project(shown)) as warehouse:
        warehouse.append("delivery.sends", ["message_key", "sender", "attempt", "state", "changed_at"], [row])
    assert relance("resolve", *project).out.replace("\n", " ") == (
        "1 messages were being handed over when their pass was interrupted: the next one (`relance deliver`) finds out whether they went "
    )
    assert "1 messages are unknown now" in relance("reconcile", "--lost", *project).out
    assert [each["message_key"] for each in json.loads(relance("resolve", "--json", *project).out)] == [row[0]]


def test_a_person_or_the_provider_says_what_became_of_a_message(relance: Relance, due: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {cli.LIVE: "live", "NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)
    project, postmark = ("--project", str(due)), PROVIDERS["postmark"]
    with http_server(postmark.keeper()) as desk:
        told = f'kind = "http_email"\nprovider = "postmark"\nstream = "broadcast"\nbase_url = "{desk.url}"\napi_key_env = "MAIL_KEY"\n'
        send_by(due, told, "")
        send_by(due, told, relance("deliver", *project).err.partition('`warehouse = "')[2].partition('"')[0])
        assert relance("resolve", *project).out == "it is known of every message whether it went\n"
        desk.faults = [CUT]
        handed, waits = relance("deliver", *project).out.splitlines()
        assert (handed, waits[:30], waits[-34:]) == ("outgoing: 1 unknown", "1 email waits: may have gone (", "): `relance resolve` says of which")
        (row,) = json.loads(relance("resolve", "--json", *project).out)
        key = row["message_key"]
        assert "***@" in row["address"]
        assert relance("resolve", "nonsense", "--as", "retry", *project).err.startswith("`nonsense` is no message of which nobody knows")
        assert relance("resolve", key, *project).code == 2
        assert relance("resolve", key, "--ask", *project).code == 2
        said = relance("resolve", "--ask", *project)
        assert (said.code, said.out.splitlines()[1:]) == (1, ["1 stay unknown: 1 their provider does not know so far, 0 nobody can be asked about"])
        assert relance("resolve", key, "--as", "retry", *project).out == "1 written down as retry\n"
        desk.faults = [LOST]
        assert relance("deliver", *project).out.startswith("outgoing: 1 unknown\n")
        desk.faults = [Reply(403, {"Message": f"{SECRET} of zoe@example.org may not"})]
        assert relance("resolve", "--ask", *project).out.splitlines()[1:] == [
            "1 stay unknown: 0 their provider does not know so far, 0 nobody can be asked about, 1 without an answer",
            "outgoing: 127.0.0.1 answered 403 … of z***@e***.org may not: the API key may not look for messages",
        ]
        said = relance("resolve", "--ask", "--json", *project)
        assert (said.code, json.loads(said.out)) == (0, {"accepted": 1, "not_known": 0, "cannot_be_asked": 0, "unanswered": 0, "errors": {}})
    with open_warehouse(load_project(due)) as warehouse:
        [(sent, id)] = warehouse.rows("select message_key, provider_message_id from delivery.sends where state = 'accepted' and attempt = 2")
    assert (sent, id) == (key, id_of(key))


def test_what_a_person_says_while_providers_are_asked_stands(relance: Relance, due: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, ask = ("--project", str(due)), resolving.ask
    with open_warehouse(load_project(due)) as warehouse:
        keys = [key for (key,) in warehouse.rows("select message_key from outbox.messages order by message_key limit 2")]
        rows = [(key, "outgoing", 9, "unknown", datetime(2026, 1, 1)) for key in keys]
        warehouse.append("delivery.sends", ["message_key", "sender", "attempt", "state", "changed_at"], rows)

    def meanwhile(*given: Any) -> resolving.Asked:
        assert relance("resolve", keys[0], "--as", "refused", *project).code == 0
        return replace(ask(*given), found={key: f"id of {key}" for key in keys}, cannot_be_asked=[])

    monkeypatch.setattr(resolving, "ask", meanwhile)
    assert relance("resolve", "--ask", *project).out == "1 are with their provider: written down as accepted\n"
    with open_warehouse(load_project(due)) as warehouse:
        said = warehouse.rows("select message_key, state from delivery.sends where attempt = 9 and state <> 'unknown' order by message_key")
    assert said == [(keys[0], "refused"), (keys[1], "accepted")]


def test_a_test_goes_to_the_address_named_and_nowhere_else(relance: Relance, due: Path) -> None:
    wrong = relance("send-test", "hello", "--to", "me@shop", "--project", str(due))
    assert (wrong.code, wrong.err.startswith("`me@shop` is no address that mail can go to: ")) == (2, True)
    said = json.loads(relance("send-test", "hello", "--to", "me@shop.example", "--all-locales", "--json", "--project", str(due)).out)
    assert {each["state"] for each in said["tests"]} == {"accepted"}
    mails = list(mailbox.Maildir(due / ".relance" / "outgoing" / "email", create=False))
    tests = [mail for mail in mails if str(mail["Subject"]).startswith("[test ")]
    assert len(tests) == len(said["tests"]) > 0
    assert {(mail["To"], mail["List-Unsubscribe"]) for mail in tests} == {("me@shop.example", None)}
    with open_warehouse(load_project(due)) as warehouse:
        assert warehouse.value("select count(*) from delivery.sends where message_key like 'test%'") == 0


def test_a_list_is_read_told_line_by_line_and_lifted(relance: Relance, shop: Path) -> None:
    listed, project = shop / "bloctel.csv", ("--project", str(shop))
    listed.write_bytes("Prénom;Numéro\nAnna;06 12 34 56 01\nBruno;06 12 34 56 02\nZoé;jamais\n".encode("cp1252"))
    asked = (str(listed), "--channel", "call_list", "--country", "fr", *project)
    refused = relance("suppress", *asked)
    assert (refused.code, refused.err.splitlines()) == (
        1, ["bloctel.csv:1: is a table, and which column holds the addresses is not said", "  hint: give it with --column; it has Prénom, Numéro"]
    )  # fmt: skip
    told = relance("suppress", *asked, "--column", "numéro")
    assert (told.code, told.out.splitlines()) == (1, ["2 addresses, 2 of them new", "bloctel.csv:4: no address: jamais"])
    assert relance("suppress", *asked, "--column", "Numéro", "--lift", "--reason", "complaint").code == 2
    lifted = json.loads(relance("suppress", *asked, "--column", "Numéro", "--lift", "--json").out)
    assert lifted == {"addresses": 2, "lifted": 2, "no_addresses": 1, "lines": [{"line": 4, "entry": "jamais"}]}
