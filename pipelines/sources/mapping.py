"""Mappings: one SELECT from a file's own columns to those of the contract, read and checked before any row is."""

from collections import Counter
from dataclasses import dataclass
from typing import Iterator

import sqlglot
import sqlglot.expressions as exp
from sqlglot.tokenizer_core import TokenType

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.settings import Project, SourceSettings
from pipelines.warehouse.contract import contract_columns
from pipelines.warehouse.dialect import line_of, parse_sql
from pipelines.warehouse.portable import CLOCK, DICE
from pipelines.warehouse.table import Table

SOURCE = "source"
FILE_LINE = "file_line"
WHOLE_FILE = ("joins", "group", "having", "distinct", "qualify", "limit", "offset", "with_")


@dataclass(frozen=True)
class Mapping:
    """A mapping that reads well. `file` is its path as people know it; lines of `text` are lines of the file."""

    file: str
    text: str
    query: exp.Query

    @property
    def row_wise(self) -> bool:
        """Whether each row comes from one row of the file alone, so that its line is known and a big file can be read in parts."""
        query = self.query
        if not isinstance(query, exp.Select) or any(query.args.get(part) for part in WHOLE_FILE):
            return False
        return not any(query.find_all(exp.AggFunc, exp.Window, exp.Subquery, exp.Unnest, exp.Explode)) and len(list(query.find_all(exp.Select))) == 1

    @property
    def sql(self) -> str:
        """The SELECT as its author wrote it, line for line, with `file_line` among its columns: the row's own where it comes from one row, else null."""
        tokens = list(sqlglot.tokenize(self.text, dialect="duckdb"))
        text = self.text[: tokens[-1].start] if tokens[-1].token_type == TokenType.SEMICOLON else self.text
        if self.query.is_star or FILE_LINE in self.query.named_selects:
            return text
        if self.row_wise:
            after = next(token.end for token in tokens if token.token_type == TokenType.SELECT) + 1
            return f"{text[:after]} {FILE_LINE}, {text[after:]}"
        return "select *, cast(null as bigint) as file_line from (" + text + "\n) as mapped_rows"


def read_mapping(project: Project, source: SourceSettings, table: Table) -> Mapping | None:
    """Return the source's mapping, None where it has none; raise BadFiles with everything wrong that can be told without a file of the source."""
    if source.mapping is None:
        return None
    file = source.mapping.as_posix()
    try:
        text = (project.root / source.mapping).read_text(encoding="utf-8")
    except OSError as error:
        raise BadFiles([Problem(file, None, f"cannot be read: {error.strerror}", f"source `{source.name}` of relance.toml names it as its mapping")]) from None
    except UnicodeDecodeError:
        raise BadFiles([Problem(file, None, "is not UTF-8 text", "save it as UTF-8")]) from None
    trees, problems = parse_sql(text, file)
    problems = problems or list(_statement_problems(trees, file, text))
    query = trees[0] if trees else None
    if isinstance(query, exp.Query) and not problems:
        problems = [*_reading_problems(query, file, text), *_column_problems(query, table, file, text)]
    if problems or not isinstance(query, exp.Query):
        raise BadFiles(problems)
    return Mapping(file, text, query)


def _statement_problems(trees: list[exp.Expr], file: str, text: str) -> Iterator[Problem]:
    if not trees:
        yield Problem(file, None, "is empty", "write one SELECT from `source`")
    elif len(trees) > 1:
        yield Problem(file, line_of(trees[1], text), f"has {len(trees)} statements", "a mapping is one SELECT from `source`")
    elif not isinstance(trees[0], exp.Query):
        yield Problem(file, line_of(trees[0], text), "is not a SELECT", "a mapping is one SELECT from `source`")


def _reading_problems(query: exp.Query, file: str, text: str) -> Iterator[Problem]:
    """What makes the same file give other rows tomorrow: other tables, other files, the clock, dice."""
    known = {SOURCE, *(cte.alias_or_name.lower() for cte in query.find_all(exp.CTE))}
    for table in query.find_all(exp.Table):
        if table.name.lower() not in known or table.db or not isinstance(table.this, exp.Identifier):
            hint = nearest(table.name.lower(), known) or "a mapping reads `source`, the file's own columns, and nothing else"
            name = exp.Table(**{**table.args, "alias": None}).sql(dialect="duckdb").lower()
            yield Problem(file, line_of(table, text), f"reads `{name}`", hint)
    if not any(table.name.lower() == SOURCE for table in query.find_all(exp.Table)):
        yield Problem(file, None, "does not read `source`", "write `from source`")
    for call in query.find_all(exp.Func):
        name = (call.name if isinstance(call, exp.Anonymous) else call.sql_name()).lower()
        if name in CLOCK | DICE:
            yield Problem(file, line_of(call, text), f"`{name}` answers differently each time", "the same file must always give the same rows")


def _column_problems(query: exp.Query, table: Table, file: str, text: str) -> Iterator[Problem]:
    """What the SELECT gives that the contract does not have, and the other way round."""
    if query.is_star:
        return
    columns = {column.name: column for column in contract_columns(table)}
    names = [item.alias_or_name.lower() for item in query.selects]
    lines = {item.alias_or_name.lower(): line_of(item, text) for item in query.selects}
    for name, count in Counter(names).items():
        if not name:
            yield Problem(file, lines[name], "gives a column without a name", "write `… as name`")
        elif count > 1:
            yield Problem(file, lines[name], f"gives `{name}` {count} times", "leave one")
        elif name not in columns and name != FILE_LINE:
            yield Problem(file, lines[name], f"`{name}` is no column of {table.name}", nearest(name, columns) or f"{table.name} has {', '.join(columns)}")
    for column in columns.values():
        if column.required and column.name not in names:
            yield Problem(file, line_of(query, text), f"gives no `{column.name}`, which {table.name} must have", f"{column.name}: {column.comment}")
