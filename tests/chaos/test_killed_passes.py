"""Passes killed with SIGKILL lose nothing, repeat nothing, and leave nothing stuck. `make chaos` does the same for longer."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from pipelines.delivery.recover import recover
from pipelines.errors import WarehouseBusy
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from tests.chaos.one_pass import TICK, Over, cramped_pass, held_up_pass, one_pass, prepare, project_in, whole_pass
from tests.chaos.provider import Provider, provider, serve_mail
from tests.chaos.trial import Totals, trial
from tests.delivery.faults import FULL_WAREHOUSE, LOCKED, WANTED

CONTACTS = 120
PROCESSES = get_context("forkserver")
NO_KEYS = [
    (Over("smtp", connections=1), 8, 0),
    (Over("smtp", connections=4), 8, 8),
    (Over("http_email", connections=4), 8, 16),
    (Over("http_email", connections=4, per_request=10), 5, 4),
]
"""What knows no keys, how many kills, and with which point they begin; together they come to each point twice."""
KEYS = [(Over("webhook", connections=4), 6, 9), (Over("files"), 5, 15)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with 120 messages due, which trials copy."""
    folder = tmp_path_factory.mktemp("chaos") / "shop"
    prepare(folder, CONTACTS)
    return folder


@pytest.mark.parametrize(("over", "kills", "first"), NO_KEYS, ids=["smtp", "smtp by four", "e-mail API", "e-mail API in batches"])
def test_a_provider_without_keys_gets_no_message_twice_and_one_request_a_connection_is_unknown_at_most(
    shop: Path, tmp_path: Path, over: Over, kills: int, first: int
) -> None:
    with trial(shop, tmp_path, over, seed=first, first=first) as trials:
        totals = trials.run(kills)
    assert sound(totals, kills)
    assert totals.due == totals.accepted + totals.unknown
    assert totals.unknown_at_most <= over.connections * over.per_request


@pytest.mark.parametrize(("over", "kills", "first"), KEYS, ids=["webhook", "files"])
def test_where_keys_are_known_every_message_arrives_once(shop: Path, tmp_path: Path, over: Over, kills: int, first: int) -> None:
    with trial(shop, tmp_path, over, seed=first, first=first) as trials:
        totals = trials.run(kills)
    assert sound(totals, kills)
    assert totals.due == totals.accepted


def sound(totals: Totals, kills: int) -> bool:
    """Whether so many kills, each at a point of its own, lost and repeated nothing."""
    return (totals.kills, len(totals.killed_at), totals.lost, totals.repeated, totals.miscounted) == (kills, kills, 0, 0, 0)


def test_the_count_would_show_a_message_that_went_twice(shop: Path, tmp_path: Path) -> None:
    with trial(shop, tmp_path, Over("smtp", connections=4, honest=False), seed=4) as careless:
        careless.deck.clear()
        careless.deck.append("before `outcome` is written")
        totals = careless.run(3)
    assert totals.repeated > 0


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Provider]:
    with provider(PROCESSES, tmp_path / "taken.txt", serve_mail) as mail:
        yield mail


@pytest.fixture
def copy(shop: Path, tmp_path: Path) -> Path:
    """A copy of the shop for one test."""
    return Path(shutil.copytree(shop, tmp_path / "shop"))


def test_two_passes_at_once_send_nothing_twice(copy: Path, mail: Provider) -> None:
    began = PROCESSES.Event()
    passes = [PROCESSES.Process(target=one_pass, args=(copy, Over("smtp", mail.port, 2), TICK, None, began)) for _ in range(2)]
    for each in passes:
        each.start()
    for each in passes:
        each.join()
    assert [each.exitcode for each in passes] == [0, 0]
    assert all_went_once(mail)


def test_whoever_wants_the_warehouse_in_the_middle_of_a_pass_is_kept_out_and_the_pass_goes_on(copy: Path, mail: Provider) -> None:
    reached, go_on = PROCESSES.Event(), PROCESSES.Event()
    running = PROCESSES.Process(target=held_up_pass, args=(copy, Over("smtp", mail.port), TICK, "after `taken` is written", reached, go_on))
    running.start()
    assert reached.wait(60)
    with pytest.raises(WarehouseBusy, match="still held by another run"), open_warehouse(impatient(copy)):
        pass
    go_on.set()
    running.join()
    assert running.exitcode == 0
    assert all_went_once(mail)
    with open_warehouse(project_in(copy)) as warehouse:
        assert fates(warehouse) == {WANTED.ended(): CONTACTS}


def test_a_pass_that_does_not_get_the_warehouse_fails_and_the_next_one_sends(copy: Path, mail: Provider) -> None:
    holder = PROCESSES.Process(target=hold, args=(copy, held := PROCESSES.Event(), let_go := PROCESSES.Event()))
    holder.start()
    assert held.wait(60)
    with pytest.raises(WarehouseBusy, match=f"process {holder.pid}"), open_warehouse(impatient(copy)):
        pass
    assert mail.taken() == []
    let_go.set()
    holder.join()
    with open_warehouse(project_in(copy)) as warehouse:
        assert fates(warehouse) == {LOCKED.ended(): CONTACTS}
    assert run(whole_pass, copy, Over("smtp", mail.port), TICK) == 0
    assert all_went_once(mail)


@pytest.mark.parametrize("point", FULL_WAREHOUSE)
def test_a_warehouse_that_cannot_be_written_ends_the_pass_and_nothing_goes_twice(copy: Path, mail: Provider, point: str) -> None:
    row, over = FULL_WAREHOUSE[point], Over("smtp", mail.port)
    assert run(cramped_pass, copy, over, TICK, point) == 1
    went = set(mail.taken())
    assert len(went) == (0 if row.then == "sends it" else 20)
    with open_warehouse(project_in(copy)) as warehouse:
        assert row.ended() in fates(warehouse)
        recover(warehouse, project_in(copy), [over.sender(project_in(copy))], TICK, live=True)
        assert fates(warehouse).get(("accepted", "to_send", None), 0) == len(went)
    assert run(whole_pass, copy, over, TICK) == 0
    assert all_went_once(mail)


def run(target: Callable[..., None], *values: object) -> int | None:
    """Run *target* in a process of its own; return how it ended."""
    process = PROCESSES.Process(target=target, args=values)
    process.start()
    process.join()
    return process.exitcode


def all_went_once(mail: Provider) -> bool:
    return len(mail.taken()) == len(set(mail.taken())) == CONTACTS


def hold(root: Path, held: Event, let_go: Event) -> None:
    with open_warehouse(project_in(root)):
        held.set()
        let_go.wait()


def impatient(root: Path) -> Project:
    """The project of a shop, with settings under which nobody waits for a warehouse."""
    project = project_in(root)
    none = project.settings.warehouse.model_copy(update={"lock_timeout": timedelta(0)})
    return project.model_copy(update={"settings": project.settings.model_copy(update={"warehouse": none})})


def fates(warehouse: Warehouse) -> dict[tuple[str | None, str, str | None], int]:
    """Return how many messages have each state in the ledger, status and reason in the outbox."""
    rows = warehouse.rows("""
        select l.state, m.status, m.reason, count(*) from outbox.messages m
        left join (
            select message_key, state from delivery.sends
            qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
        ) l on l.message_key = m.message_key
        group by all""")
    return {(state, status, reason): number for state, status, reason, number in rows}
