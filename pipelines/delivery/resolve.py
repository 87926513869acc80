"""What a person says of messages of which nobody knows whether they went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.delivery.journal import Journal, Outcome
from pipelines.delivery.recover import fold, journal_folder
from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Answers, Lost, Sender, State

HERE = Path(__file__).parent
WORDS: dict[State, str] = {"accepted": "a person says that it went", "refused": "a person says not to send it", "retry": "a person says that it did not go"}


def unknown_messages(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the messages nobody knows the fate of, oldest first, each with where it stands and who it was for."""
    return warehouse.records(HERE / "unknown.sql")


@dataclass(frozen=True)
class Asked:
    """
    What providers said: their ids of the messages they have, by key, the keys they do not know, and those that nobody can be asked about.

    `unanswered` are the keys that a provider did not answer for, and `errors` says why, by sender.
    """

    found: dict[str, str]
    not_known: list[str]
    cannot_be_asked: list[str]
    unanswered: list[str]
    errors: dict[str, str]


def ask(unknown: Sequence[Mapping[str, Any]], senders: Sequence[Sender], now: datetime) -> Asked:
    """
    Ask the providers that can be asked. One that does not know a message may come to know it, so that says nothing.

    What a provider said before it fell silent stands, and so does what others say. The order is another one at each instant *now*, so that
    one that always falls silent after so many comes to all of them.
    """
    told = Asked({}, [], [], [], {})
    by_name = {sender.name: sender for sender in senders}
    for name in sorted({row["sender"] for row in unknown}):
        of_it = [row for row in unknown if row["sender"] == name]
        told.cannot_be_asked.extend(row["message_key"] for row in of_it if not row["address"])  # a restored outbox may lack it still
        lost = [Lost(row["message_key"], row["address"], row["first_at"]) for row in of_it if row["address"]]
        lost.sort(key=lambda each: sha256(f"{now} {each.key}".encode()).digest())
        sender, rest = by_name.get(name), told.not_known
        answered: dict[str, str] = {}
        if not isinstance(sender, Answers) or (answers := sender.has(lost)) is None:
            told.cannot_be_asked.extend(each.key for each in lost)
            continue
        try:
            for key, id in answers:
                answered[key] = id
        except ConnectionError as error:
            told.errors[name], rest = str(error), told.unanswered
        told.found.update({key: id for key, id in answered.items() if id})
        told.not_known.extend(key for key, id in answered.items() if not id)
        rest.extend(each.key for each in lost if each.key not in answered)
    return told


def resolve(warehouse: Warehouse, project: Project, keys: Sequence[str] | Mapping[str, str], state: State, now: datetime) -> None:
    """
    Write down what became of messages: accepted, refused, or retry, with which they go again in the next pass.

    *keys* are what a person says, or with the provider's ids by key, what that says.

    Raises RelanceError where one of them is not unknown; nothing is written then.
    """
    known = {row["message_key"]: row for row in unknown_messages(warehouse)}
    if wrong := [key for key in keys if key not in known]:
        raise RelanceError(f"`{wrong[0]}` is no message of which nobody knows whether it went\n  hint: `relance resolve` lists those that are")
    ids = keys if isinstance(keys, Mapping) else {}
    told = [
        Outcome(
            key, known[key]["sender"], known[key]["attempt"], state, now, ids.get(key), None if key in ids else WORDS[state], now if state == "retry" else None
        )
        for key in keys
    ]
    with Journal(journal_folder(project), now) as journal:
        for outcome in told:
            journal.write(outcome)
        journal.sync()
    with warehouse.transaction():
        fold(warehouse, told)
        warehouse.run(HERE / "settle.sql", now=now)
