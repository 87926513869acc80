-- Who comes to an offer without a code of it, in the order they came. Once given, a code stands. Ghosts come without taking one.
create or replace temp table takers as
select w.enrolment_id, w.contact_id, w.ghost, w.word as offer, greatest(w.reached_at, $as_of) as given_at,
    rl_add_seconds(greatest(w.reached_at, $as_of), o.valid_seconds) as ends_at,
    row_number() over (partition by w.word, w.ghost order by w.reached_at, w.enrolment_id) as place
from walked w
left join offers o on o.offer = w.word
where w.round = $round and w.ready and w.kind = 'offer'
    and not exists (select 1 from journeys.codes k where k.enrolment_id = w.enrolment_id and k.offer = w.word and (k.code is not null or w.ghost));

-- The free codes of these offers, those first that run out first, and none that runs out before the last taker has theirs: entries are prepared
-- ahead. A code that two offers have is given once.
create or replace temp table free_codes as
select f.offer, f.code, f.valid_until, row_number() over (partition by f.offer order by f.valid_until nulls last, f.code) as place
from (
    select o.offer, o.code, o.valid_until
    from shop.offer_codes o
    join (select offer, max(given_at) as given_at from takers where not ghost group by offer) t on t.offer = o.offer
    where o.contact_id is null and o.redeemed_at is null and coalesce(o.valid_until, t.given_at) >= t.given_at
        and o.code not in (select code from journeys.codes where code is not null)
    qualify row_number() over (partition by o.code order by o.offer) = 1
) f;

delete from journeys.codes
where exists (select 1 from takers t where t.enrolment_id = codes.enrolment_id and t.offer = codes.offer);

insert into journeys.codes by name
select
    t.enrolment_id, t.contact_id, t.offer, f.code, cast(null as varchar) as message_key, t.given_at,
    case when f.code is not null or t.ghost then least(coalesce(f.valid_until, t.ends_at), coalesce(t.ends_at, f.valid_until)) end as valid_until, $as_of as as_of
from takers t
left join free_codes f on f.offer = t.offer and f.place = t.place and not t.ghost;
