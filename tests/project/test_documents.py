"""Generated documents are what the code says now; the lock file holds what the project declares."""

import json
import re
import tomllib
from pathlib import Path
from typing import Iterator

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.activities import activities
from pipelines.workbench.documentation import COMMAND, documents, write_all

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ;.*)?(?: \\)?$", re.MULTILINE)


@pytest.mark.parametrize("path", documents(), ids=str)
def test_a_committed_document_is_what_the_code_says(path: Path) -> None:
    committed = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
    assert committed == documents()[path], f"out of date; write it anew with: .venv/bin/{COMMAND}"


def test_writing_the_documents_makes_exactly_the_committed_ones(tmp_path: Path) -> None:
    write_all(tmp_path)
    assert {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()} == set(documents())


def test_the_shipped_scenarios_name_their_schema_to_editors_and_trust_no_opens() -> None:
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../docs/scenario.schema.json\n"), path
        assert not re.search(r"(not_)?opened:", text), f"{path}: opens are weak evidence"


def test_the_settings_reference_explains_every_key() -> None:
    schema = Settings.model_json_schema()
    parts = {name: part["properties"] for name, part in schema["$defs"].items()}
    unexplained = [f"{name}.{key}" for name, fields in parts.items() for key, field in fields.items() if key != "kind" and not _explained(field)]
    assert not unexplained, "give each field a description"


def _explained(field: dict[str, object]) -> bool:
    return bool(field.get("description")) or "$ref" in json.dumps(field)


def test_the_settings_schema_gives_durations_as_people_write_them() -> None:
    schema = json.loads(documents()[Path("docs/relance.schema.json")])
    assert schema["$defs"]["WarehouseSettings"]["properties"]["lock_timeout"]["default"] == "10 minutes"
    assert schema["additionalProperties"] is False


def test_the_data_dictionary_names_every_activity() -> None:
    text = documents()[Path("docs/data_dictionary.md")]
    assert not [name for name in activities() if f"| `{name}" not in text]


def test_the_lock_holds_everything_declared_with_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = PIN.findall(text)
    assert set(_declared()) <= {name for name, _ in pinned}, "make the lock anew: make lock"
    assert len(pinned) == len(re.findall(r"^[^\s#].*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(re.findall(r"^[^\s#]", text, re.MULTILINE))
    assert not re.search(r"https?:|file:|^-", text, re.MULTILINE)


def test_exact_versions_declared_are_the_ones_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = dict(PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    exact = dict(line.split("==") for line in project["dependencies"] if "==" in line)
    assert {name: pinned[name] for name in exact} == exact


def _declared() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        yield re.split(r"[<>=!~;\[ ]", line)[0].lower().replace(".", "-").replace("_", "-")
