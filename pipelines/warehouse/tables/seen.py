"""What conditions saw of contacts, and what of it they could not read."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "journeys.facts_seen",
        "one row per `where:` that a decision asked about the facts of a contact, which change later",
        "as_of, enrolment_id, node, question",
        """
        as_of TIMESTAMP! tick that decided
        enrolment_id VARCHAR! enrolment, or the one it would have been
        node BIGINT node decided at; null at the door
        question VARCHAR! the condition as written
        seen VARCHAR! the values it was decided by: order_count = 3, country = FR
    """,
        "as_of",
    ),
    table(
        "journeys.unread_values",
        "one row per contact and `where:` that could not be answered for them, such as a cast of a text that is no number: it does not hold for them",
        "scenario, question, contact_id",
        """
        scenario VARCHAR! scenario that asks
        question VARCHAR! the condition as written
        contact_id VARCHAR! contact, known by their activity, their facts or the row that carries a date
        as_of TIMESTAMP! tick that met it first
        seen VARCHAR the values that it was asked of: props ->> '$.size' = wide
    """,
        "as_of",
    ),
)
