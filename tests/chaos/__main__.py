"""`python -m tests.chaos --kills 500`: so many kills over each kind of provider, and what they came to, a line of JSON each."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.chaos.one_pass import Over, prepare
from tests.chaos.trial import trial

KINDS = (
    Over("smtp", connections=1),
    Over("smtp", connections=4),
    Over("http_email", connections=4),
    Over("http_email", connections=4, per_request=10),
    Over("webhook", connections=4),
    Over("files"),
)


def main(kills: Annotated[int, typer.Option()] = 500, seed: Annotated[int, typer.Option()] = 1, contacts: Annotated[int, typer.Option()] = 120) -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder / "shop", contacts)
        for number, over in enumerate(KINDS):
            with trial(folder / "shop", folder / str(number), over, seed=seed) as trials:
                totals = trials.run(kills)
            told = {"over": over.kind, "connections": over.connections, "per_request": over.per_request, "points": len(trials.deck)}
            print(json.dumps(told | asdict(totals)), flush=True)


if __name__ == "__main__":
    typer.run(main)
