"""Options that many commands of the command line have."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="FOLDER",
        help="The project's folder. Without it: the nearest one, from here upwards, that holds a relance.toml.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with data for another program.")]
