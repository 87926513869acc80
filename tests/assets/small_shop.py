"""A shop of six contacts in files, small enough for a whole daily job to take a second."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines.assets.in_process import Outcome, Runner
from pipelines.assets.tags import AS_OF, DAILY, HAND_OVER, NOW, PARTITION, QUARTER_HOUR
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import open_warehouse

FIRST = date(2026, 3, 2)
SETTINGS = """
[project]
name = "lilas"
timezone = "Europe/Paris"
currency = "EUR"
[schedule]
start = 2026-03-02
[shop]
name = "Lilas"
url = "https://lilas.example"
address = "1 rue des Lilas, Lyon"
email = "hello@lilas.example"
unsubscribe_url = "https://lilas.example/stop/{message_key}"
[[sources]]
name = "contacts"
table = "contacts"
path = "data/contacts*.csv"
format = "csv"
[[sources]]
name = "consents"
table = "consents"
path = "data/consents*.csv"
format = "csv"
[[sources]]
name = "orders"
table = "orders"
path = "data/orders*.csv"
format = "csv"
mapping = "mappings/orders.sql"
[[sources]]
name = "site_events"
table = "site_events"
path = "data/events*.csv"
format = "csv"
[[senders]]
name = "outgoing"
kind = "files"
channels = ["email"]
[offers.welcome_10]
warn_below = 0
[alerts]
webhook_env = "LILAS_ALERTS"
"""
AUDIENCE = """
[audiences.regulars]
platform = "google"
topic = "promotions"
segment = "buyers"
[alerts]"""
"""Settings in place of `[alerts]` for a shop that has an audience too."""
CONTACTS = """\
contact_id,email,phone,first_name,last_name,created_at
c1,anna.martin@mail.example,+33612345601,Anna,Martin,2025-01-01T00:00:00
c2,bruno.petit@mail.example,+33612345602,Bruno,Petit,2025-01-01T00:00:00
c3,carla.roux@mail.example,+33612345603,Carla,Roux,2025-01-01T00:00:00
c4,dario.blanc@mail.example,+33612345604,Dario,Blanc,2025-01-01T00:00:00
c5,elsa.noir@mail.example,+33612345605,Elsa,Noir,2025-01-01T00:00:00
"""
SECRETS = ("anna.martin", "carla.roux", "dario.blanc", "+33612345601", "Martin", "Roux,", "Blanc")
FILES = {
    "relance.toml": SETTINGS,
    "data/contacts.csv": CONTACTS,
    "data/consents.csv": """\
contact_id,channel,topic,basis,granted,occurred_at
c1,email,newsletter,opt_in,true,2025-06-01T00:00:00
c4,email,newsletter,opt_in,true,2025-06-01T00:00:00
c3,ads,promotions,opt_in,true,2025-06-01T00:00:00
""",
    "data/orders.csv": "number,buyer,placed,total,state\no1,c3,2026-03-01T10:00:00,40.00,paid\no2,c5,2025-09-01T10:00:00,12.00,paid\n",
    "data/events.csv": """\
event_id,contact_id,occurred_at,name
e1,c1,2026-03-01T10:00:00,signed_up
e2,c2,2026-03-01T11:00:00,signed_up
""",
    "mappings/orders.sql": "select number as order_id, buyer as contact_id, placed as ordered_at, total, state as status from source\n",
    "segments_sql/buyers.sql": "-- Who has bought.\n-- owner: team:crm\nselect contact_id, order_count from facts.contacts where order_count > 0\n",
    "segments_sql/big_buyers.sql": (
        "-- Who has bought for 30 or more.\n-- owner: team:crm\n"
        "select b.contact_id from segments.buyers as b join facts.contacts as c on c.contact_id = b.contact_id where c.revenue >= 30\n"
    ),
    "segments_sql/newcomers.sql": "-- Who signed up.\n-- owner: crm@lilas.example\nselect distinct contact_id from shop.site_events where name = 'signed_up'\n",
    "scenarios/welcome.yaml": """\
scenario: welcome
description: Say hello.
owner: crm@lilas.example
stage: first_order
status: live
category: marketing
topic: newsletter
trigger: {activity: signed_up}
window: {days: mon-sun, from: "09:00", to: "20:00"}
steps:
  - send: hello
  - wait: 2 days
""",
    "scenarios/thanks.yaml": """\
scenario: thanks
description: Thank big buyers.
owner: crm@lilas.example
stage: service
status: live
category: transactional
topic: orders
trigger: {activity: order_placed}
audience: {in: [big_buyers]}
steps:
  - send: thank_you
  - wait: 3 days
""",
    "scenarios/messages/hello/email.html.j2": "---\nsubject: Hello {{ contact.first_name }}\n---\n<p>Hello. {{ unsubscribe_url }}</p>\n",
    "scenarios/messages/thank_you/email.html.j2": "---\nsubject: Thank you\n---\n<p>Your order came in.</p>\n",
}


def write_shop(root: Path, **changes: str) -> Project:
    """Write the shop into *root* and return it; *changes* are settings to replace, old text by new."""
    for name, text in FILES.items():
        write(root, name, text)
    settings = SETTINGS
    for old, new in changes.items():
        assert old in settings
        settings = settings.replace(old, new)
    write(root, "relance.toml", settings)
    return load_project(root)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


class Day:
    """The shop on one day: runs jobs as if it were then. Only *recorded* runs are in the project's history; the others are faster."""

    def __init__(self, project: Project, number: int = 0, *, recorded: bool = False) -> None:
        self.project, self.recorded = project, recorded
        self.day = FIRST + timedelta(days=number)
        self.as_of = tick_of_day(project, self.day)
        self.runner = Runner(project, lambda: self.as_of, {})

    def daily(self, **tags: str) -> Outcome:
        return self._run(DAILY, {PARTITION: str(self.day), NOW: self.as_of.isoformat(), **tags})

    def quarter_hour(self, after: timedelta, **tags: str) -> Outcome:
        at = (self.as_of + after).isoformat()
        return self._run(QUARTER_HOUR, {AS_OF: at, NOW: at, **tags})

    def hand_over(self, after: timedelta) -> Outcome:
        return self._run(HAND_OVER, {NOW: (self.as_of + after).isoformat()})

    def _run(self, job: str, tags: dict[str, str]) -> Outcome:
        if self.recorded:
            return self.runner.run(job, tags)
        with dg.DagsterInstance.ephemeral() as instance:
            return self.runner.run_in(instance, job, tags)


def rows(project: Project, sql: str, as_of: datetime | None = None) -> Sequence[tuple[object, ...]]:
    with open_warehouse(project) as warehouse:
        if as_of is None:
            return warehouse.rows(sql)
        with warehouse.at(as_of):
            return warehouse.rows(sql)


def mails(project: Project) -> int:
    """Return how many e-mails lie in the folder of the sender."""
    return len(list((project.root / ".relance" / "outgoing" / "email" / "new").glob("*.eml")))
