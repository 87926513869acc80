"""Passes killed with SIGKILL lose nothing, repeat nothing, and leave nothing stuck. `make chaos` does the same for longer."""

import shutil
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.chaos.one_pass import TICK, Over, one_pass, prepare
from tests.chaos.provider import provider, serve_mail
from tests.chaos.trial import Totals, trial

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
    prepare(folder, 120)
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


def test_two_passes_at_once_send_nothing_twice(shop: Path, tmp_path: Path) -> None:
    processes = get_context("forkserver")
    shutil.copytree(shop, tmp_path / "shop")
    with provider(processes, tmp_path / "taken.txt", serve_mail) as mail:
        began = processes.Event()
        passes = [processes.Process(target=one_pass, args=(tmp_path / "shop", Over("smtp", mail.port, 2), TICK, None, began)) for _ in range(2)]
        for each in passes:
            each.start()
        for each in passes:
            each.join()
        assert [each.exitcode for each in passes] == [0, 0]
        assert len(mail.taken()) == len(set(mail.taken())) == 120
