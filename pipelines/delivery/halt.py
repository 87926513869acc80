"""The halt file: a person stops all hand-over at once, also of a pass that runs. A file, since a running pass holds the warehouse."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipelines.errors import RelanceError
from pipelines.settings import Project

STOP_OTHERWISE = """\
  hint: end the run that sends by hand: `kill` and the number in {holder} where there is one; what had left is in its journal
  hint: unset RELANCE_ENVIRONMENT where the schedule runs, so that no other begins; then make room on the disk and halt again"""


def halt(project: Project, now: datetime, why: str) -> None:
    """
    Stop hand-over until `resume`; messages wait, and go afterwards as long as they are valid.

    A file without a word stops it too, and has room on a full disk: it is there before its words are. Raises RelanceError where not even that can be.
    """
    path = _file(project)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        otherwise = STOP_OTHERWISE.format(holder=project.warehouse_path.with_suffix(".holder"))
        raise RelanceError(f"hand-over is NOT halted: {path} cannot be written ({error.strerror})\n{otherwise}") from None
    draft = path.with_suffix(".draft")
    try:
        draft.write_text(json.dumps({"since": now.isoformat(), "why": why}), encoding="utf-8")
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def resume(project: Project) -> bool:
    """Let hand-over go on; return whether it was halted."""
    halted = _file(project).exists()
    _file(project).unlink(missing_ok=True)
    return halted


def halted(project: Project) -> Callable[[], str | None]:
    """Return what tells, at any moment, since when and why hand-over is halted; None while it is not."""
    path = _file(project)

    def told() -> str | None:
        if not path.exists():
            return None
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return f"since {values['since'][:16].replace('T', ' ')} UTC" + (f": {values['why']}" if values["why"] else "")
        except (OSError, ValueError, TypeError, KeyError):
            return f"by the file {path.name}"  # without words: there was no room for them, or a person made it by hand, in a hurry

    return told


def _file(project: Project) -> Path:
    return project.state_folder / "halt"
