"""What the files of now would change, compared with those the last tick ran: tried out in copies of the read copy, before anything happens."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import sqlglot.expressions as exp

from pipelines.errors import Problem, RelanceError, shown
from pipelines.settings import FILE_NAME, Project
from pipelines.settings_file import load_project
from pipelines.ticks import days, local_day, tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_read_copy, open_trial
from pipelines.workbench.files_run import files_of
from pipelines.workbench.moves import Move, move_problems, moves
from pipelines.workbench.plan_messages import MessageChange, message_changes, note_messages
from pipelines.workbench.plan_scenarios import ScenarioChange, scenario_changes
from pipelines.workbench.plan_segments import SegmentChange, changed_segments, note_members, segment_changes
from pipelines.workbench.plan_steps import Change
from pipelines.workbench.project_files import ProjectFiles, read_files
from pipelines.workbench.replay import rehearse

HERE = Path(__file__).parent
DAYS = 7
KEPT = {
    "members_before": ("main", "planned_members"), "due_before": ("main", "planned_messages"), "guards_before": ("main", "planned_guards"),
    "moves_before": ("journeys", "moves"),
}  # fmt: skip
"""What is taken over from the trial of the files that ran, to be compared."""


@dataclass(frozen=True)
class GuardTripped:
    """A scenario that the files of now would have held until a person releases it, and the first tick (UTC) that does."""

    scenario: str
    tripped_at: datetime
    entries: int
    usual: int


@dataclass(frozen=True)
class Plan:
    """
    What the files of now change, as of the last tick of the read copy (UTC) and up to `until`, if nothing new came in.

    `files` are the paths that differ. With none, nothing else does.
    """

    as_of: datetime
    until: datetime
    files: Mapping[str, Change]
    problems: tuple[Problem, ...] = ()
    segments: tuple[SegmentChange, ...] = ()
    scenarios: tuple[ScenarioChange, ...] = ()
    moves: tuple[Move, ...] = ()
    messages: tuple[MessageChange, ...] = ()
    guards: tuple[GuardTripped, ...] = ()

    @property
    def outcome(self) -> Literal["same", "words", "changes"]:
        """Whether the files are the same, differ only in words that decide nothing, or change what happens."""
        if not self.files:
            return "same"
        return "changes" if any((self.segments, self.scenarios, self.moves, self.messages, self.guards, self.problems)) else "words"


def plan(project: Project, files: ProjectFiles, *, ahead: int = DAYS) -> Plan:
    """
    Return what *files* change, looking *ahead* so many days. The project's warehouse is not opened: copies of its read copy are, and they are gone afterwards.

    Both sets of files run the daily ticks of the days to come in a copy each, with the engine that runs every day; then
    what they decided is compared. Raises RelanceError where no tick has written down its files yet.
    """
    as_of, texts = _last_run(project)
    today = local_day(project, as_of)
    ticks = [tick for day in days(today, today + timedelta(days=ahead)) if (tick := tick_of_day(project, day)) > as_of][:ahead]
    until = ticks[-1] + timedelta(days=1)
    changed = file_changes(texts, files.texts)
    problems = tuple(problem for problem in files.problems if problem.severity == "error")
    if not changed:
        return Plan(as_of, until, changed, problems)
    with TemporaryDirectory(prefix="plan-", dir=project.state_folder) as folder:
        return _compared(project, files, Plan(as_of, until, changed, problems), _Trials(Path(folder), texts, ticks))


def file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Change]:
    """Return the paths that differ, in order."""
    kinds: dict[tuple[bool, bool], Change] = {(False, True): "added", (True, False): "removed", (True, True): "changed"}
    return {path: kinds[path in before, path in after] for path in sorted({*before, *after}) if before.get(path) != after.get(path)}


@dataclass(frozen=True)
class _Trials:
    """Where things are tried out: the texts that ran last, and the ticks to come."""

    folder: Path
    texts: Mapping[str, str]
    ticks: Sequence[datetime]

    @property
    def before(self) -> Path:
        return self.folder / "before.duckdb"

    @property
    def after(self) -> Path:
        return self.folder / "after.duckdb"

    def project(self) -> Project:
        """Write the files that ran last and return them as a project."""
        root = self.folder / "files"
        for name, text in self.texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        return load_project(root)


def _last_run(project: Project) -> tuple[datetime, dict[str, str]]:
    with open_read_copy(project, older=True) as warehouse:
        as_of = warehouse.value("select max(as_of) from runs.ticks where status = 'committed'")
        known = warehouse.value("select count(*) from information_schema.tables where table_schema = 'runs' and table_name = 'files'")
        texts = files_of(warehouse, as_of) if as_of and known else {}
    if FILE_NAME not in texts:
        raise RelanceError(f"{project.read_copy_path}: no tick has written down the files it ran with\n  hint: the next daily tick does; `relance run`")
    return as_of, texts


def _compared(project: Project, files: ProjectFiles, found: Plan, trials: _Trials) -> Plan:
    was = trials.project()
    files_before = read_files(was)
    same_ticks = _only_texts(project, found, files_before, files)
    shutil.copyfile(project.read_copy_path, trials.before)
    if not same_ticks:
        shutil.copyfile(trials.before, trials.after)
    with open_trial(was, trials.before) as warehouse:
        if warehouse.value("select max(as_of) from runs.ticks where status = 'committed'") != found.as_of:
            raise RelanceError(f"{project.read_copy_path}: a tick published it anew meanwhile\n  hint: ask again")
        scenarios, segments, unknown = scenario_changes(warehouse, files), changed_segments(warehouse, files), tuple(move_problems(warehouse, files))
        _try(warehouse, was, files_before, segments, found, trials)
    if same_ticks:
        shutil.copyfile(trials.before, trials.after)
    with open_trial(project, trials.after) as warehouse:
        if not same_ticks:
            _try(warehouse, project, files, segments, found, trials)
        with warehouse.beside(trials.before, "trial"):
            for kept, (schema, name) in KEPT.items():
                warehouse.keep(kept, exp.select("*").from_(exp.table_(name, db=schema, catalog="trial")))
        return Plan(
            found.as_of, found.until, found.files, (*found.problems, *unknown),
            segment_changes(warehouse, segments, found.files), scenarios, moves(warehouse), message_changes(warehouse, files_before, files),
            tuple(GuardTripped(*row) for row in warehouse.rows(HERE / "plan_guards_new.sql")),
        )  # fmt: skip


def _only_texts(project: Project, found: Plan, before: ProjectFiles, after: ProjectFiles) -> bool:
    """Whether only what messages say differs, so that both sets of files decide the same."""
    texts = f"{shown(project.messages_folder, project.root)}/"
    return all(path.startswith(texts) for path in found.files) and before.messages.channels == after.messages.channels


def _try(warehouse: Warehouse, project: Project, files: ProjectFiles, segments: Mapping[str, Change], found: Plan, trials: _Trials) -> None:
    """Run the ticks to come, and keep what is to be compared: members after the first, messages and guards after the last."""
    rehearse(warehouse, project, files, trials.ticks[:1])
    note_members(warehouse, segments)
    rehearse(warehouse, project, files, trials.ticks[1:])
    note_messages(warehouse, found.as_of, found.until)
    warehouse.run(HERE / "plan_guards.sql")
    warehouse.checkpoint()
