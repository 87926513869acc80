"""Which contract rows an activity is read from, and whose must be read anew: what activities count needs beside `loaded_at`."""

from datetime import datetime

import sqlglot.expressions as exp

from pipelines.warehouse.activities import Activity, known_activity
from pipelines.warehouse.schema import BY_NAME


def activity_of(name: str) -> Activity:
    """Return the activity *name*; the checks of the settings found that there is one."""
    activity = known_activity(name)
    assert activity is not None, name
    return activity


def tables_of(activity: Activity) -> list[exp.Table]:
    """Return the tables in the query of *activity*."""
    return list(activity.query.find_all(exp.Table))


def is_dated(activity: Activity) -> bool:
    """Whether *activity* is dated by a column that is filled in later (shipped, renewed…), which `loaded_at` alone cannot tell."""
    return not any(item.alias_or_name == "loaded_at" and isinstance(item.unalias(), exp.Column) for item in activity.query.selects)


def restated(activity: Activity, counted_at: datetime | exp.Placeholder) -> exp.Select:
    """Return the contacts with a row, in any table that *activity* is read from, that facts have not seen as it is now."""
    named = {item.alias_or_name: item.unalias() for item in activity.query.selects}
    news: list[exp.Expr] = []
    for table in tables_of(activity):
        time, alias = BY_NAME[f"raw.{table.name}"].time, table.alias_or_name
        news += [exp.column(name, alias) > exp.convert(counted_at) for name in ("loaded_at", "corrected_at")]
        news += [exp.column(time, alias) >= exp.convert(counted_at)] if time else []
    query = activity.query.copy().select(exp.alias_(named["contact_id"].copy(), "contact_id"), append=False)
    return query.where(exp.or_(*news), append=False)
