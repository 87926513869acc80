"""SQL that people write, on values as they come: what cannot be read stops no tick, is nothing for that row, and is told from what is not so."""

from collections.abc import Mapping
from typing import Literal

import sqlglot.expressions as exp

Kind = Literal["text", "number", "date", "yes or no"]
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(NUMBERS, "number"), **dict.fromkeys(("VARCHAR", "JSON"), "text"), **dict.fromkeys(("DATE", "TIMESTAMP"), "date"), "BOOLEAN": "yes or no",
}  # fmt: skip
"""What a type of the engine is to whoever compares it."""
SENSELESS: exp.Expr = exp.Try(this=exp.null())
"""A condition that means nothing any more: it holds for nobody, and could be read of nobody."""
NAN = exp.cast(exp.Literal.string("nan"), "DOUBLE")


def kind_of_type(name: str) -> Kind | None:
    """Return what a type such as DECIMAL(18,2) is."""
    return KINDS.get(name.partition("(")[0].upper())


def tried(tree: exp.Expr) -> exp.Expr:
    """Return *tree* with its casts giving nothing for what is not of the type; `nan` is no number either, though engines hold it to be the greatest."""

    def turn(node: exp.Expr) -> exp.Expr:
        if type(node) is not exp.Cast:
            return node
        cast = exp.TryCast(this=node.this.transform(turn), to=node.to)
        return exp.func("nullif", cast, NAN.copy()) if node.to.this == exp.DType.DOUBLE else cast

    return tree.transform(turn)


def guarded(bound: exp.Expr, *, sure: bool) -> exp.Expr:
    """Return *bound* so that a value that it cannot be worked out with gives nothing for its row; as it is where *sure* that there is none."""
    return bound if sure else exp.Try(this=bound)


def unread(guarded: exp.Expr) -> exp.Expr | None:
    """Return what holds for the rows that gave *guarded* nothing because a value could not be read; None where that cannot be."""
    if not isinstance(guarded, exp.Try):
        return None
    if isinstance(guarded.this, exp.Null):
        return exp.true()
    strict = guarded.this.transform(_strict)
    worked_out = exp.case().when(strict.is_(exp.null()), "0").else_("1")
    return exp.and_(guarded.copy().is_(exp.null()), exp.Try(this=worked_out).is_(exp.null()))


def _strict(node: exp.Expr) -> exp.Expr:
    """Return a cast as one that fails for what is not of the type; no decimal is `nan`."""
    if not isinstance(node, exp.TryCast):
        return node
    to = exp.DataType.build("DECIMAL(38, 9)", dialect="duckdb") if node.to.this == exp.DType.DOUBLE else node.to
    return exp.Cast(this=node.this.transform(_strict), to=to)


def kind_of(tree: exp.Expr, types: Mapping[str, str]) -> Kind | None:
    """
    Return what *tree* gives, over columns of these *types* by their names as written; None where only the engine knows, or where some value
    could not be worked out with.
    """
    match tree:
        case exp.Paren():
            return kind_of(tree.this, types)
        case exp.Column():
            return kind_of_type(types.get(tree.sql(), ""))
        case exp.Literal():
            return "text" if tree.is_string else "number"
        case exp.Neg(this=exp.Literal(is_string=False)):
            return "number"
        case exp.Boolean():
            return "yes or no"
        case exp.Anonymous():
            return "date" if tree.name.lower() == "as_of" else None
        case exp.Add() | exp.Sub() if isinstance(tree.expression, exp.Interval) and isinstance(tree.this, exp.Anonymous):
            return kind_of(tree.this, types)
        case exp.JSONExtractScalar(expression=exp.JSONPath()):
            return "text" if kind_of(tree.this, types) == "text" else None
        case exp.Lower() | exp.Upper():
            return _common([tree.this], types, "text")
        case exp.And() | exp.Or():
            return _common([tree.this, tree.expression], types, "yes or no")
        case exp.Not():
            return _common([tree.this], types, "yes or no")
        case exp.Is(expression=exp.Null() | exp.Boolean()):
            return "yes or no" if kind_of(tree.this, types) else None
        case exp.Like() | exp.ILike():
            return "yes or no" if _common([tree.this, tree.expression], types, "text") else None
        case exp.Coalesce():
            return _common([tree.this, *tree.expressions], types)
        case exp.Case() | exp.Nullif():
            return None
        case _:
            return "yes or no" if (pairs := compared(tree)) and all(_common(pair, types) for pair in pairs) else None


def compared(node: exp.Expr) -> list[list[exp.Expr]]:
    """Return the pairs of values that *node* compares."""
    match node:
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE() | exp.NullSafeEQ() | exp.NullSafeNEQ():
            return [[node.this, node.expression]]
        case exp.In(expressions=[*listed]):
            return [[node.this, each] for each in listed]
        case exp.Between():
            return [[node.this, node.args["low"]], [node.this, node.args["high"]]]
        case exp.Case(this=exp.Expr() as value):
            return [[value, branch.this] for branch in node.args["ifs"]]
        case exp.Nullif():
            return [[node.this, node.expression]]
        case _:
            return []


def _common(values: list[exp.Expr], types: Mapping[str, str], wanted: Kind | None = None) -> Kind | None:
    """Return the one kind that all *values* are of, which must be the *wanted* one."""
    kinds = {kind_of(value, types) for value in values}
    return kinds.pop() if len(kinds) == 1 and (wanted is None or kinds == {wanted}) else None
