"""Starting files that work: `relance new segment|scenario|project NAME`."""

import re
import unicodedata
from pathlib import Path

from pipelines.errors import BadFiles, Problem, shown
from pipelines.segments.files import RESERVED
from pipelines.settings import FILE_NAME, Project

STARTERS = Path(__file__).with_name("starters")
NAME = re.compile(r"^[a-z][a-z0-9_]{0,47}$")


def new_segment(project: Project, name: str) -> list[Path]:
    """Write `segments_sql/<name>.sql` and its case file; return their paths."""
    _named(name)
    return _write(project.root, name, {"segment.sql": f"segments_sql/{name}.sql", "segment_cases.yaml": f"tests/cases/segments/{name}.yaml"})


def new_scenario(project: Project, name: str) -> list[Path]:
    """Write a draft scenario, the message it sends in two languages, and its case file; return their paths."""
    _named(name)
    messages = f"scenarios/messages/{name}_hello"
    return _write(project.root, name, {
        "scenario.yaml": f"scenarios/{name}.yaml", "email.html.j2": f"{messages}/email.html.j2", "email.fr.html.j2": f"{messages}/email.fr.html.j2",
        "scenario_cases.yaml": f"tests/cases/scenarios/{name}.yaml",
    })  # fmt: skip


def new_project(folder: Path) -> list[Path]:
    """Write into *folder* the settings of a new project, a first segment with its cases, and the frame of its e-mails; return their paths."""
    _named(folder.name)
    layout = {f"layout/{path.name}": f"scenarios/messages/layout/{path.name}" for path in sorted((STARTERS / "layout").iterdir())}
    files = {"relance.toml": FILE_NAME, "lapsed.sql": "segments_sql/lapsed.sql", "lapsed_cases.yaml": "tests/cases/segments/lapsed.yaml"}
    return _write(folder, folder.name, files | layout)


def _named(name: str) -> None:
    if not NAME.match(name):
        raise BadFiles(
            [Problem(name or "the name", None, "is not a name: lower-case letters, digits and _, a letter first", f"for example `{_proposal(name)}`")]
        )
    if name in RESERVED:
        raise BadFiles([Problem(name, None, "is a name that relance uses itself", f"for example `my_{name}`")])


def _proposal(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain).strip("_0123456789")[:48] or "my_name"


def _write(root: Path, name: str, files: dict[str, str]) -> list[Path]:
    """Write every starter with *name* filled in, or none where one of the files exists."""
    targets = {STARTERS / starter: root / target for starter, target in files.items()}
    if there := [target for target in targets.values() if target.exists()]:
        raise BadFiles(Problem(shown(path, root), None, "exists already", "choose another name") for path in there)
    for starter, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(starter.read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8")
    return list(targets.values())
