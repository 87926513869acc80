"""What loading keeps beside the rows of the contract, and the calendar."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "raw.files",
        "one row per file read or refused",
        "source, file",
        """
        source VARCHAR! source the file belongs to
        file VARCHAR! path relative to the project
        fingerprint VARCHAR! size and SHA-256 of the content, and of the settings and mapping it is read with; a file is read again when any of them changes
        status VARCHAR! what became of it check: status in ('loaded', 'refused')
        rows BIGINT! rows read
        rejected BIGINT! rows refused
        reason VARCHAR why the whole file was refused; for a loaded file, what is worth knowing: columns not used, rows known already
        loaded_at TIMESTAMP! as_of of the tick that read it
        modified_ns BIGINT when it was last written, nanoseconds since 1970: while this and the size stay, it is not looked into; null where that was too fresh to tell
    """,
    ),
    table(
        "raw.rejects",
        "one row per refused input row, never silently lost; also one per address that a contact is kept without, and one per refused file",
        "source, file, line, reason",
        """
        source VARCHAR! source
        file VARCHAR! path relative to the project
        line BIGINT line in the file, or row number for Parquet; null where unknown
        reason VARCHAR! what is wrong with it
        row VARCHAR the row as text
        loaded_at TIMESTAMP! as_of of the tick that refused it
    """,
    ),
    table(
        "raw.loads",
        "one row per source and load, of a tick or of a hand-over pass between ticks: what it did, and how fresh the source was",
        "source, as_of",
        """
        source VARCHAR! source
        contract VARCHAR! contract table it fills
        as_of TIMESTAMP! instant of the tick or the pass
        files BIGINT! files read in this load
        inserted BIGINT! new rows
        replaced BIGINT! rows corrected: same key, other values
        rejected BIGINT! rows refused
        newest_at TIMESTAMP newest fact of the source not after as_of
        status VARCHAR! state of the source at that instant check: status in ('fresh', 'stale', 'refused', 'missing')
        reason VARCHAR why it is not fresh
    """,
        "as_of",
    ),
    table(
        "raw.corrections",
        "one row per contact whose earlier facts changed and must be counted anew",
        "contact_id, contract, loaded_at",
        """
        contact_id VARCHAR! contact whose row was corrected, before or after the correction
        contract VARCHAR! contract table corrected
        loaded_at TIMESTAMP! as_of of the tick that loaded the correction
    """,
        "loaded_at",
    ),
    table(
        "calendar.zone_offsets",
        "one row per zone and stretch of constant offset",
        "zone, starts_at",
        """
        zone VARCHAR! IANA zone name
        starts_at TIMESTAMP! first instant, UTC
        ends_at TIMESTAMP! first instant after, UTC
        local_starts_at TIMESTAMP! first local time read with this offset; a skipped hour moves forward, a repeated one is its first
        local_ends_at TIMESTAMP! first local time after
        offset_seconds BIGINT! local time minus UTC
    """,
    ),
    table(
        "calendar.days",
        "one row per day",
        "day",
        """
        day DATE! the day
        isodow BIGINT! 1 Monday to 7 Sunday
    """,
    ),
)
