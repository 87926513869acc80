"""Portable SQL: every statement keeps to the subset, and what it becomes on Spark is reviewed like code."""

import ast
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlglot
import sqlglot.expressions as exp

from pipelines.settings_file import load_project
from pipelines.warehouse.activities import activities_view
from pipelines.warehouse.dialect import macros, parse_sql, problems_of, queries_of, to_spark

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "spark"
AS_OF = datetime(2026, 9, 14, 4)
THRESHOLDS = load_project(ROOT).settings.thresholds
RECORD = "RELANCE_RECORD" in os.environ
"""Set it to write the Spark texts anew (`RELANCE_RECORD=1 pytest tests/warehouse/test_dialect.py`), then read what changed."""

ONLY_DUCKDB = {
    "pipelines/sample/": "makes up a shop as files; never runs beside a shop's own engine",
    "pipelines/sources/": "reads files of every format and merges them: each engine has its own way in",
    "pipelines/warehouse/macros.sql": "the macros themselves: each engine has its own words for them",
    "pipelines/warehouse/macros.spark.sql": "those words for Spark",
}
RECURSIVE = {
    "pipelines/journeys/walk.sql": "the walk of all scenarios in one statement; without recursion it is the same statement in rounds",
    "pipelines/journeys/door.sql": "one round per entry of a contact; without recursion it is the same statement in rounds",
}


