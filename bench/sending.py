"""
A mailing: rendered, and handed over to a mail server on loopback that takes everything.

`python -m bench.sending prepare FOLDER 3000`, then `alone FOLDER`; or `copies FOLDER 10000` and `measure FOLDER`, once in a copy of FOLDER.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.framework import sample
from bench.measure import Cost, cost
from pipelines.delivery import hand_over as room
from pipelines.delivery.hand_over import hand_over
from pipelines.delivery.journal import Journal
from pipelines.messages import render
from pipelines.messages.environment import Piece
from pipelines.messages.message_library import MessageLibrary
from pipelines.messages.render import render_batch, renderer
from pipelines.sample.shop import write_day
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.workbench.project_files import read_files
from pipelines.workbench.replay import run_tick
from senders.message import Message
from senders.mime import to_bytes
from senders.smtp import SmtpSender, SmtpSettings

HERE = Path(__file__).parent
LATER = timedelta(hours=6)
REFERENCE = "reference"
ROUNDS = 5
"""The best of so many counts: others use the machine too."""
MAILING = """\
scenario: mailing
description: The winter selection, to everybody.
owner: bench@shop.example
stage: loyalty
status: live
category: transactional
topic: news
trigger:
  every: {day}
  segment: everybody
steps:
  - send: seasonal_autumn
    valid_for: 5 days
  - wait: 1 day
"""
EVERYBODY = "-- meaning: Everybody.\n-- owner: bench@shop.example\nselect contact_id from shop.contacts\n"


@dataclass
class Server:
    """Where the sink listens, and what it said at its end."""

    port: int
    said: dict[str, Any] = field(default_factory=dict)


@contextmanager
def sink() -> Iterator[Server]:
    process = subprocess.Popen([sys.executable, "-m", "bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    server = Server(int(process.stdout.readline()))
    yield server
    server.said = json.loads(process.communicate()[0])


def prepare(folder: Path, contacts: int) -> None:
    """Make a sample shop of *contacts*, at the moment when a mailing to all of them is due."""
    project = sample(folder, contacts)
    for path in project.scenarios_folder.glob("*.yaml"):
        path.unlink()
    days = _days(project)
    (project.scenarios_folder / "mailing.yaml").write_text(MAILING.format(day=f"{days[1].day} {days[1]:%B}".lower()))
    (project.segments_folder / "everybody.sql").write_text(EVERYBODY)
    (project.messages_folder / REFERENCE).mkdir()
    shutil.copy(HERE / "reference.html.j2", project.messages_folder / REFERENCE / "email.html.j2")
    files = read_files(project)
    with open_warehouse(project) as warehouse:
        for day in days:
            write_day(project, day)
            run_tick(warehouse, project, files, tick_of_day(project, day))


def copies(folder: Path, messages: int) -> None:
    """Copy the messages of the mailing until there are *messages*: in a process of its own, for that takes memory too."""
    with open_warehouse(load_project(folder)) as warehouse:
        warehouse.run(HERE / "copies.sql", messages=messages)


def measure(folder: Path, most: int = 0) -> dict[str, Any]:
    """
    Return what it costs to render, write as mails and hand over the mailing that is due.

    The sender stops after *most*, so that the others wait.
    """
    project = load_project(folder)
    files, now = read_files(project), tick_of_day(project, _days(project)[1]) + LATER
    with open_warehouse(project) as warehouse:
        waiting = int(warehouse.value("select count(*) from outbox.messages where status in ('to_send', 'held')"))
        with sink() as server:
            settings = SmtpSettings(kind="smtp", name="bench", host="127.0.0.1", port=server.port, tls="none", per_day=most or None)
            ledger = Spent()
            with cost() as sending, spent_in(room, ("_record_and_claim", "_led_to"), ledger), spent_in(Journal, ("sync",), ledger):
                (done,) = hand_over(warehouse, project, [SmtpSender(settings, project.root)], renderer(files.messages), now, live=True)
    assert done.accepted == server.said["taken"] == (most or waiting), (done, server.said, waiting)
    return {
        "waiting": waiting,
        "messages": done.accepted,
        "per_second": round(done.accepted / sending.wall),
        "per_cpu_second": round(done.accepted / sending.cpu),
        "sink_cpu_share": round(server.said["cpu"] / sending.cpu, 2),
        "claim_and_record_share": round(ledger.cpu / sending.cpu, 3),
        "peak_mb": round(sending.peak_mb),
    }


def alone(folder: Path) -> dict[str, dict[str, int]]:
    """
    Return how many messages a second of processor renders, of it by jinja alone, and writes as mails.

    The mailing is an e-mail as brands send them, with a layout and products; the reference is 1 kB of HTML with a loop and a condition.
    """
    project = load_project(folder)
    files, now = read_files(project), tick_of_day(project, _days(project)[1]) + LATER
    with open_warehouse(project) as warehouse, warehouse.at(now):
        return {name: _alone(warehouse, files.messages, now, template) for name, template in (("mailing", None), ("reference", REFERENCE))}


def _alone(warehouse: Warehouse, library: MessageLibrary, now: datetime, template: str | None) -> dict[str, int]:
    warehouse.run(HERE / "sending.sql", template=template)
    rendering, messages = min((rendered(warehouse, library, now) for _ in range(ROUNDS)), key=lambda made: made[0].cpu)
    looking_up, templates = Spent(), Spent()
    with spent_in(render, ("contexts",), looking_up), spent_in(Piece, ("written",), templates):
        rendered(warehouse, library, now)
    writing = min((measured(lambda: [to_bytes(message) for message in messages]) for _ in range(ROUNDS)), key=lambda spent: spent.cpu)
    spent = {"rendered": rendering.cpu, "data_looked_up": looking_up.cpu, "templates": templates.cpu, "written": writing.cpu}
    size = {"messages": len(messages), "html_bytes": sum(len(message.html) for message in messages) // len(messages)}
    return size | {f"{name}_per_cpu_second": round(len(messages) / cpu) for name, cpu in spent.items()}


@dataclass
class Spent:
    """Processor seconds of some functions."""

    cpu: float = 0.0


@contextmanager
def spent_in(place: Any, names: Iterable[str], spent: Spent) -> Iterator[None]:
    """Add up what the functions *names* of a module or class cost while the block runs."""

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                spent.cpu += time.process_time() - began

        return run

    with ExitStack() as stack:
        for name in names:
            stack.enter_context(patch.object(place, name, timed(getattr(place, name))))
        yield


def _days(project: Project) -> list[date]:
    return [project.settings.sample.start + timedelta(days=number) for number in range(2)]


def rendered(warehouse: Warehouse, library: Any, now: Any) -> tuple[Cost, list[Message]]:
    """Render every message due, as one batch; nothing is claimed."""
    with cost() as spent:
        made = [outcome for outcome in render_batch(warehouse, library, now) if isinstance(outcome, Message)]
    return spent, made


def measured(work: Any) -> Cost:
    with cost() as spent:
        work()
    return spent


if __name__ == "__main__":
    work, folder, *numbers = sys.argv[1:]
    print(json.dumps({"prepare": prepare, "copies": copies, "alone": alone, "measure": measure}[work](Path(folder), *map(int, numbers))))
