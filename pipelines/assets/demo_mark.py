"""The mark that a warehouse belongs to the demo, which may begin it afresh and whose schedules rest."""

from pathlib import Path

from pipelines.settings import Project

WORDS = "This folder was filled by `relance demo`, which may empty it again.\n"


def mark(project: Project) -> Path:
    return project.state_folder / "demo"


def is_demo(project: Project) -> bool:
    return mark(project).exists()


def mark_as_demo(project: Project) -> None:
    mark(project).parent.mkdir(parents=True, exist_ok=True)
    mark(project).write_text(WORDS, encoding="utf-8")
