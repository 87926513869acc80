"""The errors of a sender as they are shown: without whom a message was for, and with all else that the provider said."""

from datetime import datetime
from pathlib import Path

import pytest

from pipelines.warehouse.duckdb import memory_warehouse

SQL = Path("pipelines/assets/sender_errors.sql")
NOON = datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(
    ("first", "last", "error", "shown"),
    [
        ("J", "Al", "Job: also refused by the relay of J. Al", "Job: also refused by the relay of J. Al"),
        ("Ann", "Miller", "550 no Ann Miller, Ann Miller in Annex", "550 no … …  … … in Annex"),
        ("Zoé", "Élan", "Zoé Élan: no such user, Zoéline", "… …  no such user, Zoéline"),
        ("(xy", "a\\E+", "for (xy: unknown", "for …  unknown"),
        (None, None, "unknown …", "unknown …"),
    ],
)
def test_names_are_taken_out_as_words(first: str | None, last: str | None, error: str, shown: str) -> None:
    with memory_warehouse({}, {}) as warehouse:
        query = SQL.read_text(encoding="utf-8").replace("delivery.sends", "sends").replace("outbox.messages", "messages").replace("raw.contacts", "contacts")
        warehouse.run(
            "create temp table sends as select 'k' as message_key, 'mail' as sender, 'refused' as state, $at as changed_at, $error as error",
            at=NOON,
            error=error,
        )
        warehouse.run("create temp table messages as select 'k' as message_key, 'c-1' as contact_id, 'ann@shop.example' as address")
        warehouse.run("create temp table contacts as select 'c-1' as contact_id, $first as first_name, $last as last_name", first=first, last=last)
        assert [row["error"] for row in warehouse.records(query, sender="mail", limit=5)] == [shown]
