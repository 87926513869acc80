"""Who may send: one warehouse owns a project's sending, so that no clone, CI run or restored copy ever mails a customer."""

import os
import platform
from datetime import datetime
from hashlib import sha256

from pipelines.delivery.journal import Journal
from pipelines.delivery.recover import journal_folder, missing_journal
from pipelines.errors import RelanceError
from pipelines.settings import FILE_NAME, Project
from pipelines.warehouse.duckdb import Warehouse


class NotOwner(RelanceError):
    """Messages could reach people, and this warehouse is not the one that may send them."""


def require_ownership(warehouse: Warehouse, project: Project, now: datetime) -> None:
    """
    Raise NotOwner unless `sending.warehouse` of the settings names this warehouse and its journals lie beside it.

    A warehouse gets its name the first time it is asked. A copy in another folder has another; one of the file alone lacks the journals.
    """
    name, stem = warehouse_name(warehouse, project, now), _stem(warehouse)
    owner = project.settings.sending.warehouse
    if owner not in (name, stem):  # names of before folders counted are as good as they were
        told = "no warehouse owns this project's sending yet" if not owner else f"the warehouse `{owner}` owns this project's sending, and this one is `{name}`"
        hint = f'hint: if messages are to reach people from here, and from nowhere else, write `warehouse = "{name}"` under [sending] in {FILE_NAME}'
        raise NotOwner(f"nothing is handed over: {told}\n  {hint}")
    if missing := missing_journal(warehouse, journal_folder(project), now):
        hint = (
            "hint: was the file moved or restored without the folder `journal` beside it? bring that along; if it is lost, `relance reconcile` goes on without"
        )
        raise NotOwner(f"nothing is handed over: the journal of {missing:%Y-%m-%d %H:%M} UTC is missing\n  {hint}")


def warehouse_name(warehouse: Warehouse, project: Project, now: datetime) -> str:
    """
    Return the name of this warehouse in its folder.

    What it is made of is kept in the warehouse, of where and when it was first asked for; a journal is there from then on.
    """
    if _stem(warehouse) is None:
        made_of = f"{project.warehouse_path}|{now}|{os.stat(project.warehouse_path).st_ino}|{platform.node()}"
        with Journal(journal_folder(project), now), warehouse.transaction():
            warehouse.append("delivery.warehouse_name", ["name", "since"], [(_hash(made_of), now)])
    return _hash(f"{_stem(warehouse)}|{project.state_folder.resolve()}")


def _stem(warehouse: Warehouse) -> str | None:
    stem: str | None = warehouse.value("select name from delivery.warehouse_name")
    return stem


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
