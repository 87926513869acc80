"""What a project's files ask of a tick."""

from pathlib import Path

import pytest

from pipelines.settings_file import load_project
from pipelines.workbench.project_files import read_files
from tests.settings_text import HEAD

REST = """
[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
format = "csv"

[[senders]]
kind = "files"
name = "files"
channels = ["email"]
"""
SEGMENT = "-- Owners of a lamp.\n-- owner: crm@shop.example\nselect distinct p.contact_id from shop.purchases p join facts.bought_together t on t.product_id = p.product_id"
DATA = """select m.message_key, min(t.related_id) as related from messages m
left join facts.bought_together t on t.product_id = m.product_id and t.place = 1 group by m.message_key"""
MESSAGES = "scenarios/messages"


def mail(body: str) -> str:
    return f"---\nsubject: Hello\n---\n<p>{body}</p>\n"


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        pytest.param({f"{MESSAGES}/m/email.html.j2": mail("Hello")}, False, id="nobody"),
        pytest.param({f"{MESSAGES}/m/email.html.j2": mail("{% for each in recommendations %}{{ each.name or '' }}{% endfor %}")}, True, id="a_template"),
        pytest.param({f"{MESSAGES}/m/email.html.j2": mail("{{ data.related or '' }}"), f"{MESSAGES}/m/data.sql": DATA}, True, id="a_data_sql"),
        pytest.param({"segments_sql/lamps.sql": SEGMENT}, True, id="a_segment"),
    ],
)
def test_what_is_bought_together_is_asked_by_whatever_reads_it(tmp_path: Path, files: dict[str, str], asked: bool) -> None:
    for name, text in {"relance.toml": HEAD + REST, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    read = read_files(load_project(tmp_path))
    assert read.problems == []
    assert read.ask_what_is_bought_together is asked
