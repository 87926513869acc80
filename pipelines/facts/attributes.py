"""Attributes: the declarations of the settings as views of what answers them, and of what the contacts file says; then one row per contact and name."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlglot
import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.facts.branches import named, with_branches
from pipelines.facts.restated import activity_of, is_dated, restated, tables_of
from pipelines.scenarios.expressions import WhereError, answer_condition, answer_value, answer_values, parse_value, said, types_of_activities
from pipelines.scenarios.odd_values import unread
from pipelines.scenarios.types import engine_with, wrong_kinds
from pipelines.settings import FILE_NAME, TYPES, AttributeSettings, Project
from pipelines.settings_file import line_of_setting
from pipelines.warehouse.activities import Activity, activities, known_activity
from pipelines.warehouse.dialect import problems_of
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
Declared = tuple[tuple[str, AttributeSettings], ...]


def attribute_problems(project: Project) -> list[Problem]:
    """Return what is wrong with the declared attributes: names that are taken, activities and columns nobody knows, SQL that means nothing."""
    return [Problem(FILE_NAME, line_of_setting(project, "attributes", *place), *said) for place, said in _wrong(_declared(project))]


def refused_attributes(project: Project) -> list[Problem]:
    """Return what the engine refuses where `attribute_problems` finds nothing: kinds that do not fit, counts over many rows."""
    if not project.settings.attributes or attribute_problems(project):
        return []
    found = []
    with engine_with(project.settings.thresholds, project.settings.attribute_types) as engine:
        for name, declared in project.settings.attributes.items():
            for key, text in (("where", declared.where), ("value", declared.value)):
                wrong = wrong_kinds(parse_value(text), types_of_activities(declared.activity), engine, condition=key == "where") if text else ()
                line = line_of_setting(project, "attributes", name, key)
                found += [Problem(FILE_NAME, line, f"attribute `{name}`: {said}", hint) for said, hint in wrong]
    return found


def define_answers(warehouse: Warehouse, project: Project, counted_at: datetime | None) -> None:
    """
    Define the views of answers.sql, where attributes are declared: who said what, what the contacts file says, and whose answers must be read anew.

    *counted_at* is the instant that facts were last counted for, None when everything is counted anew. Raises BadFiles for declarations that make no sense.
    """
    declared = _declared(project)
    if not declared:
        return
    if _wrong(declared):
        raise BadFiles(attribute_problems(project))
    for statement in _views(declared):
        warehouse.run(statement)
    if counted_at and (later := [kind for kind in _kinds(declared) if is_dated(kind)]):
        anew = [restated(kind, counted_at) for kind in later]
        query = exp.union(*anew, distinct=False, copy=False) if len(anew) > 1 else anew[0]
        warehouse.run("create or replace temp view answers_restated as " + query.sql(dialect="duckdb"))


def count_attributes(warehouse: Warehouse, project: Project, values: dict[str, Any]) -> None:
    """Bring facts.attributes up to the tick, and give as `changed_attributes` what each contact has now for whom something changed."""
    if project.settings.attributes:
        warehouse.run(HERE / "answers_read.sql", **values)
        if warehouse.value("select 1 from answers_read union all select 1 from file_read limit 1"):
            warehouse.run(HERE / "attributes.sql", **values)
            warehouse.keep("changed_attributes", _packed(tuple(project.settings.attributes)))
            return
    warehouse.run(HERE / "no_attributes.sql")


@lru_cache
def _views(declared: Declared) -> tuple[str, ...]:
    """Return the statements of answers.sql, each with its branches: composed once, for every time is a tenth of a small tick."""
    branches: dict[str, list[exp.Select]] = {
        "answered": [_answered(name, attribute, activity) for name, attribute in declared for activity in attribute.activity],
        "filed": [_filed(name, attribute) for name, attribute in declared],
        "answer_tables": named(_contract_tables(declared)),
    }
    return with_branches(HERE / "answers.sql", branches)


@lru_cache
def _packed(names: tuple[str, ...]) -> str:
    """Return the query for the attributes of each contact in `attributes_changed`, as the one JSON object that facts.stored_contacts keeps; null for none."""
    pairs: list[exp.Expr] = []
    for name in names:
        said = exp.case().when(exp.column("attribute", table="s").eq(exp.Literal.string(name)), exp.column("value", table="s"))
        pairs += [exp.Literal.string(name), exp.Max(this=said)]
    some = exp.Count(this=exp.column("attribute", table="s")) > 0
    packed = exp.cast(exp.case().when(some, exp.func("json_object", *pairs, dialect="duckdb")), "JSON")
    stored = exp.select("c.contact_id", exp.alias_(packed, "attributes")).from_("attributes_changed AS c")
    stored = stored.join("facts.stored_attributes AS s", on="s.contact_id = c.contact_id", join_type="left").group_by("c.contact_id")
    return stored.sql(dialect="duckdb")


def _answered(name: str, declared: AttributeSettings, activity: str) -> exp.Select:
    """
    Return what contacts answered by *activity*; `value` is null where it is not of the attribute's type.

    Where `where` or `value` could not be read, the answer is said to be the values that they name.
    """
    value = answer_value(declared.value, activity)
    holds = answer_condition(declared.where, activity) if declared.where else exp.true()
    odd = exp.or_(*filter(None, (unread(holds), unread(value))), exp.false())
    named = [*answer_values(declared.where, activity), *answer_values(declared.value, activity)]
    words = exp.case().when(odd, said(named) or exp.null()).else_(_words(value))
    rows = exp.select(
        "a.contact_id", "a.activity_id", exp.alias_(exp.column("occurred_at", table="a"), "answered_at"), "a.loaded_at",
        exp.alias_(words, "said"), exp.alias_(odd.copy(), "odd"),
    ).from_(activity_of(activity).query.subquery("a"))  # fmt: skip
    rows = rows.where(exp.column("contact_id", table="a").is_(exp.null()).not_())
    if "name" in activity_of(activity).query.named_selects:
        rows = rows.where(exp.column("name", table="a").eq(exp.Literal.string(activity)))
    rows = rows.where(exp.or_(holds.copy(), unread(holds) or exp.false()))
    columns = ("contact_id", exp.alias_(exp.Literal.string(name), "attribute"), "said", _read("said", declared, exp.column("odd")), "answered_at")
    selected = exp.select(*columns, exp.alias_(exp.Literal.string(activity), "activity"), "activity_id", "loaded_at")
    return selected.from_(rows.subquery("r")).where(exp.column("said").is_(exp.null()).not_())


def _filed(name: str, declared: AttributeSettings) -> exp.Select:
    """Return what the contacts file says under *name*."""
    text = exp.Anonymous(this="rl_json", expressions=[exp.column("attributes"), exp.Literal.string(name)])
    loaded = exp.func("coalesce", exp.column("corrected_at"), exp.column("loaded_at"))
    rows = exp.select("contact_id", exp.alias_(_words(text), "said"), exp.alias_(loaded, "loaded_at")).from_("shop.contacts")
    nothing = [
        exp.alias_(exp.cast(exp.null(), kind), column) for column, kind in (("answered_at", "TIMESTAMP"), ("activity", "VARCHAR"), ("activity_id", "VARCHAR"))
    ]
    selected = exp.select("contact_id", exp.alias_(exp.Literal.string(name), "attribute"), "said", _read("said", declared, exp.false()), *nothing, "loaded_at")
    return selected.from_(rows.subquery("r")).where(exp.column("said").is_(exp.null()).not_())


def _words(value: exp.Expr) -> exp.Expr:
    """Return *value* as text, or null where nothing is left of it."""
    return exp.func("nullif", exp.func("trim", exp.cast(value, "VARCHAR")), exp.Literal.string(""))


def _read(said: str, declared: AttributeSettings, odd: exp.Expr) -> exp.Expr:
    """Return what was *said* where it is of the attribute's type and not *odd*."""
    typed = exp.TryCast(this=exp.column(said), to=exp.DataType.build(TYPES[declared.type], dialect="duckdb"))
    return exp.alias_(exp.case().when(exp.and_(odd.not_(), typed.is_(exp.null()).not_()), exp.column(said)), "value")


