-- What was noted beside the journals, in the order it was. A line that a kill tore lacks its end, and is passed over.
-- Rows are compared by all that makes them one: an address may be suppressed several times, somebody is forgotten once.
create or replace temp table noted as
select row_number() over () as place, what, kind, hash, reason, url_decode(topic) as topic, since,
    case when what = 'forgotten' then hash || kind else concat(hash, kind, reason, epoch_us(since), url_decode(topic)) end as key
from read_csv(
    $noted, auto_detect = false, header = false, delim = '\t', quote = '', escape = '', ignore_errors = true, force_not_null = ['reason', 'topic'],
    columns = {
        'what': 'VARCHAR', 'kind': 'VARCHAR', 'hash': 'VARCHAR', 'reason': 'VARCHAR', 'topic': 'VARCHAR', 'since': 'TIMESTAMP', 'ended': 'VARCHAR'
    }
)
where ended = '.';

-- Of each row the last word counts.
create or replace temp table lifts as
select key, max(place) as place from noted where what = 'lifted' group by key;

delete from noted using lifts where noted.key = lifts.key and noted.place <= lifts.place;

-- What only the warehouse has.
create or replace temp table known_alone as
select what, kind, hash, reason, topic, since
from (
    select 'suppressed' as what, channel as kind, address_hash as hash, reason, coalesce(topic, '') as topic, since,
        concat(address_hash, channel, reason, epoch_us(since), topic) as key
    from delivery.suppressions
    union all
    select 'forgotten' as what, kind, hash, '' as reason, '' as topic, since, hash || kind as key from delivery.forgotten
) k
where key not in (select key from noted);

-- What only the file has.
create or replace temp table noted_alone as
select what, kind, hash, reason, topic, max(since) as since
from noted
where key not in (
    select concat(address_hash, channel, reason, epoch_us(since), topic) from delivery.suppressions
    union all
    select hash || kind from delivery.forgotten
)
group by what, kind, hash, reason, topic, key;
