-- Version 5: a named link knows whose it is. The messages handed over so far say it of theirs.

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
