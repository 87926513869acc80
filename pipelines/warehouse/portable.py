"""
The portable subset: which forms and functions of SQL give the same rows on every engine, and what to write instead of the others.

An allow-list, never a deny-list: `cast('0x' || … as bigint)` parses, transpiles, and silently gives nothing elsewhere.
"""

import re

import sqlglot.expressions as exp

STRUCTURE = (
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit, exp.Distinct, exp.With, exp.CTE,
    exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.Table, exp.TableAlias, exp.Alias, exp.Identifier, exp.Column, exp.Star, exp.Paren,
    exp.Tuple, exp.Values, exp.Placeholder, exp.Var,
)  # fmt: skip
CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In,
    exp.Exists, exp.Like, exp.ILike, exp.Escape, exp.Case, exp.If,
)  # fmt: skip
VALUES = (
    exp.Literal, exp.Null, exp.Boolean, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv,
    exp.Mod, exp.Neg, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey, exp.JSONKeyValue,
)  # fmt: skip
WINDOWS = (exp.Window, exp.WindowSpec, exp.Filter)
FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max", exp.LogicalOr: "bool_or", exp.LogicalAnd: "bool_and",
    exp.ArgMax: "arg_max", exp.ArgMin: "arg_min", exp.Median: "median", exp.GroupConcat: "string_agg", exp.RowNumber: "row_number", exp.Rank: "rank",
    exp.DenseRank: "dense_rank", exp.Lag: "lag", exp.Lead: "lead", exp.Ntile: "ntile", exp.Coalesce: "coalesce", exp.Nullif: "nullif",
    exp.Greatest: "greatest", exp.Least: "least", exp.Round: "round", exp.Floor: "floor", exp.Ceil: "ceil", exp.Abs: "abs", exp.Ln: "ln",
    exp.TimestampTrunc: "date_trunc", exp.Year: "year", exp.Quarter: "quarter", exp.Month: "month", exp.Day: "day", exp.LastDay: "last_day",
    exp.DateFromParts: "make_date", exp.TimeToStr: "strftime", exp.Lower: "lower", exp.Upper: "upper", exp.Trim: "trim", exp.Substring: "substr",
    exp.Left: "left", exp.Right: "right", exp.Replace: "replace", exp.SplitPart: "split_part", exp.Translate: "translate", exp.Contains: "contains",
    exp.StartsWith: "starts_with", exp.Concat: "concat", exp.DPipe: "||", exp.Length: "length", exp.MD5: "md5", exp.RegexpLike: "regexp_matches",
    exp.RegexpExtract: "regexp_extract", exp.RegexpReplace: "regexp_replace", exp.JSONExtractScalar: "->>", exp.JSONObject: "json_object",
}  # fmt: skip
ALLOWED = frozenset((*STRUCTURE, *CONDITIONS, *VALUES, *WINDOWS, *FUNCTIONS))
TYPES = {exp.DType[name] for name in ("TEXT", "INT", "BIGINT", "DOUBLE", "DECIMAL", "DATE", "TIMESTAMP", "TIMESTAMPNTZ", "BOOLEAN", "JSON")}
WHOLE = {exp.DType.INT, exp.DType.BIGINT}
NUMBERS = {*WHOLE, exp.DType.DOUBLE, exp.DType.DECIMAL}
USUAL_TYPES = "use varchar, bigint, double, decimal(18, 2), date, timestamp or boolean"
CLOCK = frozenset([
    "now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_localtime", "current_localtimestamp",
    "get_current_timestamp", "transaction_timestamp",
])  # fmt: skip
DICE = frozenset(["random", "rand", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed"])
USE = {
    "date_diff": "rl_days(a, b), rl_hours(a, b) or rl_seconds(a, b)", "datediff": "rl_days(a, b), rl_hours(a, b) or rl_seconds(a, b)",
    "date_sub": "rl_days(a, b)", "age": "rl_days(a, b)", "epoch": "rl_seconds(a, b)", "date_add": "rl_add_days(day, n) or rl_add_seconds(instant, n)",
    "to_days": "rl_add_days(day, n)", "dayofweek": "rl_isodow(day), 1 Monday to 7 Sunday", "isodow": "rl_isodow(day), 1 Monday to 7 Sunday",
    "weekday": "rl_isodow(day), 1 Monday to 7 Sunday", "dayname": "rl_isodow(day), 1 Monday to 7 Sunday",
    "date_part": "year(day), month(day), day(day) or rl_isodow(day)", "extract": "year(day), month(day), day(day) or rl_isodow(day)",
    "list": "string_agg(x, ',' order by y)", "array_agg": "string_agg(x, ',' order by y)", "unnest": "a join", "generate_series": "a join", "range": "a join",
    "hash": "rl_bucket(k, n)", "md5_number": "rl_bucket(k, n)", "sha256": "rl_sha256(text)", "quantile_cont": "median(x)", "percentile_cont": "median(x)",
    "quantile": "median(x)", "any_value": "min(x), max(x) or arg_max(x, y)", "first": "arg_min(x, y)", "last": "arg_max(x, y)",
    "mode": "a count and arg_max(x, count)", "log": "ln(x)", "log10": "ln(x) / ln(10)", "regexp_full_match": "regexp_matches(text, '^…$')",
    "prefix": "starts_with(text, 'x')", "suffix": "right(text, n) = 'x'", "json_extract_string": "->>", "ifnull": "coalesce(x, y)",
    "try_cast": "cast(x as type), or a regexp_matches before it",
}  # fmt: skip


def _join(node: exp.Expr) -> tuple[str, str] | None:
    if not isinstance(node, exp.Join):
        return None
    if node.args.get("using"):
        return "`using` is not in the portable SQL", "write `on a.contact_id = b.contact_id`"
    if node.args.get("method"):
        return f"`{node.args['method'].lower()} join` is not in the portable SQL", "write an ordinary join with `on`"
    return None


def _set_operation(node: exp.Expr) -> tuple[str, str] | None:
    by_name = isinstance(node, exp.SetOperation) and node.args.get("by_name")
    return ("`by name` is not in the portable SQL", "write the columns in the same order on both sides") if by_name else None


def _grouping(node: exp.Expr) -> tuple[str, str] | None:
    by_all = isinstance(node, exp.Group) and node.args.get("all")
    return ("`group by all` is not in the portable SQL", "name the columns") if by_all else None


def _star(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.Star) and any(node.args.get(part) for part in ("except_", "replace", "rename")):
        return "a star with exclude, replace or rename is not in the portable SQL", "name the columns"
    if isinstance(node, exp.Select) and node.args.get("qualify") and node.is_star:
        return "`qualify` under a star gives one column more on other engines", "name the columns"
    return None


def _choice(node: exp.Expr) -> tuple[str, str] | None:
    """What picks some rows must say which: otherwise each engine, and each day, picks others."""
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        return "`distinct on` is not in the portable SQL", "use qualify row_number() over (partition by … order by …) = 1"
    if isinstance(node, exp.Limit) and isinstance(node.parent, exp.Query) and not node.parent.args.get("order") and not _all_alike(node.parent):
        return "`limit` without `order by` picks any rows", "say in which order, down to a column without ties"
    if isinstance(node, (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.Ntile)) and not _ordered(node):
        return f"`{FUNCTIONS[type(node)]}` without `order by` picks any row", "say in which order, down to a column without ties"
    if isinstance(node, exp.GroupConcat) and not node.find(exp.Order):
        return "`string_agg` without `order by` gives any order", "write string_agg(x, ',' order by y)"
    if isinstance(node, (exp.ArgMax, exp.ArgMin)) and node.args.get("count"):
        return f"`{FUNCTIONS[type(node)]}` with a number gives a list", "use qualify row_number() over (partition by … order by …) <= n"
    return None


def _all_alike(query: exp.Query) -> bool:
    """Whether every row of *query* is the same, as in `select 1 from … limit 1`."""
    return all(isinstance(column.unalias(), exp.Literal) for column in query.selects)


def _ordered(node: exp.Expr) -> bool:
    window = node.find_ancestor(exp.Window)
    return window is not None and bool(window.args.get("order") or window.args.get("alias"))


def _number(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)) and not _never_zero(node.expression.unnest()):
        return (
            f"`{node.sql(dialect='duckdb')}` fails or gives infinity when it divides by zero",
            f"divide by nullif({node.expression.sql(dialect='duckdb')}, 0)",
        )
    return None


def _never_zero(divisor: exp.Expr) -> bool:
    return isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and not divisor.is_string and float(divisor.this) != 0)


