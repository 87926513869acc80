"""Messages, what became of them, what they brought, and the ticks themselves."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "outbox.messages",
        "one row per message that fell due; due = to_send + held + dropped",
        "message_key",
        """
        message_key VARCHAR! hash of scenario, contact, entry key and step: the same in every re-run
        as_of TIMESTAMP! tick it fell due in
        scenario VARCHAR! scenario
        version BIGINT! version
        step VARCHAR! step
        enrolment_id VARCHAR! enrolment
        contact_id VARCHAR! who
        channel VARCHAR! channel
        address VARCHAR normalised address at the decision
        topic VARCHAR! consent topic
        category VARCHAR! kind of message check: category in ('marketing', 'transactional')
        basis VARCHAR consent basis it goes on
        template VARCHAR! message whose templates render it
        locale VARCHAR! language decided
        variant VARCHAR arm of a split it belongs to
        due_at TIMESTAMP! when it fell due, UTC
        not_before TIMESTAMP! earliest instant it may go: due, window opening or tick, whichever is last
        expires_at TIMESTAMP! after it the message is worthless
        priority BIGINT! 0 to 100
        status VARCHAR! what was decided check: status in ('to_send', 'held', 'dropped')
        reason VARCHAR one of the closed list; null for to_send check: reason is null or reason in ('no_consent', 'suppressed', 'unreachable', 'capped', 'lower_priority', 'quiet_hours', 'expired', 'exited_before_send', 'holdout', 'not_sent', 'stale_source', 'scenario_paused', 'guard_tripped', 'invalid_content', 'sender_quota', 'sender_retry', 'halted', 'not_yet', 'refused', 'no_code')
        detail VARCHAR value behind the reason: which cap and how far it is, which source, which template error
        changed_at TIMESTAMP! as_of of the tick or hand-over pass that last changed the row
    """,
        "as_of",
    ),
    table(
        "outbox.numbers",
        "one row per telephone number that was held against the numbering plans, before an SMS or a call",
        "number_hash",
        """
        number_hash VARCHAR! SHA-256 of the number in international form
        plans VARCHAR! release of the plans (phonenumbers); those of a new one are asked anew
        fault VARCHAR why nobody can have it; null where somebody can
    """,
    ),
    table(
        "delivery.suppressions",
        "one row per channel, address, reason and topic nobody may write to again about",
        "channel, address_hash, reason, topic, since",
        """
        channel VARCHAR! channel
        address_hash VARCHAR! SHA-256 of the normalised address: outlives the contact
        reason VARCHAR! why check: reason in ('unsubscribed', 'hard_bounce', 'complaint', 'manual')
        topic VARCHAR topic unsubscribed from; null for everything
        since TIMESTAMP! when, UTC
    """,
    ),
    table(
        "delivery.sends",
        "one row per state a message passed through at hand-over; append only",
        "message_key, attempt, state",
        """
        message_key VARCHAR! message
        sender VARCHAR! sender
        attempt BIGINT! 1, 2, 3…
        state VARCHAR! where it stands check: state in ('claimed', 'accepted', 'refused', 'retry', 'unknown')
        changed_at TIMESTAMP! instant of the hand-over pass, UTC
        provider_message_id VARCHAR the provider's id
        error VARCHAR the provider's words
        retry_at TIMESTAMP with retry: instant from which it may be tried again, UTC
    """,
        "changed_at",
    ),
    table(
        "delivery.forgotten",
        "one row per person or browser that was erased: only hashes, so that files read again bring nobody back",
        "kind, hash",
        """
        kind VARCHAR! what is hashed check: kind in ('contact', 'visitor')
        hash VARCHAR! SHA-256 of the id
        since TIMESTAMP! when, UTC
    """,
    ),
    table(
        "delivery.warehouse_name",
        "one row: what the name is made of by which the settings know the warehouse that may send to people, with the folder it lies in",
        "name",
        """
        name VARCHAR! made when it was first asked for
        since TIMESTAMP! when, UTC
    """,
    ),
    table(
        "delivery.lost_journals",
        "one row per time that a person went on without journals that were lost (`relance reconcile`)",
        "reconciled_at",
        """
        reconciled_at TIMESTAMP! messages that fell due before, and of which the ledger has heard nothing since, may have gone: they are unknown
    """,
    ),
    table(
        "delivery.links",
        "one row per address that a message leads to under a name: what clicks are told apart by; append only",
        "message_key, url",
        """
        message_key VARCHAR! message
        link VARCHAR! name in the header of its template
        url VARCHAR! address as the message had it
        handed_at TIMESTAMP! instant of the hand-over pass, UTC
        message VARCHAR message whose template names it
    """,
        "handed_at",
    ),
    table(
        "results.goals",
        "one row per enrolment that reached its scenario's goal",
        "enrolment_id",
        """
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        contact_id VARCHAR! who
        goal VARCHAR! activity
        met_at TIMESTAMP! when, UTC
        as_of TIMESTAMP! tick that saw it
        step VARCHAR last message sent before, which gets the credit
        value DECIMAL(18,2) value of the activity, project currency
        ghost BOOLEAN! in a holdout
    """,
        "as_of",
    ),
    table(
        "results.scenarios",
        "one row per scenario and tick: the figures of the report",
        "scenario, as_of",
        """
        scenario VARCHAR! scenario
        as_of TIMESTAMP! tick
        entered BIGINT! entered in the tick
        refused BIGINT! refused at the door
        ended BIGINT! ended in the tick
        converted BIGINT! of them by the goal after a message
        in_flight BIGINT! in flight after the tick; entered = ended + in flight over all ticks
        due BIGINT! messages due
        to_send BIGINT! to hand over
        held BIGINT! waiting
        dropped BIGINT! dropped
        state VARCHAR! live, draft, paused, stopped, or held with its reason
    """,
        "as_of",
    ),
    table(
        "runs.ticks",
        "one row per tick",
        "as_of",
        """
        as_of TIMESTAMP! instant of the tick, UTC
        day DATE! day of the project's zone it belongs to
        started_at TIMESTAMP! wall clock when it began, UTC
        finished_at TIMESTAMP wall clock when it was committed, UTC
        status VARCHAR! where it stands check: status in ('running', 'committed')
        send BOOLEAN! false: messages of this tick end as not_sent
        counts VARCHAR entered, due, sent, held, dropped, as JSON
    """,
    ),
    table(
        "runs.files",
        "one row per file of the project and text it had in the ticks from `since` on",
        "path, since",
        """
        path VARCHAR! path in the project's folder
        since TIMESTAMP! first tick that ran with this text
        fingerprint VARCHAR! hash of the text
        text VARCHAR the text; null: the file is gone
    """,
    ),
    table(
        "runs.guards",
        "one row per scenario held by a guard until a person releases it",
        "scenario, tripped_at",
        """
        scenario VARCHAR! scenario
        tripped_at TIMESTAMP! tick
        entries BIGINT! entries that tripped it
        usual BIGINT! most entries of a tick in the past 28 days
        released_at TIMESTAMP when a person released it, UTC
    """,
    ),
    table(
        "runs.schema",
        "one row per schema version this file has had",
        "version",
        """
        version BIGINT! version
        definition VARCHAR! fingerprint of the tables, views and macros last defined for it
    """,
    ),
)
