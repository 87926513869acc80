"""What Dagster loads: the project in RELANCE_PROJECT, or in the folder it was started from."""

import os
import warnings
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.assets.wiring import definitions_of, definitions_without, wiring_of
from pipelines.errors import BadFiles
from pipelines.settings_file import load_project
from pipelines.ticks import to_utc


def now() -> datetime:
    return to_utc(datetime.now(UTC))


def load() -> dg.Definitions:
    """Return the definitions of the project; with settings that cannot be used, one asset that says what is wrong with them."""
    root = Path(os.environ.get("RELANCE_PROJECT") or Path.cwd())
    try:
        return definitions_of(wiring_of(load_project(root), now, os.environ))
    except BadFiles as bad:
        return definitions_without(root, bad)


warnings.filterwarnings("ignore", category=dg.BetaWarning)  # links to files: every one of them would be told of at each start
defs = load()