FILES = sorted(
    name
    for path in (*ROOT.glob("pipelines/**/*.sql"), *ROOT.glob("segments_sql/*.sql"))
    if not (name := path.relative_to(ROOT).as_posix()).startswith(tuple(ONLY_DUCKDB))
)


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_to_the_portable_sql(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    problems = [problem for query in queries_of(text) for problem in problems_of(query, name, text, parameters=True, recursion=name in RECURSIVE)]
    assert not [str(problem) for problem in problems]


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_on_spark_what_was_reviewed(name: str) -> None:
    queries = queries_of((ROOT / name).read_text(encoding="utf-8"))
    spark = ";\n\n".join(to_spark(query, AS_OF, THRESHOLDS) for query in queries) + ";\n"
    golden = GOLDEN / name
    if RECORD:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(spark, encoding="utf-8")
    assert golden.exists(), f"new file: record it with RELANCE_RECORD=1 pytest {Path(__file__).relative_to(ROOT)}, and read it"
    assert spark == golden.read_text(encoding="utf-8")
    sqlglot.parse(spark, dialect="spark")


def statements_in_python() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every whole statement that stands in Python: SQL in one line, beside the file it serves."""
    for path in sorted(ROOT.glob("pipelines/**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith((*ONLY_DUCKDB, "pipelines/warehouse/")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="run" | "value" | "rows" | "records"), args=[ast.Constant(value=str(text)), *_]) if " " in text:
                    yield f"{name}:{node.lineno}", text


@pytest.mark.parametrize(("place", "text"), [pytest.param(*found, id=found[0]) for found in statements_in_python()])
def test_a_statement_in_python_keeps_to_the_portable_sql(place: str, text: str) -> None:
    problems = [problem for query in queries_of(text) for problem in problems_of(query, place, text, parameters=True)]
    assert not [str(problem) for problem in problems]
    for query in queries_of(text):
        sqlglot.parse(to_spark(query, AS_OF, THRESHOLDS), dialect="spark")


def test_no_spark_text_is_left_of_a_file_that_is_gone() -> None:
    there = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.sql")}
    assert there - set(FILES) == set()


def test_what_is_left_out_is_there() -> None:
    assert [name for name in (*ONLY_DUCKDB, *RECURSIVE) if not (ROOT / name).exists()] == []


def test_the_stream_of_activities_is_portable() -> None:
    (view,) = queries_of(activities_view())
    assert problems_of(view, "shop.activities") == []


def test_every_macro_has_words_for_spark() -> None:
    own = set(macros()) - set(macros("spark"))
    assert set(macros("spark")) <= set(macros())
    assert [name for name in own if problems_of(exp.select(macros()[name][1].copy()), name)] == []


def test_a_macro_has_the_same_parameters_everywhere() -> None:
    assert [name for name, (given, _) in macros("spark").items() if given != macros()[name][0]] == []


@pytest.mark.parametrize(
    ("sql", "spark"),
    [
        pytest.param("select as_of() from t", "SELECT CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) FROM t", id="as_of"),
        pytest.param("select param('days') * 2 from t", "SELECT 90 * 2 FROM t", id="param"),
        pytest.param("select rl_days(a + 1, b) from t", "SELECT DATEDIFF(CAST(b AS DATE), CAST((a + 1) AS DATE)) FROM t", id="enclosed_argument"),
        pytest.param(
            "select rl_bucket(k, 4) * 2 from t",
            "SELECT (CAST(CONV(SUBSTRING(MD5(CAST(k AS STRING)), 1, 8), 16, 10) AS BIGINT) % 4) * 2 FROM t",
            id="enclosed_body",
        ),
        pytest.param(
            "select rl_isodow(rl_add_days(d, 1)) from t",
            "SELECT ((DAYOFWEEK(DATE_ADD(CAST(d AS DATE), CAST(1 AS INT))) + 5) % 7 + 1) FROM t",
            id="innermost_first",
        ),
        pytest.param(
            "select rl_json(props, 'k'), props ->> 'k' from t",
            "SELECT GET_JSON_OBJECT(props, CONCAT('$[\\'', 'k', '\\']')), GET_JSON_OBJECT(props, '$.k') FROM t",
            id="json",
        ),
        pytest.param(
            "select json_object('a', b) from t", "SELECT TO_JSON(NAMED_STRUCT('a', b), MAP('ignoreNullFields', 'false')) FROM t", id="json_object"
        ),
        pytest.param("select cast(a as json) from t", "SELECT CAST(a AS STRING) FROM t", id="json_is_text"),
        pytest.param("select string_agg(a, ',' order by b) from t", "SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY b NULLS LAST) FROM t", id="string_agg"),
        pytest.param("select a from t where b = $b", "SELECT a FROM t WHERE b = :b", id="parameter"),
    ],
)  # fmt: skip
def test_a_statement_in_sparks_words(sql: str, spark: str) -> None:
    said = " ".join(to_spark(sql, AS_OF, {"days": 90}).split()).replace("( ", "(").replace(" )", ")")
    assert said == spark


def test_without_an_instant_spark_is_given_one_as_parameter() -> None:
    assert to_spark("select as_of()").split() == ["SELECT", ":as_of"]


def test_a_threshold_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        to_spark("select param('days')", AS_OF, {})


@pytest.mark.parametrize(
    "sql",
    [
        "select cast('0x' || substr(md5(k), 1, 8) as bigint) % 2 from t",
        "select to_days(3) from t",
        "select a from t, lateral (select 1) l",
        "select struct_pack(x := 1) from t",
        "select {'x': 1} from t",
        "select first(a) from t",
        "select a[1] from t",
        "select a ~ 'x' from t",
        "select a from t tablesample 10",
        "select a from t limit 3 offset 2",
        "select extract(dow from a) from t",
        "select unnest(a) from t",
        "select a from t group by rollup (a)",
        "select a collate nocase from t",
        "select columns(*) from t",
        "select try_cast(a as int) from t",
        "select cast(a as hugeint) from t",
        "select cast(a as varchar[]) from t",
        "select distinct on (a) b from t",
        "select a from t union by name select b from u",
        "select a from t natural join u",
        "select a from t positional join u",
        "select cast(a / 2 as bigint) from t",
        "select a // b from t",
        "select regexp_replace(a, '(b)', '\\1', 'g') from t",
        "select arg_max(a, b, 3) from t",
        "select * exclude (a) from t",
        "select a + interval 1 day from t",
        "pivot t on a using sum(b)",
        "merge into t using u on t.a = u.a when matched then delete",
        "select cast('0x1f' as integer) from t",
    ],
)  # fmt: skip
def test_what_other_engines_read_differently_is_refused(sql: str) -> None:
    trees, problems = parse_sql(sql, "x.sql")
    assert problems + [problem for tree in trees for problem in problems_of(tree, "x.sql", sql)]


@pytest.mark.parametrize(
    "sql",
    [
        "select a from t where b > as_of() - interval 30 day and c < as_of() + interval 1 hour - interval 5 minute",
        "select cast(a + interval 1 day as timestamp), cast((a - interval 2 day) as date) from t",
        "select a / nullif(b, 0), a // 2, a % 7, cast(floor(a / 2) as bigint), cast(round(a / 2) as integer) from t",
        "select sum(a) over (partition by b order by c rows between 1 preceding and current row) from t",
        "select sum(a) over (partition by b order by c range between interval 7 day preceding and current row) from t",
        "select count(*) filter (where a), count(distinct b), arg_max(a, (b, c)), bool_or(d), median(e) from t",
        "select a from t semi join u on t.a = u.a union all select a from v except select a from w",
        "select regexp_replace(a, 'b', 'c', 'g'), regexp_extract(a, '(b)', 1), regexp_matches(a, 'b'), a ilike 'b%', a || 'x' from t",
        "select date_trunc('month', a), year(a), quarter(a), last_day(a), make_date(2026, 1, 31), strftime(a, '%Y-%m-%d') from t",
        "select case when a is distinct from b then 'x' else lower(c) end, coalesce(a, b), greatest(a, b), a between 1 and 2, a in (1, 2) from t",
        "select a from t order by a limit 3",
        "select 1 from t limit 1",
        "select a from (values (1, 'x')) v(a, b)",
    ],
)
def test_what_every_engine_reads_alike_is_allowed(sql: str) -> None:
    (tree,), _ = parse_sql(sql, "x.sql")
    assert problems_of(tree, "x.sql", sql) == []


def test_parameters_and_recursion_are_for_the_engine_not_for_segments() -> None:
    recursive = sqlglot.parse_one("with recursive r as (select 1 as a union all select a + 1 from r where a < $n) select a from r", dialect="duckdb")
    assert [problem.text for problem in problems_of(recursive, "x.sql", parameters=True)] == ["`with recursive` is not in the portable SQL"]
    assert [problem.text for problem in problems_of(recursive, "x.sql", recursion=True)] == ["`$n` is a parameter, which nobody fills in"]
    assert problems_of(recursive, "x.sql", parameters=True, recursion=True) == []


def test_a_problem_knows_its_line_even_without_a_text() -> None:
    text = "select a\nfrom t\nwhere b = current_date\n    and c = date_diff('day', d, e)"
    (tree,), _ = parse_sql(text, "x.sql")
    assert [(problem.line, problem.text.split("`")[1]) for problem in problems_of(tree, "x.sql", text)] == [(3, "current_date"), (4, "date_diff")]
    assert [problem.text.split("`")[1] for problem in problems_of(tree, "x.sql")] == ["current_date", "date_diff"]
