"""The file `relance.toml` → a project; what is wrong with it is said with the line."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.settings import FILE_NAME, Project, Settings

MEANING = "docs/settings.md says what each setting means"


def load_project(root: Path) -> Project:
    """Return the project in folder *root*; raise BadFiles naming every wrong line of its `relance.toml`."""
    root = root.resolve()
    path = root / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        raise BadFiles([Problem(FILE_NAME, None, f"not found in {root}", "give the project's folder with --project, or run `relance new project`")]) from None
    except UnicodeDecodeError as error:
        raise BadFiles([Problem(FILE_NAME, None, f"is not UTF-8 text ({error.reason})", "save it as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadFiles([_toml_problem(error)]) from None
    try:
        return Project(root=root, settings=Settings.model_validate(values))
    except ValidationError as error:
        raise BadFiles(_problem(text, values, details) for details in error.errors()) from None


def line_of_setting(project: Project, *where: str | int) -> int | None:
    """Return the line of the project's `relance.toml` that says a setting such as `"sources", 2, "path"`; None without such a file."""
    path = project.root / FILE_NAME
    return _line_of(path.read_text(encoding="utf-8"), list(where)) if path.exists() else None


def _toml_problem(error: tomllib.TOMLDecodeError) -> Problem:
    place = re.search(r"\(at line (\d+)", str(error))
    return Problem(FILE_NAME, int(place[1]) if place else None, re.sub(r" \(at .*\)$", "", str(error)), "see https://toml.io for how TOML is written")


def _problem(text: str, values: dict[str, Any], details: Any) -> Problem:
    where = [part for place, part in enumerate(details["loc"]) if (details["loc"][0], place) != ("senders", 2)]
    key, line = _shown(values, where) or "the file", _line_of(text, where)
    match details:
        case {"type": "extra_forbidden"}:
            return Problem(FILE_NAME, line, f"unknown setting `{key}`", nearest(str(where[-1]), _known_keys()))
        case {"type": "missing"}:
            return Problem(FILE_NAME, line, f"`{key}` is missing", MEANING)
        case {"type": "union_tag_not_found"}:
            return Problem(FILE_NAME, line, f"`{key}.kind` is missing", MEANING)
        case {"type": "union_tag_invalid", "ctx": {"tag": given, "expected_tags": known}}:
            return Problem(FILE_NAME, line, *_none_of(f"{key}.kind", given, known))
        case {"type": "literal_error", "input": str(given), "ctx": {"expected": known}}:
            return Problem(FILE_NAME, line, *_none_of(key, given, known))
        case _:
            said, _, hint = details["msg"].removeprefix("Value error, ").partition("|" if details["type"] == "value_error" else "\n")
            return Problem(FILE_NAME, line, f"`{key}`: {said}", hint or MEANING)


def _none_of(key: str, given: str, known: str) -> tuple[str, str]:
    words = re.findall(r"'(.*?)'", known)
    return f"`{key}`: `{given}` is none of {', '.join(words)}", nearest(given, words) or MEANING


def _shown(values: Any, where: list[str | int]) -> str:
    """Return the key path *where* as a person reads it: an entry of a list by its name, or else counted from one."""
    shown = ""
    for part in where:
        match values, part:
            case list(), int():
                values = values[part]
                name = values.get("name") if isinstance(values, dict) else None
                shown += f"[{name if isinstance(name, str) else part + 1}]"
            case dict(), _:
                values = values.get(str(part))
                shown += f".{part}" if shown else str(part)
            case _:  # which of the forms that a value may have was tried: not a person's concern
                break
    return shown


def _known_keys() -> set[str]:
    schema = Settings.model_json_schema()
    return {key for part in [schema, *schema["$defs"].values()] for key in part.get("properties", {})}


def _line_of(text: str, where: list[Any]) -> int | None:
    """Return the line of a key path such as ['sources', 2, 'path'] in TOML *text*, or of the nearest enclosing table."""
    lines = text.splitlines()
    table, best, count = [str(part) for part in where if not isinstance(part, int)], None, 0
    wanted = next((part for part in where if isinstance(part, int)), 0)
    here: list[str] = []
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[+\s*([\w.]+)\s*\]+", line):
            here = header[1].split(".")
            count += here == table[: len(here)] and line.strip().startswith("[[")
        inside = here == table[: len(here)] and (count == 0 or count == wanted + 1)
        if inside and header:
            best = number
        if inside and (key := re.match(r"\s*([\w-]+)\s*=", line)) and table[len(here) : len(here) + 1] == [key[1]]:
            return number
    return best
