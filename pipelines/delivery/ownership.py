"""Who may send: one warehouse owns a project's sending, so that no clone, CI run or restored copy ever mails a customer."""

import os
import platform
from datetime import datetime
from hashlib import sha256

from pipelines.delivery.journal import journal_path
from pipelines.delivery.recover import KEPT, journal_folder, latest_pass
from pipelines.errors import RelanceError
from pipelines.settings import FILE_NAME, Project
from pipelines.warehouse.duckdb import Warehouse


class NotOwner(RelanceError):
    """Messages could reach people, and this warehouse is not the one that may send them."""


def require_ownership(warehouse: Warehouse, project: Project, now: datetime) -> None:
    """
    Raise NotOwner unless `sending.warehouse` of the settings names this warehouse and its journals lie beside it.

    A warehouse gets its name the first time it is asked. A copy of the file alone has the name and lacks the journals.
    """
    name = warehouse_name(warehouse, project, now)
    owner = project.settings.sending.warehouse
    if owner != name:
        told = "no warehouse owns this project's sending yet" if not owner else f"the warehouse `{owner}` owns this project's sending, and this one is `{name}`"
        hint = f'hint: if messages are to reach people from here, write `warehouse = "{name}"` under [sending] in {FILE_NAME}'
        raise NotOwner(f"nothing is handed over: {told}\n  {hint}")
    latest = latest_pass(warehouse)
    if latest and latest > now - KEPT and not journal_path(journal_folder(project), latest).exists():
        hint = "hint: was the file moved or restored without the folder `journal` beside it? bring that along, or `relance reconcile` if it is lost"
        raise NotOwner(f"nothing is handed over: the journal of the pass of {latest:%Y-%m-%d %H:%M} UTC is missing\n  {hint}")


def warehouse_name(warehouse: Warehouse, project: Project, now: datetime) -> str:
    """Return the name of this warehouse: made once, of where and when it was first asked for, and kept in it."""
    known = warehouse.value("select name from delivery.warehouse_name")
    if known is None:
        made_of = f"{project.warehouse_path}|{now}|{os.stat(project.warehouse_path).st_ino}|{platform.node()}"
        known = sha256(made_of.encode()).hexdigest()[:12]
        with warehouse.transaction():
            warehouse.append("delivery.warehouse_name", ["name", "since"], [(known, now)])
    return str(known)
