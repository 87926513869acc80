"""
Kills hand-over passes with SIGKILL and counts.

Each shop has messages due; passes are killed until all of them are settled, then the provider's book is held against the
ledger and the next shop begins. What is counted is what a shop would lose: messages nobody got and nobody knows of,
messages that went twice, and messages of which the ledger does not know whether they went.
"""

import math
import random
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from pipelines.delivery.recover import recover
from pipelines.warehouse.build import definition
from pipelines.warehouse.duckdb import open_warehouse
from tests.chaos.one_pass import TICK, Death, Over, one_pass, project_in, watched_pass
from tests.chaos.provider import Provider, provider, serve_mail, serve_mail_api, serve_web

definition()  # what opening a warehouse needs is worked out once, before there are children
ANY = "any instant"
SERVES = {"smtp": serve_mail, "http_email": serve_mail_api, "webhook": serve_web}


@dataclass
class Totals:
    """What many kills came to, in messages. `unknown_at_most`: the most that one kill left unknown."""

    kills: int = 0
    passes: int = 0
    shops: int = 0
    due: int = 0
    accepted: int = 0
    unknown: int = 0
    unknown_at_most: int = 0
    lost: int = 0
    repeated: int = 0
    miscounted: int = 0
    killed_at: dict[str, int] = field(default_factory=dict)


class Trial:
    """
    Passes over one kind of provider, killed at each of `points` in turn, and at random instants.

    A point is either side of a commit, of a line of the journal, or after a sync: a pass that is watched tells those that
    there are, and how often it comes to each. *first* says with which of them to begin.
    """

    def __init__(self, shop: Path, folder: Path, processes: ForkServerContext, *, provider: Provider | None, over: Over, seed: int, first: int) -> None:
        self.template, self.folder, self.processes, self.provider, self.over = shop, folder, processes, provider, over
        self.chance = random.Random(seed)
        self.totals = Totals()
        times = self._watched()
        self.contacts = times["after `taken` is written"]
        self.points = dict(times)
        self.deck = deque(sorted([ANY, *times], key=lambda point: sha256(point.encode()).digest()))
        self.deck.rotate(-first)

    def run(self, kills: int) -> Totals:
        """Kill so many passes, and settle what they left."""
        while self.totals.kills < kills:
            self._shop(kills)
        return self.totals

    def _shop(self, kills: int) -> None:
        self.totals.shops += 1
        shop = Path(shutil.copytree(self.template, self.folder / f"shop{self.totals.shops}"))
        if self.provider:
            self.provider.forget()
        now, unknown = TICK, 0
        states: dict[str, str] = {}
        while self.totals.kills < kills and (len(states) < self.contacts or "retry" in states.values()):
            now += timedelta(minutes=15)
            self._killed(shop, now, self.contacts - sum(state != "retry" for state in states.values()))
            states = self._settled(shop, now)
            known, unknown = unknown, Counter(states.values())["unknown"]
            self.totals.unknown_at_most = max(self.totals.unknown_at_most, unknown - known)
        assert self._pass(shop, now + timedelta(hours=5), None, None) == 0
        self._count(shop, self._settled(shop, now + timedelta(hours=5)))
        shutil.rmtree(shop)

    def _killed(self, shop: Path, now: datetime, left: int) -> None:
        """Kill a pass at the next point; one that ends before it comes there leaves the point to the next pass."""
        point = self.deck[0]
        if point == ANY:
            code = self._pass(shop, now, None, self.chance.uniform(0, 0.5))
        else:
            times = math.ceil(self.points[point] * left / self.contacts)
            code = self._pass(shop, now, Death(point, self.chance.randint(1, max(1, times))), None)
        assert code in (0, -9), f"a pass ended with {code}"
        if code == -9:
            self.deck.rotate(-1)
            self.totals.kills += 1
            self.totals.killed_at[point] = self.totals.killed_at.get(point, 0) + 1

    def _watched(self) -> Counter[str]:
        """Run one pass over a shop of its own, and return how often it comes to each point."""
        shop = Path(shutil.copytree(self.template, self.folder / "watched"))
        heard, told = self.processes.Pipe(duplex=False)
        process = self.processes.Process(target=watched_pass, args=(shop, self.over, TICK, told))
        process.start()
        process.join()
        assert process.exitcode == 0
        times: Counter[str] = heard.recv()
        shutil.rmtree(shop)
        return times

    def _pass(self, shop: Path, now: datetime, death: Death | None, after: float | None) -> int:
        """Run one pass, killed *after* so many seconds of its work if it still lives; return how it ended."""
        self.totals.passes += 1
        began = self.processes.Event()
        process = self.processes.Process(target=one_pass, args=(shop, self.over, now, death, began))
        process.start()
        if after is not None and began.wait(60):
            process.join(after)
            process.kill()
        process.join()
        assert process.exitcode is not None
        return process.exitcode

    def _settled(self, shop: Path, now: datetime) -> dict[str, str]:
        """Settle what a killed pass left, hand nothing over, and return the state of each message that was ever claimed."""
        project = project_in(shop)
        with open_warehouse(project) as warehouse:
            recover(warehouse, project, [self.over.sender(project)], now, live=True)
            return dict(warehouse.rows("""
                select message_key, state from delivery.sends
                qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1"""))  # fmt: skip

    def _count(self, shop: Path, states: dict[str, str]) -> None:
        """Hold the ledger of a shop against the book of the provider."""
        taken = Counter(self._taken(shop))
        accepted = {key for key, state in states.items() if state == "accepted"}
        unknown = {key for key, state in states.items() if state == "unknown"}
        self.totals.due += self.contacts
        self.totals.accepted += len(accepted)
        self.totals.unknown += len(unknown)
        self.totals.repeated += sum(1 for times in taken.values() if times > 1)
        self.totals.lost += self.contacts - len(set(taken) | unknown)
        self.totals.miscounted += len(accepted - set(taken)) + len(set(taken) - accepted - unknown) + self.contacts - len(accepted) - len(unknown)

    def _taken(self, shop: Path) -> list[str]:
        if self.provider:
            return self.provider.taken()
        return [path.stem for path in (shop / ".relance" / "outgoing" / "email" / "new").iterdir()]


@contextmanager
def trial(shop: Path, folder: Path, over: Over, *, seed: int = 1, first: int = 0) -> Iterator[Trial]:
    """Give a trial with copies of *shop*, made by `prepare`, over what *over* says, on a port of its own; *folder* is to work in."""
    folder.mkdir(parents=True, exist_ok=True)
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.chaos.trial"])
    if over.kind == "files":
        yield Trial(shop, folder, processes, provider=None, over=over, seed=seed, first=first)
        return
    with provider(processes, folder / "taken.txt", SERVES[over.kind]) as listening:
        yield Trial(shop, folder, processes, provider=listening, over=replace(over, port=listening.port), seed=seed, first=first)
