"""What Dagster keeps of runs names nobody: its history outlives every row that `relance forget` erases."""

import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.in_process import Outcome
from pipelines.assets.nameless import nameless_errors
from pipelines.errors import RelanceError, SourceRefused, Unforeseen
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import memory_warehouse, open_warehouse
from tests.assets.small_shop import CONTACTS, FILES, SETTINGS, Day, write, write_shop
from tests.environment import untouched_environment

ID, NAME, FAMILY, ADDRESS, PHONE, BROWSER = "ZQ-771", "Zelda", "Zorglub", "zelda.zorglub@private.example", "+33698765432", "ZV-9"
TOLD = (ID, NAME, FAMILY, "private.example", "698765432", BROWSER)
MORE = """
[[sources]]
name = "broken"
table = "custom_events"
path = "data/broken*.csv"
format = "csv"
[[sources]]
name = "tags"
table = "contact_tags"
path = "data/tags*.csv"
format = "csv"
mapping = "mappings/tags.sql"
[attributes.shoe]
activity = "signed_up"
value = "cast(url as integer)"
type = "number"
[alerts]"""
ODD = {
    "data/contacts.csv": f"{CONTACTS}{ID},{ADDRESS},{PHONE},{NAME},{FAMILY},2025-01-01T00:00:00\n",
    "data/contacts-2.csv": f"{CONTACTS.splitlines()[0]}\nZQ-772,{ADDRESS},{PHONE},{NAME},{FAMILY},{NAME} `{FAMILY}\n",
    "data/consents.csv": f"{FILES['data/consents.csv']}{ID},email,newsletter,opt_in,true,2025-06-01T00:00:00\n",
    "data/orders-2.csv": f"number,buyer,placed,total,state\n{NAME},{ID},{FAMILY},{NAME},paid\n",
    "data/orders-3.csv": f"number,buyer,placed,total,state\nz9,{ID},2026-02-28T10:00:00,90,{NAME}\n",
    "data/events-2.csv": f"event_id,contact_id,visitor_id,occurred_at,name,url\nz1,{ID},{BROWSER},2026-03-01T10:00:00,signed_up,https://lilas.example/?who={NAME}\n",
    "data/broken.csv": f"{ID},{NAME},{FAMILY},{ADDRESS},{PHONE}\n{ID},{NAME},{FAMILY},{ADDRESS},{PHONE}\n",
    "data/tags.csv": f"who,what\n{ID},{FAMILY}\n",
    "mappings/tags.sql": "select who as contact_id, what as tag, cast(what as timestamp) as added_at from source\n",
    "segments_sql/odd.sql": "-- Odd.\n-- owner: team:crm\nselect contact_id from shop.contacts where cast(first_name as integer) > 3\n",
    "segments_sql/named.sql": (
        "-- Named.\n-- owner: team:crm\nselect contact_id, first_name as name, last_name as status, email as mail, phone as line from shop.contacts\n"
    ),
    "segments_sql/looked_at.sql": (
        "-- Looked at.\n-- owner: team:crm\n-- check: cast(family as integer) > 0\nselect contact_id, last_name as family from shop.contacts\n"
    ),
    "scenarios/messages/hello/data.sql": "select m.message_key, cast(c.last_name as integer) as n from messages m join shop.contacts c on c.contact_id = m.contact_id\n",
    "scenarios/messages/hello/email.html.j2": "---\nsubject: Hello\n---\n<p>{{ data.n }} {{ unsubscribe_url }}</p>\n",
}
"""A shop in which her name, address and id are wherever a file or a message can be odd."""
WRONG = f"{ID} <{ADDRESS}> of {NAME} {FAMILY}: no such user"


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, list[Outcome]]]:
    """Two days of it in its own history; before the second one a provider has refused her message, and named her."""
    root = tmp_path_factory.mktemp("odd") / "shop"
    write_shop(root)
    for name, text in ODD.items():
        write(root, name, text)
    write(root, "relance.toml", SETTINGS.replace("[alerts]", MORE).replace('path = "data/contacts*.csv"', 'path = "data/contacts*.csv"\nmax_reject_rate = 1.0'))
    project = load_project(root)
    with untouched_environment():
        first = [Day(project, recorded=True).daily(), Day(project, recorded=True).hand_over(timedelta(hours=5))]
        with open_warehouse(project) as warehouse:
            key = warehouse.value("select max(message_key) from outbox.messages where contact_id = $who", who=ID)
            row = (key, "outgoing", 9, "refused", Day(project).as_of, WRONG)
            warehouse.append("delivery.sends", ["message_key", "sender", "attempt", "state", "changed_at", "error"], [row])
        yield project, [*first, Day(project, 1, recorded=True).daily()]


