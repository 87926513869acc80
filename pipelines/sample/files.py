"""Where the sample shop's files go and in which form: the project's own sources say so."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from pipelines.errors import SourceRefused
from pipelines.settings import FILE_NAME, Project, SourceSettings
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
FOLDER = "sample_data"
ROWS_PER_BROKEN_ROW = 20
"""Broken rows go into the first file of their kind that has so many sound ones for each, so that no file is refused whole for them."""

OnFile = Callable[[Path], None]


def ignore(path: Path) -> None:
    """What is done with a finished file unless somebody wants to know of it."""


def sample_sources(project: Project) -> list[SourceSettings]:
    """Return the project's sources in the order declared; raise SourceRefused for one that the sample cannot write for."""
    for source in project.settings.sources:
        if problem := _problem(source):
            raise SourceRefused(f"{FILE_NAME}: source `{source.name}`: {problem}\n  hint: run the demo in a project of its own")
    return project.settings.sources


def _problem(source: SourceSettings) -> str:
    parts = Path(source.path).parts
    if parts[:1] != (FOLDER,) or len(parts) != 3 or ".." in parts:
        return f"the sample shop writes to {FOLDER}/<folder>/ only, not to {source.path}"
    if not (HERE / "exports" / f"{source.table}.sql").exists():
        return f"the sample shop has no `{source.table}`"
    if source.format == "csv" and (source.delimiter == ";") != _in_french(source):
        return "the sample shop writes `;` where its export is French and a mapping reads it, else `,`"
    return ""


def clear(sources: list[SourceSettings], project: Project) -> None:
    """Remove the files of an earlier sample."""
    for source in sources:
        for path in project.root.glob(source.path):
            path.unlink()


def broken_rows(source: SourceSettings, kind: str) -> list[str]:
    """Return the broken rows that the files of a source hold as they stand in them; *kind* is `history` (once) or `day` (each day)."""
    path = HERE / "broken" / kind / f"{source.table}.{source.format}"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@dataclass
class Writer:
    """Writes the table `export` of an engine as files of the project's sources, some rows broken on purpose; keeps the paths."""

    project: Project
    kind: str
    on_file: OnFile
    written: list[Path] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def write(self, shop: Warehouse, source: SourceSettings, name: str) -> None:
        """Write `export` as file *name* of a source; no file for an empty table."""
        path = self.project.root / Path(source.path).parent / f"{name}.{source.format}"
        path.unlink(missing_ok=True)
        if rows := shop.value("select count(*) from export"):
            path.parent.mkdir(parents=True, exist_ok=True)
            copy_export(shop, source, path)
            self._break(path, source, rows)
            self.written.append(path)
            self.on_file(path)

    def _break(self, path: Path, source: SourceSettings, rows: int) -> None:
        broken = broken_rows(source, self.kind)
        if source.name not in self.broken and rows >= ROWS_PER_BROKEN_ROW * len(broken):
            self.broken.add(source.name)
            with path.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in broken)


def copy_export(shop: Warehouse, source: SourceSettings, path: Path) -> None:
    """Write the table `export` to *path* in the source's form."""
    layout: str = source.format
    if _in_french(source):
        shop.run(_french(source), zone=source.timezone)
        layout = "back_office"
    shop.run(HERE / "formats" / f"{layout}.sql", file=str(path))


def _french(source: SourceSettings) -> Path:
    return HERE / "back_office" / f"{source.table}.sql"


def _in_french(source: SourceSettings) -> bool:
    return source.mapping is not None and _french(source).exists()
