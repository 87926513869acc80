"""The halt file: a person stops all hand-over at once, also of a pass that runs. A file, since a running pass holds the warehouse."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipelines.settings import Project


def halt(project: Project, now: datetime, why: str) -> None:
    """Stop hand-over until `resume`; messages wait, and go afterwards as long as they are valid."""
    path = _file(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"since": now.isoformat(), "why": why}), encoding="utf-8")
    os.replace(draft, path)


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
            return f"the file {path.name} says so"  # a person may have made it by hand, in a hurry

    return told


def _file(project: Project) -> Path:
    return project.state_folder / "halt"
