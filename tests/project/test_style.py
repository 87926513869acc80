"""House rules that a reader would otherwise have to remember."""

import ast
import re
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted(path.relative_to(ROOT) for folder in ("pipelines", "senders") for path in (ROOT / folder).rglob("*.py"))
WIRING = {Path("pipelines/cli.py"), Path("pipelines/definitions.py")}
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "time.ctime",
    "uuid.uuid1", "uuid.uuid4", "os.urandom", "utils.formatdate", "utils.localtime", "utils.make_msgid",
}  # fmt: skip
CLOCK_NAMES = {"uuid1", "uuid4", "urandom", "formatdate", "make_msgid", "hash"}
CHANCE = {"random", "secrets"}
SQL_CLOCKS = re.compile(
    r"""\b(now|today|random|uuid|gen_random_uuid|setseed|hash|current_localtimestamp|get_current_timestamp|transaction_timestamp)\s*\(
    | \bcurrent_(date|time|timestamp)\b""",
    re.IGNORECASE | re.VERBOSE,
)
SQL_START = re.compile(
    r"""^\s*(select\s | with\s+\w+\s+as\b | insert\s+into\b | delete\s+from\b | update\s+\S+\s+set\b | merge\s+into\b | copy\s
    | (create|drop|alter)\s+(or\s+replace\s+)?(temp\s+)?(table|view|macro)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "misc"}
MACHINE = re.compile(r"(?<![\w.>~/-])/(home|root|Users|work|opt|mnt)/\w|file:///\w|[-_]index[-_]url|" + "index" + "-url")


def tracked() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return (ROOT / name for name in sorted(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in OURS if path not in WIRING], ids=str)
def test_no_clock_and_no_chance_below_the_wiring(path: Path) -> None:
    found = [f"{path}:{node.lineno}: {what}" for node in ast.walk(tree(path)) for what in _clock(node) if isinstance(node, ast.expr | ast.stmt)]
    assert not found, "take the time as an argument, make identities by hashing data with SHA-256"


def _clock(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name) if f"{owner}.{name}" in CLOCKS:
            yield f"{owner}.{name}"
        case ast.Call(func=ast.Name(id=name)) if name in CLOCK_NAMES:
            yield f"{name}()"
        case ast.Import(names=names):
            yield from (f"import {name.name}" for name in names if name.name.split(".")[0] in CHANCE)
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] in CHANCE:
            yield f"from {module} import"


@pytest.mark.parametrize("path", sorted(path.relative_to(ROOT) for path in ROOT.glob("[ps]*/**/*.sql") if ".venv" not in path.parts), ids=str)
def test_no_clock_and_no_chance_in_sql(path: Path) -> None:
    text = re.sub(r"--[^\n]*|'[^']*'", "", (ROOT / path).read_text(encoding="utf-8"))
    found = SQL_CLOCKS.search(text)
    assert not found, f"{path}: `{found and found[0]}`: use as_of(), a parameter or rl_bucket"


@pytest.mark.parametrize("path", [path for path in OURS if path.parts[:2] != ("pipelines", "warehouse")], ids=str)
def test_no_f_string_writes_sql_that_runs(path: Path) -> None:
    module = tree(path)
    written = {node for node in ast.walk(module) if isinstance(node, ast.JoinedStr) and _writes_sql(node)}
    parsed = {part for node in ast.walk(module) if isinstance(node, ast.Call) and _name(node.func).startswith("parse") for part in ast.walk(node)}
    assert not [f"{path}:{node.lineno}" for node in written - parsed], "give values as $parameters, and names as sqlglot nodes"


def _writes_sql(text: ast.JoinedStr) -> bool:
    match text.values:
        case [ast.Constant(value=str(start)), _, *_]:
            return bool(SQL_START.match(start))
        case _:
            return False


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def test_packages_hold_no_code_in_their_init() -> None:
    assert not [str(path) for path in OURS if path.name == "__init__.py" and tree(path).body]


def test_no_file_is_named_after_nothing() -> None:
    assert not [str(path) for path in OURS if VAGUE & set(path.with_suffix("").parts)]


def test_no_python_file_holds_two_ideas() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in tracked() if path.suffix == ".py"}
    assert not {name: count for name, count in lines.items() if count > 350}


def test_every_module_says_what_lives_there() -> None:
    assert not [str(path) for path in OURS if path.name != "__init__.py" and not ast.get_docstring(tree(path))]


def test_no_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE.finditer(text)]
    assert not found
