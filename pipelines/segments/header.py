"""The comment block at the top of a segment: what it means, who owns it, what must hold before it is published."""

import re
from dataclasses import dataclass

from pipelines.errors import Problem

OWNER = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$|^team:[a-z][a-z0-9_-]*$")


@dataclass(frozen=True)
class Check:
    """A condition on the segment's columns: true for every row, or, with count(*) and the like, for the whole."""

    line: int
    condition: str


@dataclass(frozen=True)
class Header:
    meaning: str = ""
    owner: str = ""
    checks: tuple[Check, ...] = ()


def read_header(text: str, file: str) -> tuple[Header, list[Problem]]:
    """Return the header of a segment's *text*, and what is wrong with it."""
    words: list[str] = []
    owners: list[tuple[int, str]] = []
    checks: list[Check] = []
    for number, line in _comment_lines(text):
        key, _, value = line.partition(":")
        match key.lower():
            case "owner":
                owners.append((number, value.strip()))
            case "check":
                checks.append(Check(number, value.strip()))
            case _:
                words.append(line)
    header = Header(" ".join(words).strip(), owners[0][1] if owners else "", tuple(checks))
    return header, list(_problems(header, owners, file))


def _comment_lines(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.strip().startswith("--"):
            break
        found.append((number, line.strip().removeprefix("--").strip()))
    return found


def _problems(header: Header, owners: list[tuple[int, str]], file: str) -> list[Problem]:
    found = []
    if not header.meaning:
        found.append(Problem(file, 1, "does not say what the segment means", "begin the file with a line such as `-- Contacts who have not ordered for 90 days.`"))
    if not owners:
        found.append(Problem(file, 1, "has no owner", "add a line `-- owner: crm@shop.example` or `-- owner: team:crm` at the top"))
    found += [Problem(file, line, "names a second owner", "keep one `owner:` line") for line, _ in owners[1:]]
    if owners and not OWNER.match(header.owner):
        found.append(Problem(file, owners[0][0], f"owner `{header.owner}` is neither an address nor a team", "write `-- owner: crm@shop.example` or `-- owner: team:crm`"))
    return found
