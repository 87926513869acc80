"""Every sentence that says what is wrong with a person's file stands in the expected words of some bad file, which other tests hold to be what is said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT) for room in ("scenarios", "messages", "segments", "workbench") for path in (ROOT / "pipelines" / room).rglob("*.py"))
TEXT_OF = {"Problem": 2, "doubt": 2, "ValueError": 0, "WhereError": 0}
"""Which argument of a call is the sentence; what follows a `|` in it is the hint."""
ANSWERS = ("messages/message_library", "messages/preview", "messages/render", "workbench/check", "workbench/in_flight", "workbench/moves", "workbench/new", "workbench/run_tests", "workbench/scenario_cases",
           "workbench/segment_cases", "workbench/values")  # fmt: skip
"""What commands and runs answer, of case files, data, the environment and what ran before: the words stand in their tests."""
LAST_RESORT = "its columns cannot be told apart"
"""Said of SQL that the engine runs and sqlglot cannot read: nobody has met any."""


def said_of(path: Path) -> str:
    """Return the words that tests expect to be said by a file."""
    answers = any(path.match(f"{name}.py") for name in ANSWERS)
    places = [*(ROOT / "tests").rglob("bad_files/*/expected.txt"), *((ROOT / "tests").rglob("test_*.py") if answers else [])]
    return "\n".join(place.read_text(encoding="utf-8").replace("\\", "") for place in sorted(places))


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and a pattern of every sentence in a file that says what is wrong."""
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for function in [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]:
        given = _given(function)
        for node in ast.walk(function):
            for text in _texts(node):
                for each in given.get(text.id, []) if isinstance(text, ast.Name) else [text]:
                    for pattern in _patterns(each):
                        yield each.lineno, pattern


def _given(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each name in a function."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=True):
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(value)
            case _:
                pass
    return found


def _texts(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in TEXT_OF and len(args) > TEXT_OF[name]:
            yield args[TEXT_OF[name]]
        case ast.Return(value=ast.Tuple(elts=[ast.JoinedStr() | ast.Constant(value=str()) as text, _])):
            yield text
        case ast.Yield(value=ast.Tuple(elts=[ast.Tuple(), text, _])):
            yield text
        case _:
            pass


def _patterns(text: ast.expr) -> Iterator[str]:
    match text:
        case ast.IfExp(body=yes, orelse=no):
            yield from (*_patterns(yes), *_patterns(no))
        case ast.Constant(value=str(words)):
            yield re.escape(words.partition("|")[0])
        case ast.JoinedStr(values=values):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in values]
            yield "".join(parts).partition(r"\|")[0]
        case _:
            pass


@pytest.mark.parametrize("path", [path for path in FILES if next(sentences(path), None)], ids=str)
def test_every_sentence_is_said_of_some_bad_file(path: Path) -> None:
    said = said_of(path)
    missing = [f"{path}:{line}: {pattern}" for line, pattern in sentences(path) if pattern != re.escape(LAST_RESORT) and not re.search(pattern, said)]
    assert not missing, "add a case to a bad_files/ that reaches it"
