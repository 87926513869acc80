"""Views of a `.sql` file that the settings add branches to."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlglot
import sqlglot.expressions as exp


def with_branches(file: Path, branches: Mapping[str, Sequence[exp.Select]]) -> tuple[str, ...]:
    """Return the statements of *file* that define views, each with its *branches*, which are by the name of the view."""
    views = [tree for tree in sqlglot.parse(file.read_text(encoding="utf-8"), dialect="duckdb") if isinstance(tree, exp.Create)]
    for view in views:
        for branch in branches.get(view.this.name, ()):
            view.set("expression", exp.union(view.expression, branch, distinct=False, copy=False))
    return tuple(view.sql(dialect="duckdb", copy=False) for view in views)


def named(names: Sequence[str]) -> list[exp.Select]:
    """Return a branch for each of *names*, which is all that it gives."""
    return [exp.select(exp.alias_(exp.convert(name), "name")) for name in names]
