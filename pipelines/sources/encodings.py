"""Opening text files in the encoding their source names, and noticing that it names the wrong one."""

import codecs
import gzip
import io
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Iterator, Literal, TextIO, cast

from pipelines.errors import SourceRefused
from pipelines.settings import SourceSettings

CODECS = {"utf-8": "utf-8-sig", "latin-1": "cp1252", "utf-16": "utf-16"}
"""Who writes `latin-1` mostly means Windows-1252, which has a euro sign and agrees on every other letter."""
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
OTHER_FORMATS = {b"PAR1": "a Parquet file", b"PK\x03\x04": "a ZIP archive or an Excel workbook"}
GZIP = b"\x1f\x8b"


@contextmanager
def opened_text(path: Path, source: SourceSettings) -> Iterator[TextIO]:
    """
    Open a text file, compressed by gzip or not; a byte that is no letter becomes a lone surrogate, which `is_text` finds.

    Raises SourceRefused for a file that is something else, also while it is being read; OSError where it cannot be read.
    """
    try:
        with path.open("rb") as raw:
            plain = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if _beginning(raw).startswith(GZIP) else raw
            _check_beginning(_beginning(plain), source)
            with io.TextIOWrapper(plain, CODECS[source.encoding], "strict" if source.encoding == "utf-16" else "surrogateescape", newline=None) as text:
                yield text
    except (UnicodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceRefused(f"is not {source.encoding} text: {error}") from None


def encoding_of(path: Path) -> Literal["utf-8", "latin-1", "utf-16"]:
    """Return the encoding of a text file nobody said it of: by its first bytes, else UTF-8 where all of it is that, else Windows-1252."""
    with path.open("rb") as raw:
        plain = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if _beginning(raw).startswith(GZIP) else raw
        head = _beginning(plain)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for piece in iter(lambda: plain.read(1 << 20), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8"


def is_text(line: str) -> bool:
    """Return whether every byte of *line* was a letter."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class ForeignLetters:
    """Notices UTF-8 read as latin-1, which has no wrong byte but turns every é into Ã©."""

    def __init__(self, source: SourceSettings) -> None:
        self._wanted = source.encoding == "latin-1"
        self._lines = self._utf8 = 0

    def look(self, text: str) -> None:
        if self._wanted and not text.isascii():
            self._lines += 1
            self._utf8 += _is_utf8(text)

    def conclude(self) -> None:
        if self._lines and self._lines == self._utf8:
            raise SourceRefused('is UTF-8 text, but the source says encoding = "latin-1"')


def _beginning(file: BinaryIO) -> bytes:
    head = file.read(4)
    file.seek(0)
    return head


def _check_beginning(head: bytes, source: SourceSettings) -> None:
    for mark, name in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise SourceRefused(f'is {name}, but the source says format = "{source.format}"')
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark) and encoding != source.encoding:
            raise SourceRefused(f'is {encoding} by its first bytes, but the source says encoding = "{source.encoding}"')
    if b"\0" in head and source.encoding != "utf-16":
        raise SourceRefused(f'is not text in {source.encoding}; try encoding = "utf-16" if it is text at all')


def _is_utf8(line: str) -> bool:
    try:
        line.encode("cp1252", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return False
    return True
