"""Writes the warehouse's file anew, so that nothing of what was deleted is left in it."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import sqlglot.expressions as exp

from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse, connect, writer_lock


def rewrite_warehouse(project: Project) -> None:
    """
    Put a file in the warehouse's place that was written from the rows there are, and from nothing else; what others keep in it comes along.

    What was deleted lies in the old one, and in what killed queries left beside it, until its room is used again.
    """
    path, wait = project.warehouse_path, project.settings.warehouse.lock_timeout
    file = path.resolve()  # where it is a link, the old file is what it leads to
    draft = file.with_suffix(".rewritten")
    with writer_lock(path, wait):
        with connect(path, project, wait) as old:
            Warehouse(old, path).checkpoint()
        for left in (".spill", ".scratch"):
            shutil.rmtree(path.with_suffix(left), ignore_errors=True)
        _discard(draft)
        try:
            with connect(draft, project, wait) as connection:
                shutil.copymode(file, draft)
                _copy(Warehouse(connection, path), file)
            os.replace(draft, file)
        finally:
            _discard(draft)


def _copy(draft: Warehouse, file: Path) -> None:
    """Copy everything that the warehouse in *file* holds into the empty *draft*: views of `shop.*` can only be made where `as_of()` is."""
    with draft.at(datetime(2000, 1, 1)):
        name = exp.to_identifier(draft.value("select current_database()"), quoted=True).sql(dialect="duckdb")
        with draft.beside(file, "relance_before"):
            draft.run(f"copy from database relance_before to {name}")
    draft.checkpoint()


def _discard(draft: Path) -> None:
    for path in (draft, draft.with_name(f"{draft.name}.wal")):
        path.unlink(missing_ok=True)
