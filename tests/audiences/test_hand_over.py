"""
What a platform is told: everybody who joins and every address that leaves, once, whatever happens in between.

The suite tells the same histories each time; `RELANCE_STORIES=500` tells so many new ones.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.audiences import hand_over
from pipelines.audiences.hand_over import Told
from pipelines.audiences.take_over import take_over
from pipelines.delivery.halt import halt, resume
from tests.audiences.told import FIRST, agreed, ask, backed_up, files, lines, members, platform, tell, world_with
from tests.journeys.world import World, utc

HUNT = os.environ.get("RELANCE_STORIES")
BOTH = ("ann", "bob")


class Killed(BaseException):
    """The process ends here."""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


ANN, BOB, PHONE = digest("ann@shop.example"), digest("bob@shop.example"), digest("+33612345678")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = world_with(tmp_path)
    for who in BOTH:
        agreed(world, who, attributes='{"zip": "44000"}')
        ask(world, "add", who)
    return world


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give what lets the next passes die at a function of the hand-over, before or after it did its work."""

    def at(name: str, *, after: bool) -> None:
        work = getattr(hand_over, name)

        def dies(*given: Any, **more: Any) -> None:
            if after:
                work(*given, **more)
            raise Killed

        monkeypatch.setattr(hand_over, name, dies)

    yield at
    monkeypatch.undo()


def test_who_joins_is_told_once_and_who_leaves_by_address(world: World) -> None:
    assert tell(world, FIRST) == [Told("buyers", adds=2)]
    assert tell(world, "2026-01-05 07:00") == [Told("buyers")]
    ask(world, "remove", "bob", "2026-01-06 05:00")
    assert tell(world, "2026-01-06 06:00") == [Told("buyers", removes=1)]
    assert files(world) == ["buyers-00001-adds-2026-01-05.csv", "buyers-00002-removes-2026-01-06.csv"]
    assert {line["email_sha256"] for line in lines(world, "buyers-00001-*")} == {ANN, BOB}
    assert lines(world, "buyers-00002-*") == [{"email_sha256": BOB, "phone_sha256": ""}]


def test_a_consent_that_is_withdrawn_takes_them_out(world: World) -> None:
    tell(world, FIRST)
    world.consent("ann", "2026-01-05 12:00", channel="ads", topic="promotions", granted=False)
    assert tell(world, "2026-01-05 12:15") == [Told("buyers", removes=1)]
    assert platform(world) == {BOB}
    world.consent("ann", "2026-01-05 13:00", channel="ads", topic="promotions")
    assert tell(world, "2026-01-05 13:15") == [Told("buyers", adds=1)]
    assert platform(world) == {ANN, BOB}


def test_a_contact_who_is_no_longer_there_is_taken_out_by_hash_alone(world: World) -> None:
    tell(world, FIRST)
    for table in ("raw.contacts", "raw.consents", "audiences.asked", "audiences.members"):
        world.warehouse.run(f"delete from {table} where contact_id = 'ann'")
    assert tell(world, "2026-01-06 06:00") == [Told("buyers", removes=1)]
    assert platform(world) == {BOB}
    assert {row[0] for row in world.warehouse.rows("select hash from audiences.given")} == {BOB}


def test_a_new_address_replaces_the_old_one_and_a_new_name_is_no_news(world: World) -> None:
    tell(world, FIRST)
    world.warehouse.run("update raw.contacts set email = 'ann@new.example', phone = '+33612345678' where contact_id = 'ann'")
    assert tell(world, "2026-01-06 06:00") == [Told("buyers", adds=1, removes=1)]
    assert files(world)[1:] == ["buyers-00002-removes-2026-01-06.csv", "buyers-00003-adds-2026-01-06.csv"]
    assert platform(world) == {digest("ann@new.example"), PHONE, BOB}
    world.warehouse.run("update raw.contacts set phone = null where contact_id = 'ann'")
    assert tell(world, "2026-01-07 06:00") == [Told("buyers", adds=1, removes=1)], "by the old number the platform may have known her: told again"
    world.warehouse.run("update raw.contacts set first_name = 'Ann' where contact_id = 'ann'")
    assert tell(world, "2026-01-08 06:00") == [Told("buyers")]