def _time(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.Interval):
        if not isinstance(node.this, exp.Literal):
            return "an interval of a computed length is not in the portable SQL", "use rl_add_days(day, n) or rl_add_seconds(instant, n)"
        if isinstance(node.parent, (exp.Add, exp.Sub)) and not (_instant(node.parent) or _cast_at_once(node.parent)):
            hint = "write cast(… as date) or cast(… as timestamp) around the sum, or use rl_add_days(day, n)"
            return "a column plus or minus an interval is a date on some engines and an instant on others", hint
    if isinstance(node, exp.TimeToStr) and (not isinstance(node.args["format"], exp.Literal) or re.sub(r"%[YmdHMS]", "", node.args["format"].name).count("%")):
        return "`strftime` with this format differs between engines", "use only %Y %m %d %H %M %S, in quotes"
    return None


def _instant(value: exp.Expr) -> bool:
    """An interval added to as_of() is an instant everywhere; added to anything else, the sum must be cast."""
    if isinstance(value, (exp.Add, exp.Sub)):
        return any(_instant(side.unnest()) for side in (value.this, value.expression))
    return isinstance(value, exp.Anonymous) and value.name.lower() in {"as_of", *CLOCK}


def _cast_at_once(value: exp.Expr) -> bool:
    parent = value.parent
    return _cast_at_once(parent) if isinstance(parent, (exp.Paren, exp.Add, exp.Sub)) else isinstance(parent, exp.Cast)


