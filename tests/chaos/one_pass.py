"""A hand-over pass as a process of its own, that can be told at which of its own moments it dies as by a power cut."""

import os
import signal
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Literal

from pipelines.delivery import hand_over as room
from pipelines.delivery.journal import Journal, Outcome, Taken
from pipelines.settings import Project
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from senders.message import Sender
from senders.smtp import SmtpSender, SmtpSettings
from senders.webhook import WebhookSender, WebhookSettings
from tests.journeys.world import World, files_sender, plain, scenario, settings, utc

Moment = Literal["before commit", "after commit", "taken", "received", "outcome", "synced"]
SECRET = "CHAOS_SECRET"
TICK = utc("2026-01-05 06:00")


@dataclass(frozen=True)
class Death:
    """Dies at the so-manieth time that it comes to *moment*."""

    moment: Moment
    time: int


Kind = Literal["smtp", "webhook", "files"]


@dataclass(frozen=True)
class Over:
    """What a pass sends over: files, or a provider on *port* with so many connections."""

    kind: Kind
    port: int = 0
    connections: int = 1
    honest: bool = True  # else a sender to a mail server says that it knows keys

    def sender(self, project: Project) -> Sender:
        match self.kind:
            case "files":
                return files_sender(project)
            case "webhook":
                os.environ[SECRET] = f"whsec_{b64encode(bytes(32)).decode()}"
                told = {"url": f"http://127.0.0.1:{self.port}/", "secret_env": SECRET, "channels": ["email"], "connections": self.connections}
                return WebhookSender(WebhookSettings.model_validate({"kind": "webhook", "name": "hook"} | told), project.root)
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
    project = project_in(root)
    room.BATCH = 50
    if death:
        arrange(death)
    with open_warehouse(project) as warehouse:
        began.set()
        room.hand_over(warehouse, project, [over.sender(project)], plain, now, live=True)


def arrange(death: Death) -> None:
    """See to it that this process dies at the moment it is told to."""
    times = iter(range(1, death.time))

    def come() -> None:
        if next(times, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    match death.moment:
        case "before commit" | "after commit":
            _wrap_transaction(come, before=death.moment == "before commit")
        case "taken":
            _wrap_write(come, Taken)
        case "received":
            _wrap_write(come, Outcome, before=True)
        case "outcome":
            _wrap_write(come, Outcome)
        case "synced":
            sync = Journal.sync
            Journal.sync = lambda journal: (sync(journal), come())[0]  # type: ignore[method-assign]


def _wrap_transaction(come: Callable[[], None], *, before: bool) -> None:
    transaction = Warehouse.transaction

    @contextmanager
    def mortal(warehouse: Warehouse) -> Iterator[None]:
        with transaction(warehouse):
            yield
            if before:
                come()
        if not before:
            come()

    Warehouse.transaction = mortal  # type: ignore[method-assign, assignment]


def _wrap_write(come: Callable[[], None], kind: type[Any], *, before: bool = False) -> None:
    write = Journal.write

    def mortal(journal: Journal, entry: Any) -> None:
        if isinstance(entry, kind) and before:
            come()
        write(journal, entry)
        if isinstance(entry, kind) and not before:
            come()

    Journal.write = mortal  # type: ignore[method-assign]
