"""Writes into a case file what its cases gave, for a person to read and keep: the rest of the file stays as it was written."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.scenarios.yaml_file import YamlFile, load_yaml


def record(path: Path, happened: Mapping[int, Sequence[str]]) -> None:
    """Replace the `expect:` of the cases numbered in *happened*, or add one to a case that has none."""
    yaml = load_yaml(path, path.name)
    lines = path.read_text(encoding="utf-8").splitlines()
    for number in sorted(happened, reverse=True):
        begin, end, indent = _place(yaml, lines, number)
        lines[begin:end] = [" " * indent + line for line in happened[number]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _place(yaml: YamlFile, lines: list[str], number: int) -> tuple[int, int, int]:
    """Return the lines, from and up to, that say what case *number* expects, and how far its keys are set in."""
    first = yaml.line(("cases", number)) - 1
    begin = yaml.line(("cases", number, "expect")) - 1 if "expect" in yaml.values["cases"][number] else None
    indent = len(lines[first]) - len(lines[first].lstrip("- "))
    end = begin + 1 if begin is not None else first + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > (indent if begin is not None else indent - 1)):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return (end if begin is None else begin), end, indent
