"""Every table relance keeps: the contract (`contract.py`) and its own (`tables/`). The data dictionary is generated from here."""

from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.table import Table
from pipelines.warehouse.tables import audiences, facts, journeys, loading, outcomes, seen, segments
from pipelines.warehouse.tables.views import VIEWS as VIEWS

SCHEMA_VERSION = 5

SCHEMAS = {
    "raw": "rows as loaded from the sources, what was refused, and which files were read",
    "shop": "the contract as it stood at `as_of()`: views over raw, the only names segments and conditions read",
    "calendar": "time zones as a table, so that local time is a join",
    "facts": "what everybody asks about a contact, one row each; and which products are bought together",
    "segments": "who belongs where, and who entered or left when",
    "journeys": "scenarios as rows, who is where in them, and why",
    "outbox": "every message that fell due, with one reason",
    "audiences": "who is to be in the audiences of ads platforms, and what these were given",
    "delivery": "what happened when messages were handed over",
    "results": "goals met and what scenarios brought",
    "runs": "ticks and the version of this schema",
}

OWN: tuple[Table, ...] = (*loading.TABLES, *facts.TABLES, *segments.TABLES, *journeys.TABLES, *seen.TABLES, *audiences.TABLES, *outcomes.TABLES)

TABLES: tuple[Table, ...] = CONTRACT + OWN

BY_NAME: dict[str, Table] = {table.full_name: table for table in (*TABLES, *VIEWS)}
