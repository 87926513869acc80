"""A hand-over pass killed in the middle: the next one sends what is left, and nothing twice."""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipelines.warehouse.duckdb import open_warehouse
from tests.delivery.one_pass import CONTACTS, project_in

REPOSITORY = Path(__file__).parents[2]
KILLS = [("claimed", 2), ("received", 5), ("journaled", 1), ("folded", 2)]


def started(root: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.delivery.one_pass", str(root), *words], cwd=REPOSITORY)


def ended(root: Path, *words: str) -> int:
    return started(root, *words).wait()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shop")
    assert ended(root, "prepare") == 0
    return root


@pytest.fixture
def shop(prepared: Path, tmp_path: Path) -> Path:
    """A shop with messages due, of its own for each test."""
    return Path(shutil.copytree(prepared, tmp_path / "shop"))


def states(shop: Path) -> dict[str, int]:
    """Return how many messages stand in which last state."""
    with open_warehouse(project_in(shop)) as warehouse:
        return dict(warehouse.rows("""
            select state, count(*) from (
                select * from delivery.sends
                qualify row_number() over (partition by message_key order by attempt desc, case state when 'claimed' then 1 else 0 end) = 1)
            group by state"""))  # fmt: skip


@pytest.mark.parametrize(("where", "times"), KILLS)
def test_a_sender_that_knows_keys_gets_every_message_once(shop: Path, where: str, times: int) -> None:
    assert ended(shop, "files", where, str(times)) == -signal.SIGKILL
    assert ended(shop, "files") == 0
    mails = list((shop / ".relance" / "outgoing" / "email" / "new").iterdir())
    assert len(mails) == CONTACTS
    assert states(shop) == {"accepted": CONTACTS}


@pytest.mark.parametrize(("where", "times"), KILLS)
def test_no_sender_gets_a_message_twice(shop: Path, where: str, times: int) -> None:
    assert ended(shop, "letterbox", where, str(times)) == -signal.SIGKILL
    assert ended(shop, "letterbox") == 0
    letterbox = shop / "letterbox.txt"
    received = Counter(letterbox.read_text().split())
    assert set(received.values()) == {1}
    told = states(shop)
    assert sum(told.values()) == CONTACTS
    assert set(told) <= {"accepted", "unknown"}
    assert told["accepted"] <= len(received) <= CONTACTS  # what was received and not written down is unknown, for a person to look at


def test_two_passes_at_once_send_nothing_twice(shop: Path) -> None:
    first, second = started(shop, "letterbox"), started(shop, "letterbox")
    assert (first.wait(), second.wait()) == (0, 0)
    assert len((shop / "letterbox.txt").read_text().split()) == CONTACTS
    assert states(shop) == {"accepted": CONTACTS}
