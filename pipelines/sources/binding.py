"""A mapping meets a file: do the file's columns give what the contract must have, and whose fault is it where they do not."""

from dataclasses import dataclass
from typing import Iterator, Sequence

import sqlglot.expressions as exp

from pipelines.errors import BadFiles, Problem, SourceRefused, nearest
from pipelines.settings import SourceSettings
from pipelines.sources.feed import Feed
from pipelines.sources.files import find_files
from pipelines.sources.mapping import FILE_LINE, Mapping
from pipelines.sources.relation import columns_of, define_source
from pipelines.warehouse.contract import CONTRACT, contract_columns
from pipelines.warehouse.dialect import line_of
from pipelines.warehouse.engine_errors import EngineError, refusal, unknown_column

DELIMITERS = {";": ";", ",": ",", "\t": "\\t", "|": "|"}


@dataclass(frozen=True)
class Bound:
    """`mapped` over a file: the engine's type of each of its columns, and what a person should know of the file."""

    types: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binder:
    """Makes `mapped` for the files of one source, opened one after the other."""

    feed: Feed

    def bind(self, columns: Sequence[str]) -> Bound:
        """
        Define `mapped` over `source`, whose own *columns* are given.

        Raises SourceRefused where this file lacks what others have, BadFiles where the mapping asks for what no file has.
        """
        if self.feed.mapping is None:
            return self._by_name(columns)
        absent = self._absent(self.feed.mapping, columns)
        types = self._types()
        if problems := list(self._star_problems(self.feed.mapping, dict(types))):
            raise BadFiles(problems)
        return Bound(types, (f"no row has {', '.join(absent)}",) if absent else ())

    def _by_name(self, columns: Sequence[str]) -> Bound:
        given = {column.casefold(): column for column in columns}
        wanted = {column.name: column for column in contract_columns(self.feed.table)}
        missing = [name for name, column in wanted.items() if column.required and name not in given]
        if missing and self.feed.source.format != "jsonl":  # a key that no object has is a value that every row lacks
            raise SourceRefused(self._lacks(missing[0], columns))
        define_source(self.feed.warehouse)
        taken = [exp.alias_(exp.column(given[name], quoted=True), name, quoted=True) for name in wanted if name in given]
        self._define(exp.select(FILE_LINE, *taken).from_("source").sql(dialect="duckdb"))
        ignored = [column for column in columns if column.casefold() not in wanted]
        return Bound(self._types(), (f"columns not used: {', '.join(ignored)}",) if ignored else ())

    def _absent(self, mapping: Mapping, columns: Sequence[str]) -> list[str]:
        """Define `mapped`; return the keys it reads that no object of a JSON lines file has, which are null there."""
        absent: list[str] = []
        while True:
            define_source(self.feed.warehouse, absent)
            try:
                self._define(mapping.sql)
                return absent
            except EngineError as error:
                column, refused = unknown_column(error), refusal(error)
            if column is None:
                raise BadFiles([Problem(mapping.file, refused.line, refused.text, "a mapping may use DuckDB's functions and the rl_ macros")])
            if self.feed.source.format != "jsonl" or column in absent:
                raise self._unknown(mapping, column, columns, refused.line)
            absent.append(column)

    def _unknown(self, mapping: Mapping, column: str, columns: Sequence[str], line: int | None) -> SourceRefused | BadFiles:
        if _looks_separated(columns, self.feed.source) or self._elsewhere(column):
            return SourceRefused(self._lacks(column, columns))
        return BadFiles([Problem(mapping.file, line, f"unknown column `{column}`", nearest(column, columns) or f"the file has {', '.join(columns)}")])

    def _elsewhere(self, column: str) -> bool:
        """Return whether another file of the source has the column: then the mapping is right and the file is not."""
        for path in find_files(self.feed.project, self.feed.source):
            try:
                if column.casefold() in {name.casefold() for name in columns_of(self.feed.warehouse, self.feed.source, path)}:
                    return True
            except SourceRefused:
                continue
        return False

    def _lacks(self, column: str, columns: Sequence[str]) -> str:
        if other := _looks_separated(columns, self.feed.source):
            said = DELIMITERS.get(self.feed.source.delimiter, self.feed.source.delimiter)
            return f'has one column: it is separated by `{other}`, but the source says delimiter = "{said}"'
        return f"has no column `{column}`; {nearest(column, columns) or self._has(columns)}"

    def _has(self, columns: Sequence[str]) -> str:
        """Return which columns there are, those of names that nobody knows by their number: the first line of a file may be about a person."""
        known = {column.name for table in CONTRACT for column in table.columns} | self._asked_for()
        named = [column for column in columns if column.casefold() in known]
        others = len(columns) - len(named)
        if not named:
            return "none of its columns has a name that is known" if others else "it has none"
        return f"it has {', '.join(named)}" + (f" and {others} more" if others else "")

    def _asked_for(self) -> set[str]:
        mapping = self.feed.mapping
        return {column.name.casefold() for column in mapping.query.find_all(exp.Column)} if mapping else set()

    def _star_problems(self, mapping: Mapping, types: dict[str, str]) -> Iterator[Problem]:
        """What a SELECT * leaves open until there is a file: columns given twice, or not at all."""
        for item in mapping.query.selects:
            name = item.alias_or_name.lower()
            if mapping.query.is_star and f"{name}_1" in types:
                yield Problem(mapping.file, line_of(item, mapping.text), f"gives `{name}` 2 times, as `*` has it too", f"write `* exclude ({name})`")
        for column in contract_columns(self.feed.table):
            if column.required and column.name not in types:
                text = f"gives no `{column.name}`, which {self.feed.table.name} must have"
                yield Problem(mapping.file, None, text, nearest(column.name, types) or f"{column.name}: {column.comment}")

    def _define(self, select: str) -> None:
        self.feed.warehouse.run("create or replace temp view mapped as " + select)

    def _types(self) -> tuple[tuple[str, str], ...]:
        return tuple((row[0].lower(), row[1]) for row in self.feed.warehouse.rows("describe mapped") if row[0] != FILE_LINE)


def _looks_separated(columns: Sequence[str], source: SourceSettings) -> str:
    """Return what the columns seem to be separated by, where a CSV file has but one column because of another delimiter."""
    if source.format != "csv" or len(columns) != 1:
        return ""
    return next((shown for sign, shown in DELIMITERS.items() if sign in columns[0] and sign != source.delimiter), "")
