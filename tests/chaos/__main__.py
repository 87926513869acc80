"""`python -m tests.chaos --kills 500`: so many kills over each kind of provider, and what they came to, a line of JSON each."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.chaos.one_pass import Kind
from tests.chaos.trial import trial

KINDS: list[tuple[Kind, int]] = [("smtp", 1), ("smtp", 4), ("webhook", 4), ("files", 1)]


def main(kills: Annotated[int, typer.Option()] = 500, seed: Annotated[int, typer.Option()] = 1) -> None:
    for kind, connections in KINDS:
        with TemporaryDirectory() as folder, trial(Path(folder), kind, connections=connections, seed=seed) as over:
            print(json.dumps({"over": kind, "connections": connections, **asdict(over.run(kills))}), flush=True)


if __name__ == "__main__":
    typer.run(main)
