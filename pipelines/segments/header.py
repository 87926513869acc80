"""The comment block at the top of a segment: what it means, who owns it, what must hold before it is published, how often it is built."""

import re
from dataclasses import dataclass

from pipelines.errors import Problem

Mark = tuple[int, str]
"""Line and value of a `key: value` line."""

OWNER = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$|^team:[a-z][a-z0-9_-]*$")


@dataclass(frozen=True)
class Check:
    """A condition on the segment's columns: true for every row, or, with count(*) and the like, for the whole."""

    line: int
    condition: str


@dataclass(frozen=True)
class Header:
    """`daily`: built by the first tick of each day only, as `refresh: daily` says; otherwise by every tick."""

    meaning: str = ""
    owner: str = ""
    checks: tuple[Check, ...] = ()
    daily: bool = False


def read_header(text: str, file: str) -> tuple[Header, list[Problem]]:
    """Return the header of a segment's *text*, and what is wrong with it."""
    words: list[str] = []
    marks: dict[str, list[Mark]] = {"owner": [], "check": [], "refresh": []}
    for number, line in _comment_lines(text):
        key, colon, value = line.partition(":")
        if colon and key.lower() in marks:
            marks[key.lower()].append((number, value.strip()))
        else:
            words.append(line)
    owners, refreshes = marks["owner"], marks["refresh"]
    header = Header(" ".join(words).strip(), owners[0][1] if owners else "", tuple(Check(*mark) for mark in marks["check"]), bool(refreshes))
    return header, _problems(header, owners, file) + _refresh_problems(refreshes, file)


def _comment_lines(text: str) -> list[Mark]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.strip().startswith("--"):
            break
        found.append((number, line.strip().removeprefix("--").strip()))
    return found


def _refresh_problems(refreshes: list[Mark], file: str) -> list[Problem]:
    hint = "write `-- refresh: daily` for a segment that whole days are enough for; without it, every tick builds what scenarios ask for"
    return [Problem(file, line, f"refresh `{value}` is not known", hint) for line, value in refreshes if value != "daily"]


def _problems(header: Header, owners: list[Mark], file: str) -> list[Problem]:
    found = []
    if not header.meaning:
        found.append(
            Problem(file, 1, "does not say what the segment means", "begin the file with a line such as `-- Contacts who have not ordered for 90 days.`")
        )
    if not owners:
        found.append(Problem(file, 1, "has no owner", "add a line `-- owner: crm@shop.example` or `-- owner: team:crm` at the top"))
    found += [Problem(file, line, "names a second owner", "keep one `owner:` line") for line, _ in owners[1:]]
    if owners and not OWNER.match(header.owner):
        found.append(
            Problem(
                file, owners[0][0], f"owner `{header.owner}` is neither an address nor a team", "write `-- owner: crm@shop.example` or `-- owner: team:crm`"
            )
        )
    return found
