"""
Text files made safe to read: each record gets its line number, what is no record is set apart, all of it in UTF-8.

The engine neither says which line of a file a row came from nor stops at every torn line; a person who must mend the file needs both.
"""

import csv
import re
from collections import deque
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Iterator, Sequence, TextIO

from pipelines.errors import SourceRefused
from pipelines.settings import SourceSettings
from pipelines.sources.encodings import ForeignLetters, is_text, opened_text

UNIT_SEPARATOR = "\x1f"
LONGEST_LINE = 400_000
LONGEST_RECORD = 1_000
"""Lines that one quoted record may span; a quote that is never closed costs one line, not the rest of the file."""

UNCLOSED = "has a quote that is not closed, or not doubled inside a quoted cell"

Line = tuple[int, str]


@dataclass(frozen=True)
class TextFile:
    """A text file as rewritten: `rows` holds line number and fields, `torn` holds line number, reason and text of what is no record."""

    rows: Path
    torn: Path
    columns: tuple[str, ...]
    delimiter: str
    quote: str


def rewrite(path: Path, source: SourceSettings, folder: Path) -> TextFile:
    """Rewrite *path* into *folder*; raise SourceRefused for a file that is not text in the source's encoding, OSError where it cannot be read."""
    delimiter, quote = _punctuation(source)
    with opened_text(path, source) as text, _new(folder / "rows") as rows, _new(folder / "torn") as torn:
        lines = _Lines(text)
        columns = _columns(lines, source)
        _separate(lines, Splitter(delimiter, quote, len(columns), source), rows, torn)
    return TextFile(folder / "rows", folder / "torn", columns, delimiter, quote)


def header_of(path: Path, source: SourceSettings) -> tuple[str, ...]:
    """Return the columns of a CSV file without reading more than its first lines; empty for an empty file."""
    with opened_text(path, source) as text:
        return _columns(_Lines(text), source)


def _new(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


class _Lines:
    """The numbered lines of a text, some of which may be handed back to be looked at again."""

    def __init__(self, text: TextIO) -> None:
        self._lines = enumerate(iter(partial(text.readline, LONGEST_LINE), ""), 1)
        self._returned: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        while True:
            while self._returned:
                yield self._returned.popleft()
            line = next(self._lines, None)
            if line is None:
                return
            if len(line[1]) == LONGEST_LINE:
                raise SourceRefused(f"has more than {LONGEST_LINE} characters in line {line[0]}: is it a text file?")
            yield line

    def hand_back(self, lines: Sequence[Line]) -> None:
        self._returned.extendleft(reversed(lines))


@dataclass(frozen=True)
class Splitter:
    """Tells records from torn lines."""

    delimiter: str
    quote: str
    width: int
    source: SourceSettings

    @cached_property
    def _plain_record(self) -> re.Pattern[str]:
        quote, delimiter = re.escape(self.quote), re.escape(self.delimiter)
        field = f"(?:{quote}(?:[^{quote}\\n]++|{quote}{quote})*+{quote}|[^{quote}{delimiter}\\n]*+)"
        return re.compile(f"{field}(?:{delimiter}{field}){{{self.width - 1}}}\\n?")

    def is_plain(self, line: str) -> bool:
        """Return whether *line* is one whole record as RFC 4180 has it: three times as fast as splitting it."""
        return self._plain_record.fullmatch(line) is not None

    def wrong_width(self, fields: int) -> str:
        """Return what is wrong with a record of so many *fields*, or nothing."""
        if fields == self.width:
            return ""
        return "is not a JSON object" if self.source.format == "jsonl" else f"has {_counted(fields)} where {_counted(self.width)} are expected"

    def wrong_text(self, line: str) -> str:
        """Return what is wrong with the letters of *line*, or nothing."""
        return "" if line.isascii() or is_text(line) else f"is not {self.source.encoding} text"

    def quoted(self, first: Line, lines: _Lines) -> tuple[list[str], str]:
        """Return the fields of the record that begins with *first*, and its text; no field where a quote is never closed."""
        taken = [first]
        following = iter(lines)

        def feed() -> Iterator[str]:
            yield first[1]
            for line in islice(following, LONGEST_RECORD):
                taken.append(line)
                yield line[1]

        try:
            fields = next(csv.reader(feed(), delimiter=self.delimiter, quotechar=self.quote, strict=True))
        except csv.Error:
            lines.hand_back(taken[1:])
            return [], first[1]
        return fields, "".join(text for _, text in taken)


def _separate(lines: _Lines, splitter: Splitter, rows: TextIO, torn: TextIO) -> None:
    """Write every record to *rows* and every torn line to *torn*."""
    delimiter, quote = splitter.delimiter, splitter.quote
    quoting = csv.writer(rows, delimiter=delimiter, quotechar=quote or None, lineterminator="\n", quoting=csv.QUOTE_ALL if quote else csv.QUOTE_NONE)
    refused = csv.writer(torn, lineterminator="\n")
    foreign = ForeignLetters(splitter.source)
    for number, line in lines:
        text, complaint = line, ""
        fields: list[str] = []
        if quote and quote in line:
            if not splitter.is_plain(line):
                fields, text = splitter.quoted((number, line), lines)
                complaint = splitter.wrong_width(len(fields)) if fields else UNCLOSED
        elif line.isspace():
            continue
        else:
            complaint = splitter.wrong_width(line.count(delimiter) + 1)
        complaint = complaint or splitter.wrong_text(text)
        if complaint:
            refused.writerow([number, complaint, _printable(text)])
        elif fields:
            quoting.writerow([number, *fields])
        else:
            rows.write(f"{number}{delimiter}{line}" if line.endswith("\n") else f"{number}{delimiter}{line}\n")
        foreign.look(text)
    foreign.conclude()


def _punctuation(source: SourceSettings) -> tuple[str, str]:
    return (UNIT_SEPARATOR, "") if source.format == "jsonl" else (source.delimiter, source.quote)


def _columns(lines: _Lines, source: SourceSettings) -> tuple[str, ...]:
    """Return the names of the columns, taking the header off *lines*."""
    if source.format == "jsonl":
        return ("line",)
    first = next((line for line in lines if not line[1].isspace()), None)
    if first is None:
        return ()
    delimiter, quote = _punctuation(source)
    fields = Splitter(delimiter, quote, 0, source).quoted(first, lines)[0] if quote and quote in first[1] else first[1].rstrip("\n").split(delimiter)
    if source.header:
        return distinct(fields)
    lines.hand_back([first])
    return tuple(f"column{number}" for number in range(len(fields)))


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return *names* trimmed, the nameless ones numbered, and the second of two that differ in nothing or in case only marked `_1`."""
    found: dict[str, str] = {"file_line": ""}
    for place, name in enumerate(names):
        wanted = name.strip() or f"column{place}"
        suffix = next(end for end in ("", *(f"_{count}" for count in range(1, len(names) + 1))) if (wanted + end).casefold() not in found)
        found[(wanted + suffix).casefold()] = wanted + suffix
    return tuple(islice(found.values(), 1, None))


def _counted(columns: int) -> str:
    return f"{columns} column{'' if columns == 1 else 's'}"


def _printable(text: str) -> str:
    return text.rstrip("\n").encode("utf-8", "replace").decode("utf-8")
