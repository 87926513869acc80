"""Puts the report of a tick where a manager finds it."""

import os
from datetime import datetime
from pathlib import Path

from pipelines.results.page import index_page, report_page
from pipelines.results.report import Report
from pipelines.settings import Project
from pipelines.ticks import local_time

FILE_NAME = "%Y-%m-%dT%H%M.html"


def write_report(project: Project, report: Report) -> Path:
    """Write the tick's page and the list of all ticks under the project's state folder; return the page's path."""
    folder = project.state_folder / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / report.as_of.strftime(FILE_NAME)
    words = project.settings.project
    _replace(page, report_page(report, words))
    names = sorted((path.name for path in folder.glob("2*.html")), reverse=True)
    _replace(folder / "index.html", index_page([(name, local_time(datetime.strptime(name, FILE_NAME), words.timezone)) for name in names], words))
    return page


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