def test_the_history_of_runs_names_nobody(days: tuple[Project, list[Outcome]]) -> None:
    project, outcomes = days
    assert kept(project) == {}
    said = "\n".join(outcomes[0].failed_checks)
    for why in (
        "data/broken.csv has no column `event_id`; none of its columns has a name that is known",
        "data/tags.csv cannot be read through mappings/tags.sql: invalid timestamp field format: `…`",
        "total `…` is not a number",
        "segments/odd: Could not convert string `…`",
        "segments/looked_at: Could not convert string `…`",
    ):
        assert why in said
    with open_warehouse(project) as warehouse:
        assert ("hello", "invalid_content") in warehouse.rows("select step, reason from outbox.messages where contact_id = $who", who=ID)
        assert warehouse.value("select count(*) from facts.unread_answers where contact_id = $who", who=ID) == 1
        assert warehouse.value("select count(*) from raw.rejects where contains(reason, $name)", name=FAMILY) == 1
    assert "created_at `…` is not a date and time" in _shown(project, "sources", "contacts", "rows refused")
    assert "no such user" in _shown(project, "senders", "outgoing", "last errors")
    assert _shown(project, "segments", "named", "preview").splitlines()[-1].startswith("| … | ")


def kept(project: Project) -> dict[str, set[str]]:
    """Return which of the words that tell who she is are in which files of Dagster's, and of the reports."""
    found = {}
    for path in sorted([*(project.root / ".dagster").rglob("*"), *(project.root / ".relance" / "reports").rglob("*")]):
        if path.is_file() and (words := {word for word in TOLD if word.encode() in path.read_bytes()}):
            found[path.relative_to(project.root).as_posix()] = words
    return found


def _shown(project: Project, group: str, name: str, what: str) -> str:
    """Return what the latest materialization that shows *what* shows there."""
    with dg.DagsterInstance.from_config(str(project.root / ".dagster")) as instance:
        made = [record.asset_materialization for record in instance.fetch_materializations(dg.AssetKey([group, name]), limit=9).records]
    return str(next(each.metadata[what].value for each in made if each and what in each.metadata))


def test_what_a_row_holds_is_in_no_reason_that_outlives_it(days: tuple[Project, list[Outcome]]) -> None:
    with open_warehouse(days[0]) as warehouse:
        reasons = warehouse.rows("select reason from raw.loads union all select reason from raw.files union all select reason from segments.sizes")
    assert [reason for (reason,) in reasons if reason and any(word in reason for word in TOLD)] == []


def test_an_error_that_nobody_foresaw_passes_without_what_it_quotes() -> None:
    raised = []
    for wrong in (_engine, lambda: {}[ID], lambda: int(f"{NAME}'s {FAMILY}"), lambda: Path("/no/such/file").read_text(), _ours):
        with pytest.raises(RelanceError) as caught, nameless_errors():
            wrong()
        assert not any(word in "".join(traceback.format_exception(caught.value)) for word in TOLD)
        raised.append((caught.type, str(caught.value)))
    assert raised == [
        (Unforeseen, "ConversionException: Could not convert string `…` to INT32 when casting from source column name"),
        (Unforeseen, "KeyError: …"),
        (Unforeseen, "ValueError: invalid literal for int() with base 10: …"),
        (Unforeseen, "FileNotFoundError: [Errno 2] No such file or directory: '/no/such/file'"),
        (RelanceError, "nobody at z***@p***.example"),
    ]


def _engine() -> None:
    with memory_warehouse() as warehouse:
        warehouse.value("select cast(name as integer) from (select $name as name)", name=f"{NAME}\n{FAMILY}'s")


def _ours() -> None:
    try:
        _engine()
    except Exception as error:
        raise SourceRefused(f"nobody at {ADDRESS}") from error
