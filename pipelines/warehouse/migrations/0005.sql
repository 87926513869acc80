-- Version 5: a named link knows whose it is. The messages handed over so far say it of theirs.
-- Holdouts come to an offer without a code, and that they came is written down. Files of version 1 or 2 have neither table yet.

create table if not exists delivery.links (
    message_key TEXT NOT NULL,
    link TEXT NOT NULL,
    url TEXT NOT NULL,
    handed_at TIMESTAMP NOT NULL
);

create temp table links_before as select * from delivery.links;

drop table delivery.links;

create table delivery.links (
    message_key TEXT NOT NULL,
    link TEXT NOT NULL,
    url TEXT NOT NULL,
    handed_at TIMESTAMP NOT NULL,
    message TEXT
);

insert into delivery.links by name
select l.message_key, l.link, l.url, l.handed_at, m.template as message
from links_before l
left join outbox.messages m on m.message_key = l.message_key;

drop table links_before;

create table if not exists journeys.codes (
    enrolment_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    offer TEXT NOT NULL,
    code TEXT,
    message_key TEXT,
    given_at TIMESTAMP NOT NULL,
    valid_until TIMESTAMP,
    as_of TIMESTAMP NOT NULL
);

insert into journeys.codes by name
select d.enrolment_id, d.contact_id, d.reason as offer, min(greatest(d.decided_at, d.as_of)) as given_at, min(d.as_of) as as_of
from journeys.decisions d
join journeys.enrolments e on e.enrolment_id = d.enrolment_id and e.ghost
where d.outcome = 'offered' and not exists (select 1 from journeys.codes k where k.enrolment_id = d.enrolment_id and k.offer = d.reason)
group by d.enrolment_id, d.contact_id, d.reason;
