"""Passes killed with SIGKILL lose nothing, repeat nothing, and leave nothing stuck. `make chaos` does the same for longer."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.chaos.one_pass import TICK, Kind, Over, one_pass, prepare
from tests.chaos.provider import provider, serve_mail
from tests.chaos.trial import trial

KILLS = 10


@pytest.mark.parametrize("connections", [1, 4])
def test_a_mail_server_gets_no_message_twice_and_one_a_connection_is_unknown_at_most(tmp_path: Path, connections: int) -> None:
    with trial(tmp_path, "smtp", connections=connections, seed=connections) as over_mail:
        totals = over_mail.run(KILLS)
    assert (totals.kills, totals.lost, totals.repeated, totals.miscounted) == (KILLS, 0, 0, 0)
    assert totals.due == totals.accepted + totals.unknown
    assert totals.unknown_at_most <= connections


@pytest.mark.parametrize(("kind", "connections"), [("webhook", 4), ("files", 1)])
def test_where_keys_are_known_every_message_arrives_once(tmp_path: Path, kind: Kind, connections: int) -> None:
    with trial(tmp_path, kind, connections=connections, seed=3) as over:
        totals = over.run(KILLS)
    assert (totals.kills, totals.lost, totals.repeated, totals.miscounted) == (KILLS, 0, 0, 0)
    assert totals.due == totals.accepted


def test_the_count_would_show_a_message_that_went_twice(tmp_path: Path) -> None:
    with trial(tmp_path, "smtp", connections=4, honest=False, contacts=100, seed=4) as careless:
        careless.moments = {"received": 60}
        totals = careless.run(3)
    assert totals.repeated > 0


def test_two_passes_at_once_send_nothing_twice(tmp_path: Path) -> None:
    processes = get_context("forkserver")
    prepare(tmp_path / "shop", 40)
    with provider(processes, tmp_path / "taken.txt", serve_mail) as mail:
        began = processes.Event()
        passes = [processes.Process(target=one_pass, args=(tmp_path / "shop", Over("smtp", mail.port, 2), TICK, None, began)) for _ in range(2)]
        for each in passes:
            each.start()
        for each in passes:
            each.join()
        assert [each.exitcode for each in passes] == [0, 0]
        assert len(mail.taken()) == len(set(mail.taken())) == 40
