"""Audiences of ads platforms: who is meant to be in them, what their platforms were given, and the files that said so."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "audiences.asked",
        "one row per `sync:` step that somebody passed, those held out apart: the last one on an audience counts, and of one moment the removal",
        "enrolment_id, audience, action, asked_at",
        """
        audience VARCHAR! audience
        contact_id VARCHAR! who
        action VARCHAR! what check: action in ('add', 'remove')
        asked_at TIMESTAMP! when the contact came to the step, UTC
        enrolment_id VARCHAR! enrolment that took the step
        scenario VARCHAR! scenario
        as_of TIMESTAMP! tick
    """,
        "as_of",
    ),
    table(
        "audiences.members",
        "one row per audience and contact who is to be in it, and may be",
        "audience, contact_id",
        """
        audience VARCHAR! audience
        contact_id VARCHAR! member
        entered_at TIMESTAMP! instant of the tick or hand-over pass since which, UTC
    """,
    ),
    table(
        "audiences.given",
        "one row per audience, person and address that its platform was given and not yet asked to take out: only hashes, so that it outlives the contact",
        "audience, member, kind, hash",
        """
        audience VARCHAR! audience
        member VARCHAR! SHA-256 of the contact's id; of the line that told it, until the next pass, where `relance reconcile` took a file over
        kind VARCHAR! which address check: kind in ('email', 'phone')
        hash VARCHAR! SHA-256 of the address as the platform wants it
        fingerprint VARCHAR! SHA-256 of all that was known of the person: while it is the same there is nothing to tell; empty where nobody knows
        since TIMESTAMP! instant of the hand-over pass, UTC
    """,
    ),
    table(
        "audiences.files",
        "one row per file for a platform, in the order of their numbers",
        "audience, number",
        """
        audience VARCHAR! audience
        number BIGINT! 1, 2, 3…: the order in which the platform must read them
        action VARCHAR! what it says check: action in ('adds', 'removes')
        name VARCHAR! name of the file
        lines BIGINT! people or addresses to add, or addresses to take out
        as_of TIMESTAMP! tick it belongs to, itself or with the hand-over passes after it
        decided_at TIMESTAMP! instant of the hand-over pass that decided it, UTC
        written BOOLEAN! it stood under its name; false: the next pass sees to that
    """,
    ),
    table(
        "audiences.sizes",
        "one row per audience and tick: members, and why others who were meant to be are not",
        "audience, as_of",
        """
        audience VARCHAR! audience
        as_of TIMESTAMP! tick, itself or with the hand-over passes after it
        members BIGINT! who is in it
        no_consent BIGINT! kept out: no opt-in for it stands
        suppressed BIGINT! kept out: unsubscribed, complained or bounced
        unreachable BIGINT! kept out: no address that the platform takes
        held_out BIGINT! kept out: in the global holdout
    """,
        "as_of",
    ),
)
