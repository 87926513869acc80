"""Tells ads platforms who joined and who left: a file each, decided by the difference to what they were given before."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pipelines.audiences.members import refresh_members
from pipelines.audiences.published import Published, behind, known, note
from pipelines.delivery.halt import halted
from pipelines.errors import RelanceError
from pipelines.settings import AudienceSettings, Project
from pipelines.ticks import local_day
from pipelines.warehouse.duckdb import Warehouse
from senders.audience import FORMATS, Format, Person, addresses, discard, draft, publish

HERE = Path(__file__).parent
PART = 20_000
"""People whose values are in memory at once."""
FILES = ["audience", "number", "action", "name", "lines", "as_of", "decided_at", "written"]
T = TypeVar("T")


@dataclass(frozen=True)
class Told:
    """What a pass told the platform of one audience: lines of adds, addresses to take out. `stopped` says why it told nothing."""

    audience: str
    adds: int = 0
    removes: int = 0
    stopped: str = ""


def acts(project: Project, audience: AudienceSettings) -> bool:
    """Return whether its files reach anybody: those outside the project's folder may be read by an uploader, those inside are like messages of `files`."""
    return not (project.root / audience.folder).resolve().is_relative_to(project.root.resolve())


def hand_over_audiences(warehouse: Warehouse, project: Project, as_of: datetime, now: datetime, *, live: bool) -> list[Told]:
    """
    Bring every audience to *now* (UTC) and write the files of who joined and who left since what its platform was given.

    A file is drafted whole, then its contents count as given, then it gets its name: killed anywhere, the next pass ends
    with the same files, and no address is told twice. An audience of which more was published than the warehouse knows is told
    nothing. *as_of* is the tick the pass belongs to.
    """
    with warehouse.at(now):
        refresh_members(warehouse, project, as_of, now)
        return _Pass(warehouse, project, as_of, now, live).tell()


class _Pass:
    """One pass over all audiences. `stopped` has those that are told nothing, with the reason."""

    def __init__(self, warehouse: Warehouse, project: Project, as_of: datetime, now: datetime, live: bool) -> None:
        self.warehouse, self.project, self.as_of, self.now = warehouse, project, as_of, now
        self.audiences = dict(sorted(project.settings.audiences.items()))
        self.stopped: dict[str, str] = {}
        halt = halted(project)()
        for name, audience in self.audiences.items():
            if halt or (acts(project, audience) and not live):
                self.stopped[name] = f"hand-over is halted {halt}" if halt else "its folder lies outside the project, where only a live run writes"

    def tell(self) -> list[Told]:
        self._each(self._recognise)
        self._each(self._finish)
        self._compare()
        files = [file for drafted in self._each(self._draft) for file in drafted]
        with self.warehouse.transaction():
            self._name_formats()
            self.warehouse.append("audiences.files", FILES, [tuple(file.values()) for file in files])
            self.warehouse.run(HERE / "give.sql", now=self.now)
        self._each(self._finish)
        lines: Counter[tuple[str, str]] = Counter()
        for file in files:
            lines[file["audience"], file["action"]] += file["lines"]
        return [Told(name, lines[name, "adds"], lines[name, "removes"], self.stopped.get(name, "")) for name in self.audiences]

    def _each(self, work: Callable[[str, AudienceSettings], T]) -> list[T]:
        """Return what *work* gives for every audience that is told something. One whose files or note cannot be read or written is stopped, and no other."""
        found = []
        for name, audience in self.audiences.items():
            if name not in self.stopped:
                try:
                    found.append(work(name, audience))
                except OSError as error:
                    self.stopped[name] = f"{audience.folder}: {error.strerror or error}"
                except RelanceError as error:
                    self.stopped[name] = str(error)
        return found

    def _recognise(self, name: str, audience: AudienceSettings) -> None:
        """
        Stop an audience of which more was published than the warehouse knows: what it would say was said, or is no longer so.

        Where less is noted than it knows, the note was lost, or nobody took one yet.
        """
        if why := behind(self.warehouse, self.project, name, self.project.root / audience.folder):
            self.stopped[name] = why
        else:
            note(self.project, name, known(self.warehouse, name))

    def _finish(self, name: str, audience: AudienceSettings) -> None:
        """Give the files that were decided their names, once that is noted where no backup reaches, and clear away drafts that were not."""
        folder = self.project.root / audience.folder
        for number, file, lines in self.warehouse.rows(HERE / "unwritten.sql", audience=name):
            note(self.project, name, Published(number, lines))
            publish(folder / file)
            self.warehouse.run(HERE / "written.sql", audience=name, number=number)
        discard(folder, name)

    def _name_formats(self) -> None:
        rows = [(name, audience.platform, audience.postcode) for name, audience in self.audiences.items() if name not in self.stopped]
        self.warehouse.run("create or replace temp table audience_formats (audience varchar, platform varchar, postcode varchar)")
        self.warehouse.append("audience_formats", ["audience", "platform", "postcode"], rows)

    def _compare(self) -> None:
        """Find who joins, and which addresses leave."""
        self._name_formats()
        self.warehouse.run(HERE / "changes.sql")
        self._each(self._normalise)
        self.warehouse.run(HERE / "differences.sql")

    def _normalise(self, name: str, audience: AudienceSettings) -> None:
        """Bring the addresses of people who are news to their platform into its form."""
        for part in self._parts("news_part.sql", name):
            rows = [
                (name, member, kind, address, fingerprint)
                for member, fingerprint, *person in part
                for kind, address in addresses(audience.platform, Person(*person)).items()
            ]
            self.warehouse.append("audience_addresses", ["audience", "member", "kind", "hash", "fingerprint"], rows)

    def _draft(self, name: str, audience: AudienceSettings) -> list[dict[str, Any]]:
        """Draft the files of one audience, who leaves before who joins, and return their rows of audiences.files."""
        forms, home, day = FORMATS[audience.platform], bool(audience.postcode), local_day(self.project, self.now)
        drafts: list[tuple[str, Format, list[str], Iterator[list[str]]]] = [
            *(("removes", form, form.headings(), self._addresses("leaving_part.sql", name, form)) for form in forms),
            *(("adds", form, form.headings(home=home), self._joining(name, form, home=home)) for form in forms),
        ]
        number, files = known(self.warehouse, name).number, []
        for action, form, headings, lines in drafts:
            which = f"{action}-{next(iter(form.addresses))}" if len(forms) > 1 else action
            file = f"{name}-{number + 1:05}-{which}-{day}.csv"
            if count := draft(self.project.root / audience.folder / file, headings, lines):
                number += 1
                values = (name, number, action, file, count, self.as_of, self.now, False)
                files.append(dict(zip(FILES, values, strict=True)))
        return files

    def _joining(self, name: str, form: Format, *, home: bool) -> Iterator[list[str]]:
        """Yield the lines of adds: people, or where each kind of address has files of its own, new addresses."""
        if not form.of_people:
            return self._addresses("new_part.sql", name, form)
        return (form.person(Person(*person), home=home) for part in self._parts("joining_part.sql", name) for person in part)

    def _addresses(self, query: str, name: str, form: Format) -> Iterator[list[str]]:
        return (form.address(kind, address) for part in self._parts(query, name) for kind, address in part if kind in form.addresses)

    def _parts(self, query: str, name: str) -> Iterator[list[tuple[Any, ...]]]:
        after = 0
        while part := self.warehouse.rows(HERE / query, audience=name, after=after, until=after + PART):
            yield part
            after += PART
