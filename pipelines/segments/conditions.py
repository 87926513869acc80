"""`check:` lines: conditions that a segment's rows must meet before they are published."""

import sqlglot
import sqlglot.expressions as exp

from pipelines.errors import Problem
from pipelines.segments.header import Check
from pipelines.warehouse.dialect import parse_sql, problems_of
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.engine_errors import refusal_of

EXAMPLE = "write for example `-- check: count(*) < 50000`, or a condition on the segment's columns"


def failures_query(condition: str, rows: exp.Expr) -> str:
    """Return the query that counts the rows not meeting *condition*; 0 or 1 for one about all rows, such as count(*) > 0."""
    tree = sqlglot.parse_one(condition, dialect="duckdb")
    holds = exp.func("coalesce", tree, exp.false())
    if tree.find(exp.AggFunc):
        return exp.select(exp.case().when(holds, "0").else_("1")).from_(rows).sql(dialect="duckdb")
    return exp.select("count(*)").from_(rows).where(exp.not_(holds)).sql(dialect="duckdb")


def condition_problems(check: Check, query: exp.Query, file: str, warehouse: Warehouse) -> list[Problem]:
    """Name what is wrong with a check of the segment that *query* gives."""
    trees, problems = parse_sql("select " + check.condition, file)
    if problems or len(trees) != 1 or not check.condition:
        return [Problem(file, check.line, f"check `{check.condition}` is not a condition", EXAMPLE)]
    if wrong := problems_of(trees[0], file):
        return [Problem(file, check.line, problem.text, problem.hint) for problem in wrong]
    rows = exp.Subquery(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier("members")))
    refused = refusal_of(warehouse, failures_query(check.condition, rows))
    return [Problem(file, check.line, f"check `{check.condition}`: {refused.text}", refused.hint or EXAMPLE)] if refused else []
