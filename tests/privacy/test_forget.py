"""A person who asks to be forgotten is, everywhere, and stays so."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from pipelines import privacy
from pipelines.commands.preview import preview
from pipelines.delivery.recover import recover
from pipelines.errors import RelanceError
from pipelines.privacy.forget import forget, forget_rows
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.sources.forgotten import pass_over_forgotten
from pipelines.sources.suppress_list import AddressList, suppress_list
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse, open_read_copy, open_warehouse
from pipelines.warehouse.schema import BY_NAME
from senders.call_list import CallListSender, CallListSettings
from tests.assets.small_shop import AUDIENCE, Day, write_shop
from tests.delivery.scripted import Scripted
from tests.environment import untouched_environment
from tests.journeys.world import empty_world, utc
from tests.senders.mails import mail

CARLA, ADDRESS, PHONE = "c3", "carla.roux@mail.example", "+33612345603"

FRIENDS = f"""
    insert into journeys.enrolments by name
    select * replace ('r1' as enrolment_id, 'referral_reward' as scenario, json_object('referee_id', '{CARLA}') as trigger_data)
    from journeys.enrolments where contact_id <> '{CARLA}' limit 1
"""
"""A run of somebody else, begun by what Carla did."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A shop that ran two days."""
    project = write_shop(tmp_path_factory.mktemp("played") / "shop", **{"[alerts]": AUDIENCE})
    with untouched_environment():
        for number in (0, 1):
            assert Day(project, number).daily().success
        yield project.root


@pytest.fixture
def shop(played: Path, tmp_path: Path) -> Project:
    return load_project(Path(shutil.copytree(played, tmp_path / "shop")))


def traces(warehouse: Warehouse) -> list[str]:
    """Return where the warehouse still knows Carla, by id, address or telephone number."""
    columns = warehouse.rows("""
        select table_schema || '.' || table_name, column_name from information_schema.columns
        where data_type in ('VARCHAR', 'JSON') and table_schema not in ('information_schema', 'shop', 'main')
            and table_schema || '.' || table_name in (select schema_name || '.' || table_name from duckdb_tables())""")
    found = []
    for table, column in columns:
        text = f"cast({column} as varchar)"
        known = " or ".join([f"{text} = '{CARLA}'", *(f"contains({text}, '{word}')" for word in (ADDRESS, PHONE, f'"{CARLA}"'))])
        if warehouse.value(f"select count(*) from {table} where {known}"):
            found.append(f"{table}.{column}")
    return found


@pytest.mark.parametrize("asked", [CARLA, ADDRESS])
def test_nothing_but_hashes_is_left_of_a_person(shop: Project, asked: str) -> None:
    day = Day(shop, 1)
    with open_warehouse(shop) as warehouse:
        told = ("endpoint", "contact_id", "p256dh", "auth", "subscribed_at", "loaded_from", "loaded_at")
        warehouse.append("raw.push_subscriptions", told, [("https://push.example/1", CARLA, "key", "secret", day.as_of, "app", day.as_of)])
        warehouse.run(FRIENDS)
        assert len(traces(warehouse)) > 5
    gone = forget(shop, asked, day.as_of)
    with open_warehouse(shop) as warehouse:
        assert traces(warehouse) == []
        assert warehouse.value("select count(*) from delivery.suppressions where address_hash = rl_sha256($address)", address=ADDRESS) == 1
        browser = "https://push.example/1 key secret"
        assert warehouse.rows("select channel from delivery.suppressions where address_hash = rl_sha256($browser)", browser=browser) == [("push",)]
        assert warehouse.value("select count(*) from raw.contacts") == 4
        assert warehouse.value("select count(*) from journeys.enrolments where trigger_data = json_object('referee_id', sha256($who))", who=CARLA) == 1
    assert gone.contacts == [CARLA]
    assert gone.rows["raw.contacts"] == 1
    with open_read_copy(shop) as copy:
        assert traces(copy) == []
        assert copy.rows("select contact_id from segments.buyers") == [("c5",)]


