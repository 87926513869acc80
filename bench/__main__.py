"""`make bench`: everything the README says about speed and memory. Each part runs in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

CONSOLE = Console()
DAYS, SCENARIOS = 8, 12
MAILINGS = ((10_000,), (100_000,), (1_000_000, 20_000))
"""Messages that wait; and of the most so many that go, since to send them all takes half an hour."""


def run(module: str, *arguments: object) -> Any:
    """Run a part and return what it printed as JSON."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None


def ticks(folder: Path, contacts: int, years: float = 2, count: int = SCENARIOS) -> Any:
    """Return the measures of one size of shop."""
    CONSOLE.print(f"building {contacts:,} contacts with {years} years of history and {count} scenarios, playing {DAYS} days", style="dim")
    run("bench.ticks", "prepare", folder, contacts, years, DAYS, count)
    return run("bench.ticks", "measure", folder, contacts, years, DAYS, count)


def sending(folder: Path) -> Any:
    """Return what rendering costs alone, and what mailings of several sizes cost to send, each in a copy of one shop."""
    run("bench.sending", "prepare", folder, 3000)
    sizes = []
    for size in MAILINGS:
        copy = shutil.copytree(folder, folder.with_name(f"mailing_{size[0]}"))
        run("bench.sending", "copies", copy, size[0])
        sizes.append(run("bench.sending", "measure", copy, *size[1:]))
        shutil.rmtree(copy)
    return {"alone": run("bench.sending", "alone", folder), "sizes": sizes}


def main(contacts: int) -> None:
    """Measure and print: a large shop, its growth, the load, the framework, a mailing."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        large = ticks(root / "large", contacts)
        floor = run("bench.floor", root / "large", "pandas")
        show_large(contacts, large, floor)
        tenth = ticks(root / "tenth", contacts // 10)
        old = ticks(root / "old", contacts // 10, 8)
        many = ticks(root / "many", contacts // 10, 2, 200)
        show_growth(
            contacts, {"a tenth of the contacts": tenth, "a tenth, history four times as long": old, "a tenth, 200 scenarios": many, "all contacts": large}
        )
        load = run("bench.loading", root / "load", contacts * 5)
        CONSOLE.print(
            f"load: {load['rows']:,} rows of Parquet with keys checked, {load['rows_per_cpu_second']:,} rows per CPU second, {load['load_peak_mb']} MB at most"
        )
        framework = run("bench.framework", root / "framework")
        CONSOLE.print(
            f"framework: a daily run of a small sample shop takes {framework['run_cpu']} CPU s in Dagster, its stages alone {framework['stages_cpu']} CPU s; "
            "the rest is Dagster, its history, hand-over, report and read copy"
        )
        checked = run("bench.checking", root / "checking")
        CONSOLE.print(
            f"check: the sample project in {checked['shipped_cpu']} CPU s, with {checked['count']} scenarios of 30 steps more in {checked['many_cpu']} CPU s"
        )
        lag = run("bench.lag", root / "lag", 3000)
        show_lag(lag)
        show_sending(sending(root / "sending"))
    CONSOLE.print(f"measured in {time.monotonic() - began:.0f} s", style="dim")


def events_of(size: Any) -> int:
    return sum(size["rows"][each] for each in ("orders", "sessions", "site_events", "message_events"))


def show_large(contacts: int, large: Any, floor: Any) -> None:
    table = Table(title=f"{contacts:,} contacts, {events_of(large):,} events, {large['rows']['in_flight']:,} in flight")
    for heading in ("work", "CPU s", "times one scan"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    scan = floor["scan_cpu"]
    rows = [("one scan of the needed columns", scan), *((f"daily tick: {stage}", cpu) for stage, cpu in large["daily_cpu"].items())]
    rows += [("daily tick, all", large["daily_total_cpu"]), ("quarter-hour tick, all", large["quarter_total_cpu"])]
    rows += [("pandas: facts from the whole history", floor["pandas_facts_cpu"]), ("pandas: twelve segments", floor["pandas_segments_cpu"])]
    for work, cpu in rows:
        table.add_row(work, f"{cpu:.2f}", f"{cpu / scan:.1f}")
    CONSOLE.print(table)
    CONSOLE.print(f"after the hand-over, once a day: the file is tidied in {large['tidy_cpu']} CPU s")
    CONSOLE.print(f"memory at most: daily tick {large['peak_mb']} MB, pandas {floor['pandas_peak_mb']} MB")


def show_lag(lag: Any) -> None:
    tick = lag.pop("tick")
    for scenario, found in sorted(lag.items()):
        said = f"{found['median_minutes']} minutes from the activity to the message, {found['most_minutes']} at most"
        CONSOLE.print(f"lag with quarter-hour ticks: {scenario}, {said}")
    CONSOLE.print(f"a tick of that shop hands its last message over {tick['median_seconds']} s after it begins, {tick['most_seconds']} s at most")


def show_sending(found: Any) -> None:
    for name, alone in found["alone"].items():
        CONSOLE.print(
            f"messages a CPU second, {name} of {alone['html_bytes']:,} bytes: {alone['rendered_per_cpu_second']:,} rendered "
            f"(their data looked up alone {alone['data_looked_up_per_cpu_second']:,}, their templates alone {alone['templates_per_cpu_second']:,}), "
            f"{alone['written_per_cpu_second']:,} written as mails"
        )
    table = Table(title="a mailing, to a mail server on loopback that takes everything")
    for heading in ("waiting", "sent", "a second", "a CPU second", "CPU of the server, times ours", "claim and record, of our CPU", "MB at most"):
        table.add_column(heading, justify="right")
    for size in found["sizes"]:
        shares = (f"{size['sink_cpu_share']:.2f}", f"{size['claim_and_record_share']:.1%}")
        counts = [f"{size[name]:,}" for name in ("waiting", "messages", "per_second", "per_cpu_second")]
        table.add_row(*counts, *shares, f"{size['peak_mb']:,}")
    CONSOLE.print(table)


def show_growth(contacts: int, sizes: dict[str, Any]) -> None:
    table = Table(title="growth")
    for heading in ("shop", "events", "in flight", "daily CPU s", "of it scenarios", "quarter-hour CPU s"):
        table.add_column(heading, justify="left" if heading == "shop" else "right")
    for name, size in sizes.items():
        events = events_of(size)
        table.add_row(
            name,
            f"{events:,}",
            f"{size['rows']['in_flight']:,}",
            f"{size['daily_total_cpu']:.2f}",
            f"{size['daily_cpu']['enter, advance, outbox']:.2f}",
            f"{size['quarter_total_cpu']:.2f}",
        )
    CONSOLE.print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
