"""What is wrong with a scenario file's values, in words its author can act on; class names stay inside."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from pipelines.errors import Problem, nearest
from pipelines.scenarios import model as m
from pipelines.scenarios import triggers as t
from pipelines.scenarios.parts import Part
from pipelines.scenarios.yaml_file import Path_, YamlFile

MODELS: tuple[type[Part], ...] = (
    m.Scenario, *t.TRIGGERS.values(), t.Unanswered, t.PriceDropped, t.Reached, t.SegmentChange, t.Backfill, m.Audience, m.Goal, m.Exit, m.Did,
    m.Condition, m.Window, m.Send, m.WaitFor,
    m.Rung, m.Otherwise, m.Split, m.Arm, m.Wait, m.CalendarWait, m.UntilWait, m.DateWait, m.DateOfTrigger, m.Branch, m.ExitStep, m.Cooldown,
    m.Repeat, m.Repetition, m.StartStep, m.TagStep, m.TagChange, m.SyncStep, m.AudienceChange, m.OfferStep, m.Clicked,
)  # fmt: skip
KINDS = {
    "step": m.STEPS, "branch": ("if", "else"), "trigger": tuple(t.TRIGGERS), "wait": ("days", "until"), "reentry": ("cooldown",), "product": ("price_dropped",)
}  # fmt: skip
"""The keys by which alternatives are told apart."""
WRITTEN = {
    "^[a-z]": ("is no name", "names are lower-case letters, digits and _, and begin with a letter"),
    "^([01]": ("is no time of day", 'write for example "09:00"'),
    "^-?": ("is no number of days", "write for example `-7 days`"),
}
"""What a text that does not fit its pattern is not, by the pattern's beginning."""


def problems_in_words(error: ValidationError, yaml: YamlFile) -> Iterator[Problem]:
    """Yield one problem for each thing that *error* found in the values of *yaml*, at its line."""
    seen: set[tuple[int, str]] = set()
    for details in error.errors():
        line = yaml.line(details["loc"])
        text, hint = _said(details, yaml)
        if (line, text) not in seen:
            seen.add((line, text))
            yield Problem(yaml.name, line, text, hint)


def _said(details: Any, yaml: YamlFile) -> tuple[str, str]:
    """Return what is wrong and what to write instead."""
    path, typed, limits = yaml.place(details["loc"]), details["input"], details.get("ctx", {})
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
    match details["type"]:
        case "extra_forbidden":
            return _unknown_key(path, yaml)
        case "missing":
            return f"`{details['loc'][-1]}` is missing", "docs/scenarios.md explains every key"
        case "literal_error":
            expected = limits["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            return f"`{key}` cannot be `{typed}`", nearest(str(typed), expected) or ("write " if len(expected) == 1 else "one of ") + ", ".join(expected)
        case "string_pattern_mismatch":
            what, hint = next(said for begin, said in WRITTEN.items() if limits["pattern"].startswith(begin))
            return f"`{key}: {typed}` {what}", hint
        case "value_error":
            text, _, hint = str(limits["error"]).partition("|")
            return text, hint
        case "step" | "branch" | "trigger" | "wait" | "reentry" | "product":
            return details["msg"], _meant(typed, KINDS[details["type"]])
        case "list_type":
            return f"`{key}` must be a list", "begin each of its lines with `- `"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{key}` cannot be `{typed}`", "it has keys of its own: docs/scenarios.md shows them"
        case "string_type":
            return f"`{key}: {typed}` is not text", "put it in quotes if it is meant as it stands"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"`{key}: {typed}` is not a whole number", ""
        case "greater_than_equal":
            return f"`{key}: {typed}` is too small", f"at least {limits['ge']}"
        case "less_than_equal":
            return f"`{key}: {typed}` is too much", f"at most {limits['le']}"
        case "too_short":
            return f"`{key}` needs at least {limits['min_length']} entr{'ies' if limits['min_length'] > 1 else 'y'}", ""
        case kind if kind.startswith("date"):
            return f"`{key}: {typed}` is not a day", "write for example `2027-03-31`"
        case _:
            return f"`{key}`: {details['msg'][0].lower()}{details['msg'][1:]}", ""


def _meant(typed: Any, words: tuple[str, ...]) -> str:
    keys = typed if isinstance(typed, dict) else {}
    return next((hint for key in keys if (hint := nearest(str(key), words))), "")


def _unknown_key(path: Path_, yaml: YamlFile) -> tuple[str, str]:
    """Return the keys that would fit: those of the model most of whose keys stand there already, or that has one so spelled."""
    here = set(_keys_at(yaml.values, path[:-1]))
    best = max(MODELS, key=lambda model: (len(here & _names(model)), bool(nearest(str(path[-1]), _names(model)))))
    known = _names(best) - here
    return f"unknown key `{path[-1]}`", nearest(str(path[-1]), known) or (f"known here: {', '.join(sorted(known))}" if known else "")


def _names(model: type[Part]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _keys_at(values: Any, path: Path_) -> list[str]:
    for part in path:
        values = values[part]
    return list(values) if isinstance(values, dict) else []
