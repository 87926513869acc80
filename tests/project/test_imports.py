"""Who may call whom: imports run one way, engines and Dagster stay behind their doors."""

import ast
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = [
    {"errors", "durations", "setting_values", "settings", "settings_file"},
    {"warehouse"},
    {"ticks"},
    {"audiences", "privacy", "sources", "facts", "segments", "scenarios", "journeys", "outbox", "messages", "delivery", "results"},
    {"workbench", "sample", "assets"},
    {"definitions"},
    {"commands"},
    {"cli"},
]
FILES = sorted(path.relative_to(ROOT) for folder in ("pipelines", "senders") for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the full names of the modules that *path* imports anywhere in it, inside functions too."""
    return {name for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))) for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield module
            yield from (f"{module}.{name.name}" for name in names)
        case ast.ImportFrom():
            raise AssertionError(f"relative import on line {node.lineno}: write the full name")


def room(module: str) -> str:
    """Return the room of a module of ours: `pipelines.warehouse.duckdb` is in warehouse, `pipelines.errors` is errors."""
    return module.split(".")[1]


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def importers(package: str) -> set[Path]:
    return {path for path in FILES if any(name.split(".")[0] == package for name in imported(path))}


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {room(module_name(path)) for path in FILES if path.parts[0] == "pipelines" and path.name != "__init__.py"}
    assert rooms <= set().union(*LAYERS), "add the new room to LAYERS, where it belongs"


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] == "pipelines" and path.name != "__init__.py"], ids=str)
def test_a_file_imports_only_rooms_before_its_own_or_beside_it(path: Path) -> None:
    layer_of = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    ours = {room(name) for name in imported(path) if name.startswith("pipelines.")}
    later = {name for name in ours if layer_of[name] > layer_of[room(module_name(path))]}
    assert not later, f"{path} imports {sorted(later)}, which come after it"


def test_rooms_do_not_import_each_other_in_circles() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        if path.parts[0] == "pipelines" and path.name != "__init__.py":
            here = room(module_name(path))
            graph.setdefault(here, set()).update({room(name) for name in imported(path) if name.startswith("pipelines.")} - {here})
    _assert_no_circle(graph)


def test_modules_do_not_import_each_other_in_circles() -> None:
    modules = {module_name(path) for path in FILES}
    _assert_no_circle({module_name(path): (imported(path) & modules) - {module_name(path)} for path in FILES})


def _assert_no_circle(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"circle: {' imports '.join(reversed(error.args[1]))}")


def test_senders_import_nothing_of_ours() -> None:
    assert not {str(path) for path in importers("pipelines") if path.parts[0] == "senders"}


def test_only_assets_and_definitions_import_dagster() -> None:
    allowed = {path for path in FILES if path.parts[:2] == ("pipelines", "assets") or path == Path("pipelines/definitions.py")}
    assert not {str(path) for path in importers("dagster") - allowed}


def test_only_the_warehouse_opens_an_engine() -> None:
    assert not {str(path) for path in importers("duckdb") if path.parts[:2] != ("pipelines", "warehouse")}


def test_the_code_imports_what_is_declared_and_all_that_is_declared_is_used() -> None:
    by_module = packages_distributions()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [line for name, lines in project["optional-dependencies"].items() if name != "dev" for line in lines]
    declared = {_distribution(line) for line in [*project["dependencies"], *optional]}
    top_level = {name.split(".")[0] for path in FILES for name in imported(path)}
    # `google` is a name that several distributions share.
    found = {name: {_distribution(each) for each in by_module[name]} for name in top_level if name in by_module and name not in {"pipelines", "senders"}}
    used = {min(each & declared or each) for each in found.values()}
    not_imported = {"dagster-webserver", "tzdata"}  # a process that `relance ui` starts, and the zones for a machine that has none
    assert used - declared == set()
    assert declared - used == not_imported


def _distribution(requirement: str) -> str:
    name = requirement
    for sign in "<>=!~;[ ":
        name = name.split(sign)[0]
    return name.lower().replace("_", "-").replace(".", "-")
