"""The one strict YAML loader: keeps line numbers, refuses duplicate keys and what YAML would silently change."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import yaml

from pipelines.errors import Problem

Path_ = tuple[str | int, ...]
INTEGER = re.compile(r"^[-+]?(0|[1-9]\d*)$")
DECIMAL = re.compile(r"^[-+]?(0|[1-9]\d*)\.\d+$")
TIME = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class YamlFile:
    """Values of one file, the line of every key and item, and what is wrong with the text itself."""

    name: str
    values: Any
    lines: dict[Path_, int]
    problems: tuple[Problem, ...]

    def line(self, path: Path_) -> int:
        """Return the line of *path*, skipping parts that the file does not have (names of model alternatives)."""
        return self.lines.get(self.place(path), 1)

    def place(self, path: Path_) -> Path_:
        """Return the longest part of *path* that the file has; where an alternative is named like a key, the one nearer to its end."""
        found: dict[Path_, int] = {(): 0}
        for number, part in enumerate(path, 1):
            found |= {(*kept, part): number for kept in list(found) if (*kept, part) in self.lines}
        return max(found, key=lambda kept: (len(kept), found[kept]))


def load_yaml(path: Path, name: str) -> YamlFile:
    """Return the content of *path*, called *name* in problems. Scalars are text, numbers, true, false or null, nothing else."""
    problems: list[Problem] = []
    lines: dict[Path_, int] = {}
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        return YamlFile(name, {}, {}, (Problem(name, None, "is not UTF-8 text", "save it as UTF-8"),))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return YamlFile(name, {}, {}, (Problem(name, mark.line + 1 if mark else None, *_unreadable(str(error.problem))),))
    values = _Reader(name, lines, problems).value(node, ()) if node is not None else None
    return YamlFile(name, values, lines, tuple(problems))


def _unreadable(problem: str) -> tuple[str, str]:
    if "\\t" in problem:
        return "has a tab where the line begins", "indent with spaces"
    return "is not YAML: " + problem.replace("'<stream end>'", "the end of the file"), "check indentation, brackets and quotes, here and in the line before"


class _Reader:
    def __init__(self, name: str, lines: dict[Path_, int], problems: list[Problem]) -> None:
        self.name, self.lines, self.problems = name, lines, problems

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        match node:
            case yaml.MappingNode():
                return dict(self._pairs(node, path))
            case yaml.SequenceNode():
                return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return self._scalar(node)
            case _:
                raise AssertionError(node)

    def _pairs(self, node: yaml.MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in seen:
                self.problems.append(Problem(self.name, line, f"`{key}` is written twice, first in line {seen[key]}", "keep one of them"))
            seen[key] = line
            self.lines[(*path, key)] = line
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = node.value
        if node.style is not None:
            return text
        if TIME.match(text):
            hint = f'write "{text.zfill(5)}": without quotes YAML reads some times as numbers'
            self.problems.append(Problem(self.name, node.start_mark.line + 1, f"the time {text} needs quotes", hint))
        if text in WORDS:
            return WORDS[text]
        if INTEGER.match(text):
            return int(text)
        return float(text) if DECIMAL.match(text) else text