def test_no_file_of_the_project_names_a_person_who_was_forgotten_but_the_shops_own(shop: Project) -> None:
    calls = CallListSettings(kind="call_list", name="calls")
    with open_warehouse(shop) as warehouse:
        [key] = [key for (key,) in warehouse.rows("select message_key from outbox.messages where contact_id = $who", who=CARLA)]
    called = [mail(key, channel="call_list", to=PHONE, text="Call Carla"), mail("another", channel="call_list", to="+33612345604", text="Call Dario")]
    with CallListSender(calls, shop.root).session() as session:
        assert [receipt.state for receipt in session.send(called)] == ["accepted", "accepted"]
    moved = shop.root / calls.folder / "calls-2026-01-01.csv"
    moved.write_text("who\nsomebody\n")
    project = shop.model_copy(update={"settings": shop.settings.model_copy(update={"senders": [*shop.settings.senders, calls]})})
    state = {"warehouse.duckdb", "read_copy.duckdb", f"{key}.eml", *(path.name for path in (shop.root / calls.folder).glob("calls-*") if path != moved)}
    assert {path.name for path in naming(shop, ADDRESS, PHONE)} == state
    assert [path.name for path in naming(shop, sha256(ADDRESS.encode()).hexdigest(), apart_from=".duckdb")] == ["regulars-00001-adds-2026-03-02.csv"]
    for spill in ("warehouse.spill", "warehouse.scratch"):
        (shop.root / ".relance" / spill).mkdir()
        (shop.root / ".relance" / spill / "left by a killed query").write_text(ADDRESS)
    preview(shop, "hello", CARLA, channel="", locale="", opened=False, as_json=True)
    for killed in ("reading/rows", "plan-x1/before.duckdb", "plan-x1/after.spill/part"):
        path = shop.root / ".relance" / killed
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ADDRESS)
    assert any(path.parent.name == "previews" for path in naming(shop, "Carla"))
    gone = forget(project, CARLA, Day(shop, 1).as_of)
    assert (gone.messages, gone.calls, gone.adds, gone.previews, gone.out_of_reach) == (1, 1, 1, 1, [str(moved)])
    assert naming(shop, ADDRESS, PHONE, "Carla", "carla", "Roux") == []
    assert naming(shop, sha256(ADDRESS.encode()).hexdigest(), apart_from=".duckdb") == []
    texts = [path for path in naming(shop, CARLA, apart_from=".duckdb") if ".dagster" not in path.parts]
    assert [path for path in texts if re.search(rf"\b{CARLA}\b", path.read_text())] == []
    assert len(naming(shop, "Call Dario")) == 1
    assert forget(project, ADDRESS, Day(shop, 1).as_of).contacts == []


def naming(shop: Project, *words: str, apart_from: str = "nothing") -> list[Path]:
    """Return the files of a project, its source files left out, that contain one of *words*."""
    files = [path for path in shop.root.rglob("*") if path.is_file() and "data" not in path.parts and not path.name.endswith(apart_from)]
    return sorted(path for path in files if any(word.encode() in path.read_bytes() for word in words))


def test_an_address_beyond_ascii_is_known_however_it_is_written(shop: Project) -> None:
    written, kept = "carla@Müller.example", "carla@xn--mller-kva.example"
    with open_warehouse(shop) as warehouse:
        warehouse.run("update raw.contacts set email = $kept where contact_id = $who", kept=kept, who=CARLA)
        refused = ("source", "file", "line", "reason", "row", "loaded_at")
        now = Day(shop, 1).as_of
        warehouse.append("raw.rejects", refused, [("contacts", "a.csv", 2, "has 2 columns where 3 are expected", f"{CARLA};{written}", now)])
        assert forget_rows(warehouse, shop, written, now).contacts == [CARLA]
        assert warehouse.value("select count(*) from raw.rejects") == 0
        assert forget_rows(warehouse, shop, written, now).contacts == []


def test_the_platforms_of_audiences_are_asked_to_take_a_person_out(shop: Project) -> None:
    folder, hashed = shop.root / ".relance" / "audiences", sha256(ADDRESS.encode()).hexdigest()
    assert forget(shop, CARLA, Day(shop, 1).as_of).audiences == ["regulars"]
    with open_warehouse(shop) as warehouse:
        assert warehouse.value("select count(*) from audiences.members") == 0
    with untouched_environment():
        assert Day(shop, 1).hand_over(timedelta(minutes=15)).success
    with open_warehouse(shop) as warehouse:
        assert warehouse.value("select count(*) from audiences.given") == 0
    [removes] = folder.glob("*-removes-*.csv")
    assert {line.strip(",") for line in removes.read_text().splitlines()[1:]} == {hashed, sha256(PHONE.encode()).hexdigest()}


def test_files_that_are_read_again_bring_nobody_back(shop: Project) -> None:
    forget(shop, CARLA, Day(shop, 1).as_of)
    for path in (shop.root / "data").glob("*.csv"):
        path.write_text(path.read_text() + "\n")
    with untouched_environment():
        assert Day(shop, 2).daily().success
    with open_warehouse(shop) as warehouse:
        assert traces(warehouse) == []
        reasons = {reason for (reason,) in warehouse.rows("select reason from raw.files where reason is not null")}
        assert any("about people who were forgotten, passed over" in reason for reason in reasons)


