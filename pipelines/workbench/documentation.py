"""
Documents that come from the code: settings reference, data dictionary, JSON Schemas of `relance.toml` and of scenario files.

`python -m pipelines.workbench.documentation` writes them anew; a test fails when they are out of date.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Iterator, Sequence

from pydantic.json_schema import GenerateJsonSchema

from pipelines.durations import spoken
from pipelines.scenarios.model import Scenario
from pipelines.settings import Settings
from pipelines.warehouse.activities import CUSTOM, activities
from pipelines.warehouse.contract import CONTRACT, LOADED
from pipelines.warehouse.schema import OWN, SCHEMAS, VIEWS
from pipelines.warehouse.table import Column, Table

Json = dict[str, Any]
COMMAND = "python -m pipelines.workbench.documentation"
MADE = f"<!-- Written by `{COMMAND}`: change the code it comes from, not this file. -->"
KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "table"}


class _Schema(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        return spoken(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def documents() -> dict[Path, str]:
    """Return the text of every generated document by its path in the project."""
    return {
        Path("docs/settings.md"): settings_markdown(),
        Path("docs/relance.schema.json"): settings_schema(),
        Path("docs/scenario.schema.json"): scenario_schema(),
        Path("docs/data_dictionary.md"): data_dictionary(),
    }


def write_all(root: Path) -> None:
    """Write every generated document below *root*."""
    for path, text in documents().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def settings_schema() -> str:
    """Return the JSON Schema of `relance.toml`, for editors that complete and check it."""
    return _written({**_schema(), "title": "relance.toml"})


def scenario_schema() -> str:
    """Return the JSON Schema of a file of `scenarios/`, for editors that complete and check it."""
    made = Scenario.model_json_schema(by_alias=True, schema_generator=_Schema)
    return _written({**made, "title": "A scenario"})


def settings_markdown() -> str:
    """Return the settings reference: each table of `relance.toml`, its keys, defaults and meanings."""
    schema = _schema()
    intro = "Every setting of `relance.toml`. A key that is not listed here is an error. A duration reads `30 minutes`, `2 hours`, `3 days`."
    parts = [f"# Settings\n\n{MADE}\n\n{intro}"]
    for name, prop in schema["properties"].items():
        parts += _sections(schema, name, prop, name in schema["required"])
    return "\n\n".join(parts) + "\n"


def data_dictionary() -> str:
    """Return the data dictionary: every schema, table, view and column, and what contacts can do (activities)."""
    intro = (
        "Every table and column of the warehouse, with the comments it carries there too. Instants are UTC, named `…_at`; days are `…_on`, `…_date` or `day`; "
        "money is `DECIMAL(18,2)` in the project's currency. A key says which columns are unique together: whoever writes the table keeps it so."
    )
    parts = [f"# Data dictionary\n\n{MADE}\n\n{intro}"]
    for name, meaning in SCHEMAS.items():
        parts.append(f"## {name}\n\n{_sentence(meaning)}{_schema_note(name)}")
        parts += [_table(table) for table in (*VIEWS, *OWN) if table.schema == name]
    parts.append(_activities())
    return "\n\n".join(parts) + "\n"


def _written(schema: Json) -> str:
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2, ensure_ascii=False) + "\n"


def _schema() -> Json:
    return Settings.model_json_schema(schema_generator=_Schema)


def _sections(schema: Json, name: str, prop: Json, required: bool) -> Iterator[str]:
    """Yield one section for each table of the file that *prop* stands for, nested ones after their parent."""
    refs = [prop["$ref"]] if "$ref" in prop else [item["$ref"] for item in prop.get("items", {}).get("oneOf", [prop.get("items", {})]) if "$ref" in item]
    if not refs:
        yield f"## `[{name}]`\n\n{_sentence(prop['description'])} Names are yours."
    for ref in refs:
        section = schema["$defs"][ref.rpartition("/")[2]]
        many, kind = "items" in prop, section["properties"].get("kind", {}).get("const")
        heading = f"`{'[[' if many else '['}{name}{']]' if many else ']'}`" + (f' with `kind = "{kind}"`' if kind else "")
        about = _sentence(section.get("description", "")) + ("" if required else " May be left out.")
        fields = [(key, _there(field)) for key, field in section["properties"].items() if key != "kind"]
        nested = {key: field for key, field in fields if "$ref" in field.get("items", field)}
        wanted = section.get("required", [])
        rows = [(f"`{key}`", _kind(field), _default(field, key in wanted), field.get("description", "")) for key, field in fields if key not in nested]
        yield "\n\n".join(filter(None, (f"## {heading}", about.strip(), _grid(("key", "value", "default", "meaning"), rows))))
        for key, field in nested.items():
            yield from _sections(schema, f"{name}.{key}", field, key in wanted)


def _there(field: Json) -> Json:
    """Return *field* as it is where it is given: a section that may be left out is a section."""
    return next((field | choice for choice in field.get("anyOf", []) if "$ref" in choice), field)


def _kind(field: Json) -> str:
    match field:
        case {"const": value}:
            return f'`"{value}"`'
        case {"enum": values}:
            return ", ".join(f'`"{value}"`' for value in values)
        case {"anyOf": choices}:
            return " or ".join(_kind(choice) for choice in choices if choice.get("type") != "null")
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"examples": _}:
            return "duration"
        case {"format": kind}:
            return str(kind)
        case _:
            return KINDS[field["type"]] + _bounds(field)


def _bounds(field: Json) -> str:
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return "".join(f" {word} {field[key]}" for key, word in words.items() if key in field)


def _default(field: Json, required: bool) -> str:
    if required:
        return "compulsory"
    default = field.get("default")
    return "none" if default in (None, "", []) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _schema_note(name: str) -> str:
    match name:
        case "raw":
            contract = _listed([table.name for table in CONTRACT])
            return f" The rows of {contract} lie here with the same columns as the views of `shop` below, and the checks shown there."
        case "shop":
            return " Each contract view ends with three columns that the load writes:\n\n" + _columns(LOADED)
        case _:
            return ""


def _table(table: Table) -> str:
    columns = table.columns[: -len(LOADED)] if table.schema == "shop" and table.columns[-len(LOADED) :] == LOADED else table.columns
    key = f" Key: {_listed(table.key)}." if table.key else ""
    return f"### {table.full_name}\n\n{_sentence(table.grain)}{key}\n\n{_columns(columns)}"


def _columns(columns: Sequence[Column]) -> str:
    rows = [(f"`{column.name}`", column.type, "never null" if column.required else "", column.comment + _check(column)) for column in columns]
    return _grid(("column", "type", "", "meaning"), rows)


def _check(column: Column) -> str:
    return f"; checked: `{column.check}`" if column.check else ""


def _activities() -> str:
    intro = "What triggers, conditions, goals and exits speak about. `where:` may name the columns listed, and `contact_id`, `occurred_at`, `key`, `value`."
    rows = []
    for activity in activities().values():
        name = f"{CUSTOM}.<name>" if activity.name == CUSTOM else activity.name
        rows.append((f"`{name}`", activity.meaning, _listed([activity.key]), _listed([activity.value]), _listed(activity.columns)))
    return f"## Activities\n\n{intro}\n\n{_grid(('activity', 'meaning', 'key', 'value', 'columns'), rows)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names if name)


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    write_all(Path(__file__).parents[2])
