"""What `relance check` says of sources: every problem at its line, before anything runs."""

from pathlib import Path

from pipelines.errors import BadFiles
from pipelines.settings_file import load_project
from pipelines.sources.contract_check import check_sources
from tests.settings_text import HEAD

TOML = (
    HEAD
    + """\
[[senders]]
name = "files"
kind = "files"
channels = ["email"]
"""
)


def said(root: Path, sources: str) -> str:
    (root / "relance.toml").write_text(TOML + sources, encoding="utf-8")
    return str(BadFiles(check_sources(load_project(root))))


def test_every_problem_of_the_sources_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,date,total\n")
    (tmp_path / "orders.sql").write_text("select\n    id as order_id,\n    dat as ordered_at,\n    total\nfrom source\n")
    (tmp_path / "lines.csv").write_text("order_id;line_no;quantity;unit_price\n")
    sources = """
[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
format = "csv"
mapping = "orders.sql"
timestamp_format = "%d/%m/%Q"

[[sources]]
name = "lines"
table = "order_lines"
path = "lines.csv"
format = "csv"
stale_after = "2 days"

[[sources]]
name = "people"
table = "contact"
path = "people/*.csv"
format = "csv"

[[sources]]
name = "later"
table = "refunds"
path = "refunds/*.csv"
format = "csv"
optional = true
"""
    assert said(tmp_path, sources) == (
        "orders.sql:3: unknown column `dat`\n"
        "  hint: did you mean `date`?\n"
        "relance.toml:26: source `orders`: Failed to parse format specifier %d/%m/%Q: Unrecognized format for strftime/strptime: %Q\n"
        "  hint: write it as strptime does, such as %d/%m/%Y %H:%M\n"
        "relance.toml:31: source `lines`: lines.csv has one column: it is separated by `;`, "
        'but the source says delimiter = ","\n'
        "  hint: a run would refuse the file and keep what it loaded before\n"
        "relance.toml:33: source `lines`: order_lines has no time of its own, so it is never stale\n"
        "  hint: leave stale_after out\n"
        "relance.toml:37: source `people` fills `contact`, which is no table of the contract\n"
        "  hint: did you mean `contacts`?\n"
        "relance.toml:38: source `people`: no file matches `people/*.csv`\n"
        "  hint: correct the path, or write optional = true if its files come later"
    )


def test_sources_that_fit_have_no_problem(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,ordered_at,total\n")
    (tmp_path / "events.jsonl").write_text('{"id": 1}\n')
    (tmp_path / "events.sql").write_text("select id as event_id, at_time as occurred_at, 'page_viewed' as name from source\n")
    sources = """
[[sources]]
name = "orders"
table = "orders"
path = "*.csv"
format = "csv"
stale_after = "2 days"

[[sources]]
name = "events"
table = "site_events"
path = "*.jsonl"
format = "jsonl"
mapping = "events.sql"
"""
    assert said(tmp_path, sources) == ""
