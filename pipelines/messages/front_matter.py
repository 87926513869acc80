"""The header of a template: `key: value` lines between two lines of `---`. Values are jinja too."""

import re
from dataclasses import dataclass, field

from pipelines.errors import Problem, nearest

KEYS = ("subject", "preheader")
PARTS = "parts"
"""How many parts a text message may take: one, unless its header says more."""
LINK = re.compile(r"link\.([a-z][a-z0-9_]*)")
FENCE = "---"
SCHEMES = ("https://", "http://", "mailto:", "tel:")
"""What the address of a link begins with."""


@dataclass(frozen=True)
class Field:
    """One value of the header and the line it stands on."""

    text: str
    line: int


@dataclass(frozen=True)
class FrontMatter:
    """`body` keeps the lines of the file: those of the header are empty, so that errors name the right ones."""

    body: str
    fields: dict[str, Field] = field(default_factory=dict)
    links: dict[str, Field] = field(default_factory=dict)
    parts: dict[str, Field] = field(default_factory=dict)


def parse(text: str, file: str) -> tuple[FrontMatter, list[Problem]]:
    """Return the header and body of a template and what is wrong with the header; a file may have none."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return FrontMatter(text), []
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == FENCE), None)
    if end is None:
        return FrontMatter(""), [Problem(file, 1, "the header that `---` opens is never closed", "put another line `---` after it")]
    found = FrontMatter("\n" * (end + 1) + "\n".join(lines[end + 1 :]))
    entries = [(number, line) for number, line in enumerate(lines[1:end], 2) if line.strip() and not line.startswith("#")]
    return found, [problem for number, line in entries if (problem := _read(found, line, number, file))]


def _read(found: FrontMatter, line: str, number: int, file: str) -> Problem | None:
    key, colon, value = (part.strip() for part in line.partition(":"))
    link = LINK.fullmatch(key)
    known, name = (found.links, link[1]) if link else (found.parts if key == PARTS else found.fields, key)
    if not colon:
        return Problem(file, number, f"`{line.strip()}` is no line of a header", "write `subject: …`, `preheader: …` or `link.name: …`")
    if not link and key not in (*KEYS, PARTS):
        hint = nearest(key, (*KEYS, PARTS)) or "a header has `subject`, `preheader` and `link.<name>`, that of an sms `parts` too"
        return Problem(file, number, f"unknown key `{key}` in the header", hint)
    if name in known:
        return Problem(file, number, f"`{key}` stands twice in the header", f"it is on line {known[name].line} already")
    if link and (same := next((other for other, field in known.items() if field.text == value), None)):
        return Problem(file, number, f"`link.{name}` leads where `link.{same}` does: clicks could not be told apart", "use one of them for both")
    known[name] = Field(value, number)
    return None
