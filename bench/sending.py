"""A mailing: rendered, and handed over to a mail server on loopback that takes everything. `python -m bench.sending FOLDER 20000`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.framework import sample
from bench.measure import Cost, cost
from pipelines.delivery.hand_over import hand_over
from pipelines.messages.render import render_batch, renderer
from pipelines.sample.shop import write_day
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.workbench.project_files import read_files
from pipelines.workbench.replay import run_tick
from senders.message import Message
from senders.mime import to_bytes
from senders.smtp import SmtpSender, SmtpSettings

HERE = Path(__file__).parent
LATER = timedelta(hours=6)
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


def main(folder: Path, contacts: int) -> dict[str, Any]:
    """Return messages a second rendered, written as mails and handed over, and what the sink itself cost."""
    project = sample(folder, contacts)
    for path in project.scenarios_folder.glob("*.yaml"):
        path.unlink()
    days = [project.settings.sample.start + timedelta(days=number) for number in range(2)]
    (project.scenarios_folder / "mailing.yaml").write_text(MAILING.format(day=f"{days[1].day} {days[1]:%B}".lower()))
    (project.segments_folder / "everybody.sql").write_text(EVERYBODY)
    files, as_of = read_files(project), tick_of_day(project, days[1])
    with open_warehouse(project) as warehouse:
        for day in days:
            write_day(project, day)
            run_tick(warehouse, project, files, tick_of_day(project, day))
        with sink() as server:
            with warehouse.at(as_of + LATER):
                rendering, messages = rendered(warehouse, files.messages, as_of + LATER)
            writing = measured(lambda: [to_bytes(message) for message in messages])
            sender = SmtpSender(SmtpSettings(kind="smtp", name="bench", host="127.0.0.1", port=server.port, tls="none"), project.root)
            with cost() as sending:
                (done,) = hand_over(warehouse, project, [sender], renderer(files.messages), as_of + LATER, live=True)
    assert done.accepted == server.said["taken"] == len(messages), (done, server.said, len(messages))
    return {
        "messages": done.accepted,
        "rendered_per_cpu_second": round(len(messages) / rendering.cpu),
        "written_per_cpu_second": round(len(messages) / writing.cpu),
        "handed_over_per_second": round(done.accepted / sending.wall),
        "handed_over_per_cpu_second": round(done.accepted / sending.cpu),
        "sink_cpu_share": round(server.said["cpu"] / sending.cpu, 2),
        "peak_mb": round(sending.peak_mb),
    }


def rendered(warehouse: Warehouse, library: Any, now: Any) -> tuple[Cost, list[Message]]:
    """Render every message due, as one batch; nothing is claimed."""
    warehouse.run(HERE / "sending.sql")
    with cost() as spent:
        made = [outcome for outcome in render_batch(warehouse, library, now) if isinstance(outcome, Message)]
    return spent, made


def measured(work: Any) -> Cost:
    with cost() as spent:
        work()
    return spent


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
