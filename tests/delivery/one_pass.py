"""
A hand-over pass in a process of its own, killed where it is told to be.

`one_pass.py ROOT prepare`, or `one_pass.py ROOT KIND WHERE TIMES`: WHERE is `claimed`, `received`, `journaled`, `folded` or `never`.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.delivery import hand_over as room
from pipelines.delivery.journal import Journal
from pipelines.settings import Project
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import open_warehouse
from senders.message import Message, Receipt, Sender
from tests.journeys.world import World, files_sender, plain, scenario, settings, utc

CONTACTS = 7
TICK, NOW = utc("2026-01-05 06:00"), utc("2026-01-05 06:05")


class Letterbox:
    """A provider that takes a message twice for two: one line a message."""

    name = "files"
    channels = frozenset({"email"})
    idempotent = False
    batch_size = 3
    acts = True

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def session(self) -> Iterator["Letterbox"]:
        yield self

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            with self.path.open("a") as file:
                file.write(message.key + "\n")
            yield Receipt(message.key, "accepted", message.key)


def project_in(root: Path) -> Project:
    return Project(root=root, settings=settings())


def sender_of(kind: str, project: Project) -> Sender:
    if kind == "letterbox":
        return Letterbox(project.root / "letterbox.txt")
    files = files_sender(project)
    files.batch_size = 3
    return files


def prepare(project: Project) -> None:
    """Some messages are due."""
    with open_warehouse(project) as warehouse:
        ensure_zones(warehouse, ["Europe/Paris"])
        world = World(warehouse, project)
        for number in range(CONTACTS):
            world.contact(f"c{number}")
            world.did(f"c{number}", "page_viewed", "2026-01-05 05:00")
        world.tick(TICK, scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))


def killed_after(times: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """Return *act*, after whose so-manieth call the process is killed as by a power cut."""
    left = [times]

    def counted(*args: Any, **named: Any) -> Any:
        done = act(*args, **named)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return counted


def main(root: str, kind: str, where: str = "never", times: str = "1") -> None:
    project = project_in(Path(root))
    if kind == "prepare":
        return prepare(project)
    sender = sender_of(kind, project)
    match where:
        case "claimed":
            room._claim = killed_after(int(times), room._claim)
        case "received":
            room.outcome_of = killed_after(int(times), room.outcome_of)
        case "journaled":
            Journal.write = killed_after(int(times), Journal.write)  # type: ignore[method-assign]
        case "folded":
            room._fold = killed_after(int(times), room._fold)
    with open_warehouse(project) as warehouse:
        room.hand_over(warehouse, project, [sender], plain, NOW, live=True)
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
