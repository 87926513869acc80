"""Who belongs where, and who entered or left when."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "segments.definitions",
        "one row per segment and meaning it had",
        "segment, since",
        """
        segment VARCHAR! segment
        since TIMESTAMP! first tick with this meaning
        fingerprint VARCHAR! hash of its SQL, of what it reads and of its parameters
        attributes VARCHAR! extra columns and types, as JSON
    """,
    ),
    table(
        "segments.members",
        "one row per segment and member, as of the last tick",
        "segment, contact_id",
        """
        segment VARCHAR! segment
        contact_id VARCHAR! member
        entered_at TIMESTAMP! as_of of the tick the contact joined in
        attributes JSON extra columns of the segment's SELECT
    """,
    ),
    table(
        "segments.changes",
        "one row per contact who joined or left a segment",
        "segment, contact_id, as_of, change",
        """
        segment VARCHAR! segment
        contact_id VARCHAR! who
        change VARCHAR! what check: change in ('entered', 'left')
        as_of TIMESTAMP! tick
        cause VARCHAR! data: the contact changed; redefined: the segment did; first: first publication. Only data triggers check: cause in ('data', 'redefined', 'first')
        entered_at TIMESTAMP! when the membership that began or ended had begun
    """,
        "as_of",
    ),
    table(
        "segments.sizes",
        "one row per segment and tick",
        "segment, as_of",
        """
        segment VARCHAR! segment
        as_of TIMESTAMP! tick
        members BIGINT! members after the tick
        entered BIGINT! joined in the tick
        left_count BIGINT! left in the tick
        status VARCHAR! built, or held with yesterday's rows check: status in ('built', 'held')
        reason VARCHAR why it was held
    """,
        "as_of",
    ),
)
