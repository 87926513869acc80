"""
Replays the Online Retail export day by day and compares with numbers counted independently on the same file.

Run it whole, R from 2010-12-01 to 2011-08-31, with `python -m tests.projects.online_retail.replay FOLDER`; FOLDER holds the Parquet file.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from rich.progress import track

from pipelines.settings import Project
from pipelines.ticks import days, tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.workbench.project_files import read_files
from pipelines.workbench.replay import run_tick
from tests.projects.real_data import project_over

HERE = Path(__file__).parent
FIRST, LAST = date(2010, 12, 1), date(2011, 8, 31)
AS_OF = {  # customers, orders, one-time buyers, three orders or more, lapsed, exactly 90 days that day
    date(2011, 2, 28): (1682, 3384, 1021, 361, 0, 0),
    date(2011, 3, 31): (2134, 4705, 1247, 510, 358, 0),
    date(2011, 5, 31): (2718, 7409, 1332, 827, 759, 19),
    date(2011, 6, 30): (2960, 8802, 1357, 988, 991, 22),
    date(2011, 8, 31): (3317, 11_413, 1376, 1290, 1394, 11),
}
CROSSING = {
    date(2011, 6, 24): 0, date(2011, 6, 25): 13, date(2011, 6, 26): 17, date(2011, 6, 27): 9, date(2011, 6, 28): 24, date(2011, 6, 29): 19,
    date(2011, 6, 30): 22, date(2011, 7, 1): 0, date(2011, 7, 2): 4, date(2011, 7, 3): 13,
}  # fmt: skip
CROSSINGS, CONTACTS_CROSSING = 2140, 1990


def play(warehouse: Warehouse, project: Project, references: Iterable[date]) -> Iterator[tuple[date, int]]:
    """Run the tick that ends each reference day; yield the day and how many contacts entered the win-back."""
    files = read_files(project)
    for reference in references:
        advanced = run_tick(warehouse, project, files, tick_of_day(project, reference + timedelta(days=1)), send=False)
        yield reference, sum(each.entered for each in advanced)


def numbers(warehouse: Warehouse) -> tuple[int, ...]:
    """Return what AS_OF lists, as facts and segments of the last tick have it."""
    return tuple(int(value) for value in warehouse.rows(HERE / "numbers.sql")[0])


def main(folder: Path) -> int:
    """Replay everything; return 0 when every number is the one expected."""
    with tempfile.TemporaryDirectory() as scratch:
        project = project_over("online_retail", sorted(folder.glob("*.parquet")), Path(scratch) / "online_retail")
        wrong, total = [], 0
        with open_warehouse(project) as warehouse:
            every = list(days(FIRST, LAST))
            for reference, entered in track(play(warehouse, project, every), total=len(every), description="replaying"):
                total += entered
                if CROSSING.get(reference, entered) != entered:
                    wrong.append(f"{reference}: {entered} entered, expected {CROSSING[reference]}")
                if reference in AS_OF:
                    found, expected = numbers(warehouse), AS_OF[reference]
                    print(f"{reference}: customers, orders, one-time, three or more, lapsed: {found}; entered that day: {entered}")
                    if (*found, entered) != expected:
                        wrong.append(f"{reference}: {found} and {entered} entered, expected {expected}")
            contacts = warehouse.value("select count(distinct contact_id) from journeys.enrolments")
            spenders = warehouse.rows("select contact_id from segments.members where segment = 'big_spenders' and contact_id = '12346'")
        print(f"{total} entered the win-back, {contacts} contacts; 12346 is {'' if spenders else 'not '}a big spender")
        if (total, contacts, spenders) != (CROSSINGS, CONTACTS_CROSSING, []):
            wrong.append(f"expected {CROSSINGS} entries of {CONTACTS_CROSSING} contacts, and 12346 no big spender")
    print("\n".join(wrong) or "every number is the one expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
