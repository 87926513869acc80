"""What holds after any tick, whatever happened: each query gives the rows that would break it."""

from tests.journeys.world import World

BROKEN_BY = {
    "entered = ended + in flight": """
        select e.enrolment_id from journeys.enrolments e
        left join journeys.endings d on d.enrolment_id = e.enrolment_id
        left join journeys.positions p on p.enrolment_id = e.enrolment_id
        group by e.enrolment_id having count(d.enrolment_id) + count(p.enrolment_id) <> 1""",
    "nobody is in flight or has ended without having entered": """
        select enrolment_id from (select enrolment_id from journeys.positions union all select enrolment_id from journeys.endings)
        where enrolment_id not in (select enrolment_id from journeys.enrolments)""",
    "a run is entered once": "select enrolment_id from journeys.enrolments group by enrolment_id having count(*) > 1",
    "a message falls due once": "select message_key from outbox.messages group by message_key having count(*) > 1",
    "no message without a run": "select message_key from outbox.messages where enrolment_id not in (select enrolment_id from journeys.enrolments)",
    "no message falls due after its run is known to have ended": """
        select m.message_key from outbox.messages m join journeys.endings d on d.enrolment_id = m.enrolment_id
        where m.as_of > d.as_of or (m.as_of = d.as_of and m.due_at > d.ended_at)""",
    "no message goes before it is due, nor when it is worthless": """
        select message_key from outbox.messages where not_before < due_at or (status <> 'dropped' and not_before >= expires_at)""",
    "due = to send + held + dropped": "select * from results.scenarios where due <> to_send + held + dropped",
    "the figures add up": """
        select s.scenario from results.scenarios s group by s.scenario
        having sum(s.entered) <> (select count(*) from journeys.enrolments e where e.scenario = s.scenario)
            or sum(s.ended) <> (select count(*) from journeys.endings d where d.scenario = s.scenario)
            or arg_max(s.in_flight, s.as_of) <> sum(s.entered) - sum(s.ended)
            or sum(s.due) <> (select count(*) from outbox.messages m where m.scenario = s.scenario)""",
    "a reason for all that does not go": "select message_key from outbox.messages where (status = 'to_send') <> (reason is null)",
    "ghosts get nothing": """
        select m.message_key from outbox.messages m join journeys.enrolments e on e.enrolment_id = m.enrolment_id
        where e.ghost and (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))""",
    "nothing goes to a suppressed address": """
        select m.message_key from raw.message_events e
        join outbox.messages b on b.message_key = e.message_key
        join outbox.messages m on m.channel = b.channel and m.address = b.address
        where e.kind = 'bounced' and coalesce(e.reason, '') not ilike 'soft%' and m.status <> 'dropped' and m.as_of > e.occurred_at and m.as_of >= e.loaded_at""",
    "one arm for each experiment and subject": "select experiment, subject from journeys.arms group by experiment, subject having count(*) > 1",
    "a code is one contact's": "select code from journeys.codes where code is not null group by code having count(*) > 1",
    "a run has one code of an offer": "select enrolment_id, offer from journeys.codes group by enrolment_id, offer having count(*) > 1",
    "ghosts get no code": "select c.code from journeys.codes c join journeys.enrolments e on e.enrolment_id = c.enrolment_id where e.ghost and c.code is not null",
    "a code is good when it is given": "select code from journeys.codes where valid_until < given_at",
    "nobody passes an offer without being served": """
        select x.enrolment_id from journeys.decisions x left join journeys.codes c on c.enrolment_id = x.enrolment_id and c.offer = x.reason
        where x.outcome in ('offered', 'no_code') and c.offer is null""",
    "a contact has a tag once": "select contact_id, tag from raw.contact_tags where removed_at is null group by contact_id, tag having count(*) > 1",
    "ghosts are put into no audience": """
        select a.enrolment_id from audiences.asked a join journeys.enrolments e on e.enrolment_id = a.enrolment_id where e.ghost and a.action = 'add'""",
    "ended runs leave nothing behind": """
        select enrolment_id from (select enrolment_id from journeys.observations union all select enrolment_id from journeys.in_flight_messages)
        where enrolment_id not in (select enrolment_id from journeys.positions)""",
    "nothing waits for a cap whose run is over": """
        select message_key from outbox.messages
        where status = 'held' and reason in ('capped', 'lower_priority') and enrolment_id not in (select enrolment_id from journeys.positions)""",
    "every run has its entry and its end in the log": """
        select e.enrolment_id from journeys.enrolments e left join journeys.endings d on d.enrolment_id = e.enrolment_id
        left join journeys.decisions x on x.enrolment_id = e.enrolment_id
        group by e.enrolment_id, d.outcome
        having count(case when x.outcome = 'entered' then 1 end) <> 1 or count(case when x.outcome = d.outcome then 1 end) <> (d.outcome is not null)::int""",
}


def broken(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that break an invariant, by its name."""
    found = {name: world.warehouse.rows(sql) for name, sql in BROKEN_BY.items()}
    return {name: rows for name, rows in found.items() if rows}
