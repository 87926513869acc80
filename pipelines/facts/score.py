"""Lead score: the rules of the settings as views of what gives points, and of whose points must be counted anew."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import sqlglot.expressions as exp

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.facts.branches import named, with_branches
from pipelines.facts.restated import activity_of, is_dated, restated, tables_of
from pipelines.settings import FILE_NAME, Project, ScoreRule
from pipelines.ticks import start_of_day
from pipelines.warehouse.activities import activities, known_activity
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
INSTANT = re.compile(r"\$(\w+)")


def score_problems(project: Project) -> list[Problem]:
    """Return what is wrong with the rules: activities nobody knows, page patterns on activities without a page."""
    found = (_problem(number, rule) for number, rule in enumerate(project.settings.lead_score.rules, 1))
    return [problem for problem in found if problem]


def define_points(warehouse: Warehouse, project: Project, day: date, counted: tuple[datetime, date] | None) -> None:
    """
    Define the views `scored`, `restated` and `scored_tables` (see score.sql) for a tick of *day*.

    *counted* is the instant and the day that facts were last counted for, None when everything is counted anew.
    Raises BadFiles for rules that make no sense.
    """
    if problems := score_problems(project):
        raise BadFiles(problems)
    rules = tuple(project.settings.lead_score.rules)
    instants = {"counted_at": counted[0]} if counted else {}
    for number, rule in enumerate(rules):
        since, was = _since(project, rule, day), _since(project, rule, counted[1] if counted else day)
        instants |= {f"since_{number}": since, f"was_{number}": was, f"first_{number}": min(since, was)}
    written = {name: exp.convert(instant).sql(dialect="duckdb") for name, instant in instants.items()}
    for statement in _views(rules, counted is not None):
        warehouse.run(INSTANT.sub(lambda found: written.get(found[1], found[0]), statement))


@lru_cache
def _views(rules: tuple[ScoreRule, ...], carries_on: bool) -> tuple[str, ...]:
    """Return the statements of score.sql, each with its branches and with names for instants: composed once, for every time is a tenth of a small tick."""
    dated = {rule.activity: activity_of(rule.activity) for rule in rules if is_dated(activity_of(rule.activity))}
    tables = sorted({table.name for rule in rules for table in tables_of(activity_of(rule.activity))})
    branches = {
        "scored": [_scored(number, rule) for number, rule in enumerate(rules)],
        "restated": [restated(activity, exp.Placeholder(this="counted_at")) for activity in dated.values()] if carries_on else [],
        "scored_tables": named(tables),
    }
    return with_branches(HERE / "score.sql", branches)


def _since(project: Project, rule: ScoreRule, day: date) -> datetime:
    return start_of_day(project, day - timedelta(rule.days))


def _scored(number: int, rule: ScoreRule) -> exp.Select:
    """Return the activities that *rule* gives points for, in force or leaving."""
    values = {"points": exp.convert(rule.points), "since": exp.Placeholder(this=f"since_{number}"), "was": exp.Placeholder(this=f"was_{number}")}
    query = exp.select("contact_id", "occurred_at", "loaded_at", *(exp.alias_(value, name) for name, value in values.items()))
    activity = activity_of(rule.activity)
    query = query.from_(activity.query.subquery("a")).where(exp.column("occurred_at") >= exp.Placeholder(this=f"first_{number}"))
    if "name" in activity.query.named_selects:
        query = query.where(exp.column("name").eq(rule.activity))
    return query.where(exp.column("url").like(rule.url)) if rule.url else query


def _problem(number: int, rule: ScoreRule) -> Problem | None:
    activity = known_activity(rule.activity)
    if activity is None:
        hint = nearest(rule.activity, activities()) or "write an activity such as `page_viewed`, or `custom.<name>` for one of your own"
        return Problem(FILE_NAME, None, f"rule {number} of lead_score: unknown activity `{rule.activity}`", hint)
    if rule.url and "url" not in activity.columns:
        return Problem(FILE_NAME, None, f"rule {number} of lead_score: `{rule.activity}` has no page, so `url` can never match", "leave `url` out")
    return None
