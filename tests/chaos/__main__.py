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


def main(
    kills: Annotated[int, typer.Option(help="Over each kind of provider.")] = 500,
    over: Annotated[list[str] | None, typer.Option(help="Kinds of providers; all unless told.")] = None,
    seed: int = 1,
    contacts: Annotated[int, typer.Option(help="Messages due in each shop.")] = 120,
) -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder / "shop", contacts)
        for number, kind in enumerate(kind for kind in KINDS if not over or kind.kind in over):
            with trial(folder / "shop", folder / str(number), kind, seed=seed) as trials:
                totals = trials.run(kills)
            told = {"over": kind.kind, "connections": kind.connections, "per_request": kind.per_request, "points": len(trials.deck)}
            print(json.dumps(told | asdict(totals)), flush=True)


if __name__ == "__main__":
    typer.run(main)
