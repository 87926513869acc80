"""Who is in each audience of the settings: meant to be by a segment or by steps, and allowed to be by consent and suppression."""

from datetime import datetime
from pathlib import Path

from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.audience import kinds

HERE = Path(__file__).parent


def refresh_members(warehouse: Warehouse, project: Project, as_of: datetime, now: datetime) -> None:
    """
    Bring audiences.members to *now* (UTC), which lies at or after the tick *as_of* whose figures it writes.

    Segments and steps are those of the last tick, consents and suppressions those of *now*; the caller holds `warehouse.at(now)`.
    """
    rules = [
        (name, audience.segment, audience.topic, audience.channel, "phone" in kinds(audience.platform))
        for name, audience in sorted(project.settings.audiences.items())
    ]
    with warehouse.transaction():
        warehouse.run("create or replace temp table audience_rules (audience varchar, segment varchar, topic varchar, channel varchar, takes_phones boolean)")
        warehouse.append("audience_rules", ["audience", "segment", "topic", "channel", "takes_phones"], rules)
        warehouse.run(HERE / "members.sql", as_of=as_of, now=now, holdout=project.settings.holdout.share)
