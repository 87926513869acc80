"""`python -m tests.chaos --kills 500`: so many kills over each kind of provider, and what they came to, a line of JSON each."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.chaos.trial import trial

KINDS = {"smtp, one connection": (True, 1), "smtp, four connections": (True, 4), "files, which know keys": (False, 1)}


def main(kills: Annotated[int, typer.Option()] = 500, seed: Annotated[int, typer.Option()] = 1) -> None:
    for name, (over_mail, connections) in KINDS.items():
        with TemporaryDirectory() as folder, trial(Path(folder), over_mail=over_mail, connections=connections, seed=seed) as kind:
            print(json.dumps({"over": name, **asdict(kind.run(kills))}), flush=True)


if __name__ == "__main__":
    typer.run(main)