def _declared(project: Project) -> Declared:
    return tuple(project.settings.attributes.items())


def _kinds(declared: Declared) -> list[Activity]:
    return [activity_of(name) for name in sorted({name for _, attribute in declared for name in attribute.activity})]


def _contract_tables(declared: Declared) -> list[str]:
    return sorted({table.name for kind in _kinds(declared) for table in tables_of(kind) if table.db == "shop"})


@lru_cache
def _wrong(declared: Declared) -> tuple[tuple[tuple[str, ...], tuple[str, str]], ...]:
    """Return what is wrong: where in the section, the sentence and its hint."""
    return tuple((place, (text, hint)) for name, attribute in declared for place, text, hint in _wrong_with(name, attribute))


def _wrong_with(name: str, declared: AttributeSettings) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if name in BY_NAME["facts.contacts"].column_names:
        yield (name,), f"the attribute `{name}` has the name of a column of facts.contacts", "choose another name"
    if not _is_column(name):
        yield (name,), f"`{name}` is a word of SQL and cannot be an attribute's name", f"write `{name}_said` or another word"
    unknown = [activity for activity in declared.activity if known_activity(activity) is None]
    for activity in unknown:
        hint = nearest(activity, activities()) or "docs/data_dictionary.md lists the activities; the shop's own are `custom.<name>`"
        yield (name, "activity"), f"attribute `{name}`: unknown activity `{activity}`", hint
    for key, text in (("where", declared.where), ("value", declared.value)):
        if text and not unknown:
            yield from (((name, key), f"attribute `{name}`: {said}", hint) for said, hint in _wrong_sql(text, declared.activity))


def _is_column(name: str) -> bool:
    """Whether *name* can be written in SQL as it is."""
    try:
        tree = sqlglot.parse_one(name, dialect="duckdb")
    except SqlglotError:
        return False
    return isinstance(tree, exp.Column) and tree.sql(dialect="duckdb") == name


def _wrong_sql(text: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a piece of SQL over the columns of the activities *names*."""
    try:
        yield from ((problem.text, problem.hint) for problem in problems_of(parse_value(text), FILE_NAME))
        for name in names:
            answer_value(text, name)
    except WhereError as error:
        yield str(error), error.hint