def test_files_of_referrals_that_are_read_again_bring_nobody_back() -> None:
    with memory_warehouse() as warehouse:
        warehouse.run(f"insert into delivery.forgotten values ('contact', sha256('{CARLA}'), timestamp '2026-03-01')")
        pairs = f"('r1', '{CARLA}', 'c1'), ('r2', 'c1', '{CARLA}'), ('r3', 'c1', 'c2'), ('r4', 'c1', null)"
        warehouse.run(f"create temp table typed as select * from (values {pairs}) t (referral_id, referrer_id, referee_id)")
        assert pass_over_forgotten(warehouse, BY_NAME["raw.referrals"]) == 2
        assert warehouse.rows("select referral_id from typed order by 1") == [("r3",), ("r4",)]


def test_the_send_ledger_goes_on_with_its_journals(shop: Project) -> None:
    later = Day(shop, 1).as_of + timedelta(hours=8)
    with open_warehouse(shop) as warehouse:
        sent = warehouse.value("select count(*) from delivery.sends")
        for contact in [contact for (contact,) in warehouse.rows("select distinct contact_id from outbox.messages order by contact_id")]:
            forget_rows(warehouse, shop, contact, later)
        assert warehouse.value("select count(*) from outbox.messages") == 0
        assert warehouse.value("select count(*) from delivery.sends") == sent > 0
        recover(warehouse, shop, [Scripted()], later, live=True)


def test_somebody_nobody_knows_cannot_be_forgotten(shop: Project) -> None:
    with pytest.raises(RelanceError, match="there is no contact with the id or the e-mail address `nobody`"):
        forget(shop, "nobody", Day(shop, 1).as_of)


KNOWN = Path(privacy.__file__).with_name("known_as_gone.sql")
FORGOTTEN = {
    "suppressed_alone": (["manual"], False),
    "erased_alone": (["erased"], True),
    "suppressed_then_erased": (["manual", "erased"], True),
    "erased_then_suppressed": (["erased", "manual"], True),
    "erased_then_on_the_list_of_a_provider": (["erased", "hard_bounce"], True),
    "bounced_and_suppressed": (["hard_bounce", "manual"], False),
}
"""What was done to an address, one after the other, and whether it is that of somebody erased."""


def test_an_address_on_a_list_is_told_apart_from_one_that_was_erased(tmp_path: Path) -> None:
    world, listed = empty_world(tmp_path), tmp_path / "list.txt"
    moments = (utc("2026-01-05 05:30") + timedelta(minutes=each) for each in count())
    for name in (name for name, (_, erased) in FORGOTTEN.items() if erased):
        world.contact(name)
    world.load(next(moments))
    for name, (steps, _) in FORGOTTEN.items():
        listed.write_text(f"{name}@shop.example\n")
        for step in steps:
            if step == "erased":
                assert forget_rows(world.warehouse, world.project, f"{name.upper()}@shop.example", next(moments)).contacts == [name]
            else:
                suppress_list(world.warehouse, world.project, AddressList(listed), step, next(moments))
    for name, (_, erased) in FORGOTTEN.items():
        address = f"{name}@shop.example"
        assert world.warehouse.value("select 1 from delivery.suppressions where reason = 'manual' and address_hash = rl_sha256($address)", address=address)
        assert [bool(world.warehouse.value(KNOWN, asked=asked)) for asked in (address, address.upper(), name)] == [erased] * 3
    assert forget_rows(world.warehouse, world.project, "erased_alone@shop.example", next(moments)).contacts == []
    with pytest.raises(RelanceError, match="there is no contact with the id or the e-mail address `suppressed_alone@shop.example`"):
        forget_rows(world.warehouse, world.project, "suppressed_alone@shop.example", next(moments))


def test_channels_kept_in_one_file_lose_their_lines(tmp_path: Path) -> None:
    from senders.files import FilesSender, FilesSettings, erase

    settings = FilesSettings(kind="files", name="outgoing", channels=["sms"], folder=Path("out"))
    with FilesSender(settings, tmp_path).session() as session:
        list(session.send([mail(key, channel="sms") for key in "abc"]))
    assert erase(settings, tmp_path, {"b", "unheard of"}) == 1
    lines = (tmp_path / "out" / "sms.jsonl").read_text().splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["a", "c"]
