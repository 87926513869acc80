"""`segments.<name>`: the view under which a segment's members are read, by people and by other segments."""

from typing import Mapping

import sqlglot.expressions as exp


def segment_view(name: str, attributes: Mapping[str, str]) -> str:
    """Return the statement that defines the view: contact_id, entered_at and the attributes with their own types."""
    columns = [exp.column("contact_id"), exp.column("entered_at"), *(_typed(column, kind) for column, kind in attributes.items())]
    query = exp.select(*columns).from_("segments.members").where(exp.column("segment").eq(exp.Literal.string(name)))
    view = exp.table_(name, db="segments", quoted=True)
    return exp.Create(this=view, kind="VIEW", replace=True, expression=query).sql(dialect="duckdb")


def packed(attributes: Mapping[str, str]) -> exp.Expr:
    """Return the attributes of a row as the one JSON object that segments.members keeps; null where there are none."""
    pairs = [part for name in attributes for part in (exp.Literal.string(name), exp.column(name, quoted=True))]
    return exp.func("json_object", *pairs, dialect="duckdb") if pairs else exp.cast(exp.null(), "JSON")


def _typed(column: str, kind: str) -> exp.Expr:
    text = exp.Anonymous(this="rl_json", expressions=[exp.column("attributes"), exp.Literal.string(column)])
    return exp.alias_(exp.cast(text, kind), column, quoted=True)
