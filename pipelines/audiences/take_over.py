"""Takes files over that were published and that a restored warehouse does not know, where all of them still lie in their folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.audiences.published import behind, known, published, unknown_files
from pipelines.errors import RelanceError
from pipelines.settings import AudienceSettings, Project
from pipelines.warehouse.duckdb import Warehouse
from senders.audience import FORMATS, Format, Kind, read

HERE = Path(__file__).parent
TOLD = ["line", "kind", "hash"]


@dataclass(frozen=True)
class TakenOver:
    """What became of an audience that was behind: so many `files` were taken over, or `why` not."""

    audience: str
    files: int = 0
    why: str = ""


@dataclass(frozen=True)
class _Said:
    """What a file says, address by address."""

    number: int
    action: str
    name: str
    lines: int
    told: list[tuple[int, Kind, str]]


def take_over(warehouse: Warehouse, project: Project, now: datetime) -> list[TakenOver]:
    """
    Write down what the platforms of audiences were told since the backup, and return what became of each audience that was behind.

    All files must be there with all their lines: by what was noted when they were published. The next pass compares everybody anew.
    """
    found = []
    for name, audience in sorted(project.settings.audiences.items()):
        try:
            if behind(warehouse, project, name, project.root / audience.folder):
                found.append(_taken_over(warehouse, project, name, now))
        except (RelanceError, ValueError) as error:
            found.append(TakenOver(name, why=str(error)))
    return found


def _taken_over(warehouse: Warehouse, project: Project, name: str, now: datetime) -> TakenOver:
    audience = project.settings.audiences[name]
    said = _said(warehouse, name, audience, project.root / audience.folder)
    if why := _missing(warehouse, project, name, said):
        return TakenOver(name, why=why)
    _write_down(warehouse, name, said, now)
    return TakenOver(name, len(said))


def _missing(warehouse: Warehouse, project: Project, name: str, said: list[_Said]) -> str:
    """Return why files cannot be taken over; empty where they are all that was published."""
    last, done = known(warehouse, name), published(project, name)
    numbers, wanted = [file.number for file in said], [*range(last.number + 1, done.number + 1)]
    if lost := [number for number in wanted if number not in numbers]:
        return f"its file {lost[0]} is not in its folder any more"
    if numbers != wanted:
        return f"nobody noted that {next(file.name for file in said if file.number not in wanted or numbers.count(file.number) > 1)} was published"
    if last.lines + sum(file.lines for file in said) != done.lines:
        return "its files have not all the lines that they were published with"
    return ""


def _said(warehouse: Warehouse, name: str, audience: AudienceSettings, folder: Path) -> list[_Said]:
    """Read the files of an audience that the warehouse did not write, in the order of their numbers."""
    found = []
    for file, number in unknown_files(warehouse, folder, name).items():
        rows = [cells for line in read(folder / file) if (cells := _format(audience, file).read(line))]
        told = [(place, kind, cell) for place, cells in enumerate(rows) for kind, cell in cells.items()]
        found.append(_Said(number, "removes" if f"{number:05}-removes-" in file else "adds", file, len(rows), told))
    return sorted(found, key=lambda each: each.number)


def _format(audience: AudienceSettings, file: str) -> Format:
    forms = FORMATS[audience.platform]
    return next((form for form in forms for kind in form.addresses if f"s-{kind}-" in file), forms[0])


def _write_down(warehouse: Warehouse, name: str, said: list[_Said], now: datetime) -> None:
    with warehouse.transaction():
        for file in said:
            warehouse.run("create or replace temp table audience_told (line bigint, kind varchar, hash varchar)")
            warehouse.append("audience_told", TOLD, file.told)
            warehouse.run(HERE / f"taken_over_{file.action}.sql", audience=name, name=file.name, now=now)
            warehouse.run(HERE / "taken_over.sql", audience=name, number=file.number, action=file.action, name=file.name, lines=file.lines, now=now)
