"""Lead score: the rules of the settings as views of what gives points, and of whose points must be counted anew."""

from datetime import date, datetime, timedelta
from pathlib import Path

import sqlglot
import sqlglot.expressions as exp

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.facts.restated import is_dated, restated, tables_of
from pipelines.settings import FILE_NAME, Project, ScoreRule
from pipelines.ticks import start_of_day
from pipelines.warehouse.activities import Activity, activities, known_activity
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


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
    rules = project.settings.lead_score.rules
    scored = [_scored(rule, _since(project, rule, day), _since(project, rule, counted[1] if counted else day)) for rule in rules]
    dated = {rule.activity: _activity(rule) for rule in rules if is_dated(_activity(rule))}
    anew = [restated(activity, counted[0]) for activity in dated.values()] if counted else []
    tables = sorted({table.name for rule in rules for table in tables_of(_activity(rule))})
    for view, branches in zip(_views(), (scored, anew, [exp.select(exp.alias_(exp.convert(name), "name")) for name in tables]), strict=True):
        for branch in branches:
            view.set("expression", exp.union(view.expression, branch, distinct=False, copy=False))
        warehouse.run(view.sql(dialect="duckdb", copy=False))


def _views() -> list[exp.Create]:
    trees = sqlglot.parse((HERE / "score.sql").read_text(encoding="utf-8"), dialect="duckdb")
    return [tree for tree in trees if isinstance(tree, exp.Create)]


def _since(project: Project, rule: ScoreRule, day: date) -> datetime:
    return start_of_day(project, day - timedelta(rule.days))


def _scored(rule: ScoreRule, since: datetime, was: datetime) -> exp.Select:
    """Return the activities that *rule* gives points for, in force or leaving."""
    values = {"points": exp.convert(rule.points), "since": exp.convert(since), "was": exp.convert(was)}
    query = exp.select("contact_id", "occurred_at", "loaded_at", *(exp.alias_(value, name) for name, value in values.items()))
    query = query.from_(_activity(rule).query.subquery("a")).where(exp.column("occurred_at") >= exp.convert(min(since, was)))
    if "name" in _activity(rule).query.named_selects:
        query = query.where(exp.column("name").eq(rule.activity))
    return query.where(exp.column("url").like(rule.url)) if rule.url else query


def _activity(rule: ScoreRule) -> Activity:
    activity = known_activity(rule.activity)
    assert activity is not None, rule.activity
    return activity


def _problem(number: int, rule: ScoreRule) -> Problem | None:
    activity = known_activity(rule.activity)
    if activity is None:
        hint = nearest(rule.activity, activities()) or "write an activity such as `page_viewed`, or `custom.<name>` for one of your own"
        return Problem(FILE_NAME, None, f"rule {number} of lead_score: unknown activity `{rule.activity}`", hint)
    if rule.url and "url" not in activity.columns:
        return Problem(FILE_NAME, None, f"rule {number} of lead_score: `{rule.activity}` has no page, so `url` can never match", "leave `url` out")
    return None
