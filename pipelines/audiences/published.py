"""
How far the files of each audience were published, kept beside the send journals: a warehouse that knows less was restored from a backup.

The folder of the files says so too, as long as nobody takes them away, and also where another warehouse writes into it.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.delivery.recover import journal_folder
from pipelines.errors import RelanceError, shown
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.files import sync

HERE = Path(__file__).parent
HINT = "hint: `relance reconcile` takes over what the files say; where it cannot, give the audience another name, and empty the old one at its platform"


@dataclass(frozen=True, order=True)
class Published:
    """The number of the last file of an audience, and the lines of all up to it."""

    number: int = 0
    lines: int = 0


def published(project: Project, audience: str) -> Published:
    """Return how far the files of an audience were published, whatever the warehouse knows. Raises RelanceError where the note cannot be read."""
    return _noted(project).get(audience, Published())


def note(project: Project, audience: str, done: Published) -> None:
    """Write down, so that it survives a power cut, that the files of an audience are published as far as *done*, unless they are further already."""
    path, noted = _path(project), _noted(project)
    if done <= noted.get(audience, Published()):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".draft")
    made.write_text(json.dumps({name: [each.number, each.lines] for name, each in {**noted, audience: done}.items()}), encoding="utf-8")
    sync(made)
    os.replace(made, path)
    sync(path.parent)


def known(warehouse: Warehouse, audience: str) -> Published:
    """Return how far the warehouse knows the files of an audience."""
    [(number, lines)] = warehouse.rows(HERE / "known.sql", audience=audience)
    return Published(number, lines)


def unknown_files(warehouse: Warehouse, folder: Path, audience: str) -> dict[str, int]:
    """Return the names and numbers of the files of an audience in *folder* that the warehouse did not write."""
    names = {name for (name,) in warehouse.rows(HERE / "names.sql", audience=audience)}
    found = {path.name: re.match(r"-(\d{5,})-(adds|removes)-", path.name.removeprefix(audience)) for path in folder.glob(f"{audience}-*.csv")}
    return {name: int(match[1]) for name, match in sorted(found.items()) if match and name not in names}


def behind(warehouse: Warehouse, project: Project, audience: str, folder: Path) -> str:
    """Return why the warehouse may write no file of an audience: some were published that it does not know. Empty where it may."""
    last, done, unknown = known(warehouse, audience), published(project, audience), unknown_files(warehouse, folder, audience)
    if done.number > last.number:
        what = f"its file {done.number} was published, and the warehouse knows of {last.number}: it was restored from a backup"
    elif unknown:
        what = f"the warehouse did not write {next(iter(unknown))}: it was restored from a backup, or another one writes into that folder"
    else:
        return ""
    return f"{what}\n  {HINT}"


def _noted(project: Project) -> Mapping[str, Published]:
    path = _path(project)
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return {name: Published(int(number), int(lines)) for name, (number, lines) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        why = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else "is not as relance wrote it"
        hint = "hint: put it back; or, unless the warehouse was restored from a backup, delete it, and the next pass writes it anew"
        raise RelanceError(f"{shown(path, project.root)} {why}\n  {hint}") from None


def _path(project: Project) -> Path:
    return journal_folder(project) / "audiences.json"
