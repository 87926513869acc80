"""What a person asked for on the command line: which project, which instant; and how answers are shown."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines.errors import RelanceError
from pipelines.settings import FILE_NAME, Project
from pipelines.settings_file import load_project
from pipelines.ticks import to_utc


class WrongUse(RelanceError):
    """The command was not given what it needs."""


def project_in(folder: Path | None) -> Project:
    """Return the project in *folder*, or in the nearest folder above the current one that holds a `relance.toml`."""
    return load_project(folder_of(folder))


def folder_of(folder: Path | None) -> Path:
    """Return the folder that holds the project, whatever is wrong with it; raise WrongUse where there is none."""
    here = Path.cwd()
    candidates = [folder] if folder else [here, *here.parents]
    for candidate in candidates:
        if (candidate / FILE_NAME).is_file():
            return candidate
    raise WrongUse(f"no {FILE_NAME} in {folder or here}{'' if folder else ' or above it'}\n  hint: give the project's folder with --project")


def instant(project: Project, text: str) -> datetime:
    """Return the UTC instant that *text* names, on the project's clock unless it says its own offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"`{text}` is not an instant\n  hint: write it like 2026-09-14T08:15") from None
    return to_utc(moment if moment.tzinfo else moment.replace(tzinfo=project.settings.zone))


def refuse_both(day: datetime | None, as_of: str | None) -> None:
    """Raise WrongUse where a tick is named both by its day and by its instant."""
    if day and as_of:
        raise WrongUse("give --date or --as-of, not both")


def say(value: Any) -> None:
    """Print *value* as JSON."""
    print(json.dumps(value, default=str, indent=2, ensure_ascii=False))


def console() -> Console:
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show how far long work has come, on the terminal if there is one; answers go to the other stream."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        yield bar
