"""HTML → plain text; and for a page whose words are not known yet, what fills them into its text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from operator import itemgetter

from inscriptis import get_text  # type: ignore[import-untyped]
from inscriptis.css_profiles import CSS_PROFILES  # type: ignore[import-untyped]
from inscriptis.html_properties import Display  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]
from inscriptis.model.html_document_state import HtmlDocumentState  # type: ignore[import-untyped]
from inscriptis.model.html_element import HtmlElement  # type: ignore[import-untyped]
from inscriptis.model.table import Table, TableCell  # type: ignore[import-untyped]
from inscriptis.model.tag import CustomHtmlTagHandlerMapping  # type: ignore[import-untyped]
from inscriptis.model.tag.table_tag import table_start_handler  # type: ignore[import-untyped]

CENTRED = re.compile(r"""\balign=["']?center\b["']?""", re.IGNORECASE)
"""What is in the middle on a page would be far from the left in lines of no width."""
BLANK_LINES = re.compile(r"\n{3,}")
LIST = HtmlElement(display=Display.block, margin_before=1, margin_after=1, padding_inline=4)
AS_IN_A_BROWSER = CSS_PROFILES["strict"] | {"ul": LIST, "ol": LIST}
LINKS_SHOWN = ParserConfig(AS_IN_A_BROWSER, display_links=True)
GAP = LINKS_SHOWN.table_cell_separator
SLOT, LAST_SLOT = 0xE000, 0xF8FF
"""Characters for private use, which are words to every parser: the first stands for the first value to be filled in."""
LINE, LAST_LINE = 0xF0000, 0xFFFFD
"""More of them: the first stands for the first line of a table."""
UNKNOWN = re.compile(f"([{chr(SLOT)}-{chr(LAST_SLOT)}{chr(LINE)}-{chr(LAST_LINE)}])")
LINES = re.compile(f"[{chr(LINE)}-{chr(LAST_LINE)}]")
LAST_OF_LINE = re.compile(rf"[{chr(LINE)}-{chr(LAST_LINE)}](?=[^\S\n]*(?:\n|\Z))")
ENTITY = re.compile(f"(&[A-Za-z0-9#]*)([{chr(SLOT)}-{chr(LAST_SLOT)}])")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9#;]")
ALIGNED: dict[str, Callable[[str, int], str]] = {"<": str.ljust, ">": str.rjust, "^": str.center}

Fill = Callable[[Sequence[str]], str | None]


@dataclass(frozen=True)
class _Cell:
    """What one line of a table shows in one column."""

    text: str
    align: str


def plain_text(html: str) -> str:
    """Return an HTML message as plain text: link addresses beside their words, tables in columns, nothing hidden."""
    return _tidied(get_text(CENTRED.sub("", html), LINKS_SHOWN))


def plain_text_to_fill(html: str, count: int) -> Fill:
    """
    Return what gives the text of *html* with *count* words or addresses, each a sign from `SLOT` on, replaced by others.

    Those must not be empty, and without spaces at their ends, line breaks and `&`. None where one of them, behind a `&`, could be read as an entity.
    """
    lines: list[list[_Cell]] = []
    ends: list[int] = []
    text = get_text(CENTRED.sub("", html), _with_tables(lines, ends))
    # inscriptis resolves what looks like an entity in text, though none is left in it.
    shown = (text, *(cell.text for line in lines for cell in line))
    open_entities = [(found[1], ord(found[2]) - SLOT) for each in shown for found in ENTITY.finditer(each)]
    text = _tidied(_without_columns(text, lines, ends))
    template = _filling(text, count)
    needed = _needed(text, lines, ends)
    tables = [(start + count, end + count, _aligned(lines[start:end], count)) for start, end in pairwise([0, *ends]) if start in needed]
    at_the_end = [_number(sign, count) for sign in LAST_OF_LINE.findall(text)]
    unknown = [""] * len(lines)

    def fill(values: Sequence[str]) -> str | None:
        if any(_may_be_entity(begins, values[number]) for begins, number in open_entities):
            return None
        known = [*values, *unknown]
        for start, end, table in tables:
            known[start:end] = table(known)
        for number in at_the_end:
            known[number] = known[number].rstrip()
        return template(known)

    return fill


def _without_columns(text: str, lines: Sequence[Sequence[_Cell]], ends: Sequence[int]) -> str:
    """Return *text* with what the lines of left-aligned tables of one column show, in place of these lines: nothing stands beside it, and it ends there."""
    single = {
        number for start, end in pairwise([0, *ends]) for number in range(start, end) if all(len(line) <= 1 and _is_left(line) for line in lines[start:end])
    }

    def shown(found: re.Match[str]) -> str:
        number = ord(found[0]) - LINE
        return "".join(cell.text for cell in lines[number]) if number in single or not any(cell.text.strip() for cell in lines[number]) else found[0]

    inner = LAST_OF_LINE.sub(shown, text)
    return text if inner == text else _without_columns(inner, lines, ends)


def _is_left(line: Sequence[_Cell]) -> bool:
    return all(cell.align == "<" for cell in line)


def _needed(text: str, lines: Sequence[Sequence[_Cell]], ends: Sequence[int]) -> set[int]:
    """Return where the tables begin that *text* shows, and those within."""
    found: set[int] = set()
    for sign in LINES.findall(text):
        start, end = next((start, end) for start, end in pairwise([0, *ends]) if start <= ord(sign) - LINE < end)
        if start not in found:
            found |= {start}.union(*(_needed(cell.text, lines, ends) for line in lines[start:end] for cell in line))
    return found


def _filling(text: str, count: int) -> Callable[[Sequence[str]], str]:
    """Return what gives *text* with every sign replaced: the first *count* values are those of slots, the others lines of tables."""
    parts = UNKNOWN.split(text)
    if len(parts) == 1:
        return lambda _: text
    numbers = [_number(sign, count) for sign in parts[1::2]]
    if parts == ["", *parts[1:2], ""]:
        return itemgetter(numbers[0])

    def fill(values: Sequence[str]) -> str:
        filled = parts.copy()
        filled[1::2] = [values[number] for number in numbers]
        return "".join(filled)

    return fill


def _number(sign: str, count: int) -> int:
    return ord(sign) - SLOT if ord(sign) <= LAST_SLOT else ord(sign) - LINE + count


class _Table(Table):  # type: ignore[misc]
    """A table whose columns get their width once the words are known: until then, a sign stands for each of its lines."""

    def __init__(self, table: Table, lines: list[list[_Cell]], ends: list[int]) -> None:
        super().__init__(table.left_margin_len, table.cell_separator)
        self._lines, self._ends = lines, ends

    def get_text(self) -> str:
        found = [line for row in self.rows for line in _lines(row.columns)]
        if len(found) <= 1 and all(len(line) <= 1 and cell.align == "<" for line in found for cell in line):  # nothing stands beside anything
            return "\n".join("".join(cell.text for cell in line) for line in found) + "\n"
        signs = [chr(LINE + len(self._lines) + number) for number in range(len(found))]
        self._lines += found
        self._ends.append(len(self._lines))
        return "\n".join(signs) + "\n"


def _lines(cells: Sequence[TableCell]) -> list[list[_Cell]]:
    """Return the lines of a row; a cell of fewer than its neighbours has them at its top, middle or end."""
    height = max((cell.normalize_blocks() for cell in cells), default=1)
    columns = []
    for cell in cells:
        blocks = cell.blocks
        above = (height - len(blocks)) * cell.valign.value // 2
        texts = [*[""] * above, *blocks, *[""] * (height - len(blocks) - above)]
        columns.append([_Cell(text, cell.align.value) for text in texts])
    return [[column[number] for column in columns] for number in range(height)]


def _with_tables(lines: list[list[_Cell]], ends: list[int]) -> ParserConfig:
    """Return how to make a text whose table lines go to *lines*, those of inner tables first; each table ends at one of *ends*."""

    def start(state: HtmlDocumentState, attributes: dict[str, str]) -> None:
        table_start_handler(state, attributes)
        state.current_table[-1] = _Table(state.current_table[-1], lines, ends)

    return ParserConfig(AS_IN_A_BROWSER, display_links=True, custom_html_tag_handler_mapping=CustomHtmlTagHandlerMapping({"table": start}, {}))


def _aligned(lines: Sequence[Sequence[_Cell]], count: int) -> Callable[[Sequence[str]], list[str]]:
    """Return what gives the lines of one table: columns side by side, each as wide as its longest cell."""
    alignments = [[ALIGNED[cell.align] for cell in line] for line in lines]
    known = [[cell.text for cell in line] for line in lines]
    given = [(place, column, _filling(cell.text, count)) for place, line in enumerate(lines) for column, cell in enumerate(line) if UNKNOWN.search(cell.text)]
    filled_in = {(place, column) for place, column, _ in given}
    narrowest = [
        max([len(line[column]) for place, line in enumerate(known) if len(line) > column and (place, column) not in filled_in], default=0)
        for column in range(max(map(len, lines)))
    ]

    def filled(values: Sequence[str]) -> list[str]:
        texts, widths = [line.copy() for line in known], narrowest.copy()
        for place, column, fill in given:
            texts[place][column] = text = fill(values)
            if len(text) > widths[column]:
                widths[column] = len(text)
        return [
            GAP.join([aligned(text, width) for aligned, text, width in zip(aligns, line, widths, strict=False)])
            for line, aligns in zip(texts, alignments, strict=True)
        ]

    return filled


def _may_be_entity(begins: str, value: str) -> bool:
    return not NOT_IN_A_NAME.search(value) or unescape(begins + value) != begins + value


def _tidied(text: str) -> str:
    return BLANK_LINES.sub("\n\n", "\n".join([line.rstrip() for line in text.splitlines()])).strip("\n")
