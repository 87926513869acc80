"""A hand-over pass as a process of its own, that can be told at which of its own moments it dies as by a power cut."""

import os
import resource
import signal
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Lock
from typing import Literal

from pipelines.delivery import hand_over as room
from pipelines.delivery.journal import WORD, Entry, Journal
from pipelines.settings import Project
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from senders.message import Message, Sender
from senders.smtp import SmtpSender, SmtpSettings
from senders.webhook import WebhookSender, WebhookSettings
from tests.journeys.world import World, files_sender, plain, scenario, settings, utc
from tests.senders.mails import clock
from tests.senders.providers import PROVIDERS, SECRETS

SECRET = "CHAOS_SECRET"
TICK = utc("2026-01-05 06:00")


@dataclass(frozen=True)
class Death:
    """Dies at the so-manieth time that it comes to *point*, one of those that `arrange` names."""

    point: str
    time: int


Kind = Literal["smtp", "http_email", "webhook", "files"]


@dataclass(frozen=True)
class Over:
    """What a pass sends over: files, or a provider on *port* with so many connections, and so many messages in a request of an e-mail API."""

    kind: Kind
    port: int = 0
    connections: int = 1
    per_request: int = 1
    honest: bool = True  # else a sender to a mail server says that it knows keys

    def sender(self, project: Project) -> Sender:
        match self.kind:
            case "files":
                return files_sender(project)
            case "webhook":
                os.environ[SECRET] = f"whsec_{b64encode(bytes(32)).decode()}"
                told = {"url": f"http://127.0.0.1:{self.port}/", "secret_env": SECRET, "channels": ["email"], "connections": self.connections}
                return WebhookSender(WebhookSettings.model_validate({"kind": "webhook", "name": "hook"} | told), project.root, clock)
            case "http_email":
                os.environ.update(SECRETS)
                return PROVIDERS["postmark"].sender(f"http://127.0.0.1:{self.port}", connections=self.connections, per_request=self.per_request)
            case "smtp":
                told = {"host": "127.0.0.1", "port": self.port, "tls": "none", "connections": self.connections}
                sender = SmtpSender(SmtpSettings.model_validate({"kind": "smtp", "name": "mail"} | told), project.root)
                sender.idempotent = not self.honest
                return sender


def project_in(root: Path) -> Project:
    return Project(root=root, settings=settings())


def prepare(root: Path, contacts: int) -> None:
    """Make a shop in which a message to each of so many contacts is due."""
    project = project_in(root)
    with open_warehouse(project) as warehouse:
        ensure_zones(warehouse, ["Europe/Paris"])
        world = World(warehouse, project)
        for number in range(contacts):
            world.contact(f"c{number:04}")
            world.did(f"c{number:04}", "page_viewed", "2026-01-05 05:00")
        world.tick(TICK, scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))


def one_pass(root: Path, over: Over, now: datetime, death: Death | None, began: Event) -> None:
    """Hand over what may go; *began* is set once the warehouse is open."""
    if death:
        arrange(dying(death))
    _hand_over(root, over, now, began)


def whole_pass(root: Path, over: Over, now: datetime) -> None:
    """Hand over what may go, undisturbed."""
    _hand_over(root, over, now)


def watched_pass(root: Path, over: Over, now: datetime, told: Connection) -> None:
    """Hand over what may go, and tell how often it came to each of its points."""
    times: Counter[str] = Counter()
    arrange(lambda point: times.update([point]))
    _hand_over(root, over, now)
    told.send(times)


def held_up_pass(root: Path, over: Over, now: datetime, point: str, reached: Event, go_on: Event) -> None:
    """Hand over what may go, and wait at *point* until *go_on* is set."""

    def come(at: str) -> None:
        if at == point and not reached.is_set():
            reached.set()
            go_on.wait()

    arrange(come)
    _hand_over(root, over, now)


def cramped_pass(root: Path, over: Over, now: datetime, point: str) -> None:
    """Hand over what may go on a disk that is full from the first commit after *point* on: the system lets no file grow."""
    come_to: set[str] = set()

    def come(at: str) -> None:
        come_to.add(at)
        if at.startswith("before the commit") and point in come_to:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    arrange(come)
    _hand_over(root, over, now)


def _hand_over(root: Path, over: Over, now: datetime, began: Event | None = None) -> None:
    project = project_in(root)
    room.BATCH = 20
    with open_warehouse(project) as warehouse:
        if began:
            began.set()
        room.hand_over(warehouse, project, [over.sender(project)], linked, now, live=True)


def linked(warehouse: Warehouse, now: datetime) -> Iterator[Message]:
    """Render the claimed messages as one line each, with a link that has a name."""
    for message in plain(warehouse, now):
        yield replace(message, links={"shop": "https://shop.example"})


def arrange(come: Callable[[str], None]) -> None:
    """See to it that this process says at which of its points it is: either side of each commit, of each line of the journal, and after each sync."""
    transaction, write, sync = Warehouse.transaction, Journal.write, Journal.sync

    def committing(warehouse: Warehouse) -> AbstractContextManager[None]:
        return committed_in(warehouse, sys._getframe(1).f_code.co_name.strip("_"))

    @contextmanager
    def committed_in(warehouse: Warehouse, function: str) -> Iterator[None]:
        with transaction(warehouse):
            yield
            come(f"before the commit of {function}")
        come(f"after the commit of {function}")

    def writing(journal: Journal, entry: Entry) -> None:
        come(f"before `{WORD[type(entry)]}` is written")
        write(journal, entry)
        come(f"after `{WORD[type(entry)]}` is written")

    def syncing(journal: Journal) -> None:
        sync(journal)
        come("after a sync")

    Warehouse.transaction = committing  # type: ignore[method-assign, assignment]
    Journal.write = writing  # type: ignore[method-assign]
    Journal.sync = syncing  # type: ignore[method-assign]


def dying(death: Death) -> Callable[[str], None]:
    """Return what kills this process when it comes to the point of its death."""
    times, lock = iter(range(1, death.time)), Lock()

    def come(point: str) -> None:
        with lock:
            if point == death.point and next(times, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

    return come