def test_an_address_that_two_people_share_stays_while_one_of_them_does(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    for who in BOTH:
        agreed(world, who, phone="+33612345678")
        ask(world, "add", who)
    tell(world, FIRST)
    ask(world, "remove", "bob", "2026-01-06 05:00")
    assert tell(world, "2026-01-06 06:00") == [Told("buyers", removes=1)]
    assert platform(world) == {ANN, PHONE}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["draft", "publish"])
def test_a_pass_that_is_killed_is_made_whole_by_the_next(world: World, killing: Any, monkeypatch: pytest.MonkeyPatch, name: str, after: bool) -> None:
    killing(name, after=after)
    with pytest.raises(Killed):
        tell(world, FIRST)
    monkeypatch.undo()
    world.consent("ann", "2026-01-05 06:10", channel="ads", granted=False)
    tell(world, "2026-01-05 06:15")
    assert platform(world) == {BOB}
    assert tell(world, "2026-01-05 06:30") == [Told("buyers")]
    assert [path.name for path in world.project.root.rglob("*.part")] == []
    written = {row[0] for row in world.warehouse.rows("select name from audiences.files where written")}
    assert written == set(files(world))


def test_a_file_that_an_uploader_took_before_it_was_noted_is_not_written_again(world: World, killing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    killing("publish", after=True)
    with pytest.raises(Killed):
        tell(world, FIRST)
    monkeypatch.undo()
    next(world.project.root.rglob("*.csv")).unlink()
    assert tell(world, "2026-01-05 06:15") == [Told("buyers")]
    assert files(world) == []


def test_nothing_is_told_while_hand_over_is_halted(world: World) -> None:
    halt(world.project, utc(FIRST), "a mistake")
    [told] = tell(world, FIRST)
    assert (told.adds, told.stopped) == (0, "hand-over is halted since 2026-01-05 05:00 UTC: a mistake")
    assert members(world) == ["ann", "bob"]
    resume(world.project)
    assert tell(world, "2026-01-05 06:15") == [Told("buyers", adds=2)]


def test_a_folder_outside_the_project_is_written_by_live_runs_only(tmp_path: Path) -> None:
    world = world_with(tmp_path / "shop", {"buyers": {"platform": "csv", "topic": "promotions", "folder": str(tmp_path / "shared")}})
    agreed(world, "ann")
    ask(world, "add", "ann")
    [told] = tell(world, FIRST)
    assert told.stopped == "its folder lies outside the project, where only a live run writes"
    assert not (tmp_path / "shared").exists()
    assert tell(world, "2026-01-05 06:15", live=True) == [Told("buyers", adds=1)]
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["buyers-00001-adds-2026-01-05.csv"]


def test_a_folder_that_cannot_be_written_stops_its_audience_alone(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file where a folder should be")
    world = world_with(
        tmp_path, {"buyers": {"platform": "csv", "topic": "promotions"}, "spared": {"platform": "meta", "topic": "promotions", "folder": "full"}}
    )
    agreed(world, "ann")
    for audience in ("buyers", "spared"):
        ask(world, "add", "ann", audience=audience)
    buyers, spared = tell(world, FIRST)
    assert (buyers.adds, buyers.stopped) == (1, "")
    assert (spared.adds, spared.stopped) == (0, "full: File exists")
    (tmp_path / "full").unlink()
    assert [told.adds for told in tell(world, "2026-01-05 06:15")] == [0, 1]


def test_a_platform_that_takes_one_kind_of_address_a_file_gets_a_file_of_each(tmp_path: Path) -> None:
    world = world_with(tmp_path, {"buyers": {"platform": "tiktok", "topic": "promotions"}})
    agreed(world, "ann", phone="+33612345678")
    agreed(world, "bob")
    for who in BOTH:
        ask(world, "add", who)
    assert tell(world, FIRST) == [Told("buyers", adds=3)]
    phone = digest("33612345678")
    assert {line["Email_SHA256"] for line in lines(world, "buyers-00001-adds-email-2026-01-05.csv")} == {ANN, BOB}
    assert lines(world, "buyers-00002-adds-phone-2026-01-05.csv") == [{"Phone_SHA256": phone}]
    world.warehouse.run("update raw.contacts set email = 'ann@new.example' where contact_id = 'ann'")
    assert tell(world, "2026-01-06 06:00") == [Told("buyers", adds=1, removes=1)], "her number is no news"
    assert platform(world) == {digest("ann@new.example"), phone, BOB}
    ask(world, "remove", "ann", "2026-01-07 05:00")
    assert tell(world, "2026-01-07 06:00") == [Told("buyers", removes=2)]
    assert files(world)[4:] == ["buyers-00005-removes-email-2026-01-07.csv", "buyers-00006-removes-phone-2026-01-07.csv"]


def test_google_gets_where_people_live_when_all_of_it_is_known(tmp_path: Path) -> None:
    world = world_with(tmp_path, {"buyers": {"platform": "google", "topic": "promotions", "postcode": "zip"}})
    agreed(world, "ann", first_name="Ann", last_name="O'Hara", country="FR", attributes='{"zip": "44000"}')
    agreed(world, "bob", first_name="Bob", country="FR", attributes='{"zip": "44000"}')
    for who in BOTH:
        ask(world, "add", who)
    tell(world, FIRST)
    found = {line["Email"]: tuple(line.values()) for line in lines(world, "buyers-00001-*")}
    assert found == {ANN: (ANN, "", digest("ann"), digest("ohara"), "FR", "44000"), BOB: (BOB, "", "", "", "", "")}


EVENT = st.tuples(
    st.sampled_from(["add", "remove", "agree", "withdraw", "email", "phone", "tell", "die drafting", "die committed", "back up", "restore"]),
    st.sampled_from(["ann", "bob", "cid"]),
    st.integers(0, 2),
)


@settings(max_examples=int(HUNT or 6), derandomize=not HUNT, deadline=None)
@given(st.lists(EVENT, min_size=6, max_size=20), st.sampled_from(["csv", "snapchat"]))
def test_after_any_history_the_platform_has_exactly_the_addresses_of_the_members(events: list[tuple[str, str, int]], kind: str) -> None:
    with TemporaryDirectory() as folder:
        world = world_with(Path(folder), {"buyers": {"platform": kind, "topic": "promotions"}})
        restore, killed = backed_up(world), False
        for who in ("ann", "bob", "cid"):
            agreed(world, who)
        meant, agrees = dict.fromkeys(("ann", "bob", "cid"), False), dict.fromkeys(("ann", "bob", "cid"), True)
        known: dict[str, dict[str, str | None]] = {who: {"email": f"{who}@shop.example", "phone": None} for who in meant}
        for number, (act, who, which) in enumerate(events):
            moment = utc(FIRST) + timedelta(minutes=number)
            at = f"2026-01-05 06:{number:02}"
            match act:
                case "add" | "remove":
                    ask(world, act, who, at)
                    meant[who] = act == "add"
                case "agree" | "withdraw":
                    world.consent(who, at, channel="ads", granted=act == "agree")
                    agrees[who] = act == "agree"
                case "email" | "phone":
                    known[who][act] = (
                        [f"{act}{which}@shop.example", None, "shared@shop.example"][which]
                        if act == "email"
                        else [f"+3361234560{which}", None, "+33612345600"][which]
                    )
                    world.load(moment)
                    world.warehouse.run("update raw.contacts set email = $email, phone = $phone where contact_id = $who", who=who, **known[who])
                case "tell":
                    tell(world, moment)
                    killed = False
                case "back up":
                    restore = backed_up(world)
                case "restore" if killed:
                    pass  # a file that is noted and has no name yet cannot be taken over: the audience stays stopped
                case "restore":
                    restore()
                    assert not any(audience.why for audience in take_over(world.warehouse, world.project, moment))
                case _:
                    killed = True
                    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):
                        patched.setattr(hand_over, "draft" if act == "die drafting" else "publish", _die)
                        tell(world, moment)
                        raise Killed
        tell(world, utc(FIRST) + timedelta(hours=1))
        inside = {who for who in meant if meant[who] and agrees[who]}
        hashed = {digest(value.removeprefix("+") if kind == "snapchat" else value) for who in inside for value in known[who].values() if value}
        assert platform(world) == hashed
        assert {told.adds + told.removes for told in tell(world, utc(FIRST) + timedelta(hours=2))} == {0}


def _die(*_given: Any, **_more: Any) -> None:
    raise Killed
