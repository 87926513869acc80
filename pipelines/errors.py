"""The few error types: what is wrong in a person's file, and what stops a run."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Iterable

QUOTED = re.compile(r"""(['"`]).*\1""", re.DOTALL)
LONG_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one file, said so that its author can mend it."""

    file: str
    line: int | None
    text: str
    hint: str = ""
    severity: str = field(default="error", compare=False)

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        warning = "warning: " if self.severity == "warning" else ""
        return f"{place}: {warning}{self.text}" + (f"\n  hint: {self.hint}" if self.hint else "")


class RelanceError(Exception):
    """Base of everything relance raises on purpose; its text is meant for a person."""


class BadFiles(RelanceError):
    """One or more files a person wrote cannot be used. Carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line or 0, p.text))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WarehouseBusy(RelanceError):
    """Another process holds the warehouse for writing."""


class WarehouseTooNew(RelanceError):
    """The warehouse file was written by a later version of relance."""


class ReadCopyTooOld(RelanceError):
    """The read copy was published by an earlier version of relance: what is asked of it may not be there."""


class TickRefused(RelanceError):
    """A tick was asked for that would break the order of ticks."""


class SourceRefused(RelanceError):
    """A whole file or source could not be used; yesterday's rows stay."""


class Unforeseen(RelanceError):
    """What nobody foresaw went wrong in a run: said without the values that it was met at."""


def valueless(words: str, mark: str = "…") -> str:
    """Return the *words* of an error without what they quote, with *mark* in its place, and without long numbers: both may be of a row, and of a person."""
    return LONG_NUMBER.sub("…", QUOTED.sub(mark, words))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the known word closest to *word*, or an empty string."""
    matches = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{matches[0]}`?" if matches else ""


def shown(path: Path, root: Path) -> str:
    """Return *path* as a person knows it: relative to the project's folder where it lies inside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