def _pattern(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.RegexpLike) and "line" not in node.meta:
        return "`~` matches the whole text here and part of it elsewhere", "use regexp_matches(text, '^…$')"
    if isinstance(node, exp.RegexpReplace) and (node.args.get("modifiers") is None or "g" not in node.args["modifiers"].name):
        return "`regexp_replace` without 'g' replaces once here and everywhere elsewhere", "write regexp_replace(text, pattern, other, 'g')"
    if isinstance(node, exp.RegexpReplace) and re.search(r"\\\d", node.args["replacement"].name):
        return "a back-reference such as `\\1` is written differently elsewhere", "use regexp_extract(text, pattern, 1)"
    return None


def _cast(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        return f"the type `{node.sql(dialect='duckdb').lower()}` is not in the portable SQL", USUAL_TYPES
    if isinstance(node, exp.Cast) and node.to.this in NUMBERS:
        given = node.this.unnest()
        if isinstance(given, (exp.DPipe, exp.Concat)) or (
            isinstance(given, exp.Literal) and given.is_string and not re.fullmatch(r"[-+]?\d+(\.\d+)?", given.name)
        ):
            return "a number made of pieces of text is empty or an error on other engines", "use rl_bucket(k, n) for a hash, substr(…) for digits in a text"
        if node.to.this in WHOLE and isinstance(given, (exp.Div, exp.Avg, exp.Median)):
            return "a cast of a fraction to a whole number rounds here and cuts elsewhere", "put floor(…), ceil(…) or round(…) inside the cast"
    return None


RULES = (_join, _set_operation, _grouping, _star, _choice, _number, _time, _pattern, _cast)
