"""What a person says of messages of which nobody knows whether they went."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.delivery.journal import Journal, Outcome
from pipelines.delivery.recover import fold, journal_folder
from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.message import State

HERE = Path(__file__).parent
WORDS: dict[State, str] = {"accepted": "a person says that it went", "refused": "a person says not to send it", "retry": "a person says that it did not go"}


def unknown_messages(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the messages nobody knows the fate of, oldest first, each with where it stands and who it was for."""
    return warehouse.records(HERE / "unknown.sql")


def resolve(warehouse: Warehouse, project: Project, keys: Sequence[str], state: State, now: datetime) -> None:
    """
    Write down what became of messages: accepted, refused, or retry, with which they go again in the next pass.

    Raises RelanceError where one of them is not unknown; nothing is written then.
    """
    known = {row["message_key"]: row for row in unknown_messages(warehouse)}
    if wrong := [key for key in keys if key not in known]:
        raise RelanceError(f"`{wrong[0]}` is no message of which nobody knows whether it went\n  hint: `relance resolve` lists those that are")
    told = [
        Outcome(key, known[key]["sender"], known[key]["attempt"], state, now, error=WORDS[state], retry_at=now if state == "retry" else None) for key in keys
    ]
    with Journal(journal_folder(project), now) as journal:
        for outcome in told:
            journal.write(outcome)
        journal.sync()
    with warehouse.transaction():
        fold(warehouse, told)
        warehouse.run("create or replace temp table to_render (message_key varchar, attempt bigint)")
        warehouse.append("to_render", ["message_key", "attempt"], [(outcome.message_key, outcome.attempt) for outcome in told])
        warehouse.run(HERE / "settle.sql", now=now)
