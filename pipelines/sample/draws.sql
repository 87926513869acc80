-- The only chance there is: bits of an MD5 of (seed, salt, id), so that the same seed gives the same shop for ever.

-- What every draw starts with.
set variable sample_seed = $seed;

-- Sixty random bits, as a whole number.
create or replace temp macro dice(salt, id) as
    cast('0x' || substr(md5(getvariable('sample_seed') || '|' || salt || '|' || id), 1, 15) as bigint);

-- One of the four shares from 0 to under 1 that a draw holds: k is 0 to 3.
create or replace temp macro part(h, k) as ((h >> (15 * k)) & 32767) / 32768.0;

-- A draw as a number of mean 0 and deviation 1, near enough to normal up to three deviations.
create or replace temp macro bell(h) as (part(h, 0) + part(h, 1) + part(h, 2) + part(h, 3) - 2) * 1.7320508;

-- Browser of a contact.
create or replace temp macro visitor_of(contact_id) as
    'V' || substr(md5(getvariable('sample_seed') || '|visitor|' || contact_id), 1, 12);

-- Whether an abandoned cart is ordered without anybody asking: the base that reminders are measured against.
create or replace temp macro comes_back(cart_id) as part(dice('returns', cart_id), 0) < 0.10;

-- When that happens, counted from the last thing seen of the cart.
create or replace temp macro comes_back_after(cart_id) as
    to_seconds(cast(7200 + 150000 * part(dice('returns', cart_id), 1) as bigint));

-- The parcel of an order, all within nine days of it: cancelled by few, then shipped, then delivered, which of a few nobody reports.
create or replace temp macro cancelled_after(order_id) as
    case when part(dice('parcel', order_id), 0) < 0.03 then to_seconds(cast(1800 + 60000 * part(dice('parcel', order_id), 1) as bigint)) end;

create or replace temp macro shipped_after(order_id) as
    case when part(dice('parcel', order_id), 0) >= 0.03 then to_seconds(cast(70000 + 120000 * part(dice('parcel', order_id), 1) as bigint)) end;

create or replace temp macro delivered_after(order_id) as
    case when part(dice('parcel', order_id), 3) >= 0.04
        then shipped_after(order_id) + to_seconds(cast(80000 + 220000 * part(dice('parcel', order_id), 2) as bigint)) end;

-- How an order stands at an instant, from what had happened to it by then.
create or replace temp macro status_of(shipped_at, delivered_at, cancelled_at) as
    case when cancelled_at is not null then 'cancelled' when delivered_at is not null then 'delivered'
         when shipped_at is not null then 'shipped' else 'placed' end;

-- A date that is known at an instant only if it lies before it.
create or replace temp macro if_known(moment, known_at) as case when moment < known_at then moment end;

-- How long after a visit began its order is placed.
create or replace temp macro order_after(visit) as to_seconds(cast(420 + 900 * part(dice('order', visit), 0) as bigint));

-- Cents as money.
create or replace temp macro money(cents) as cast(cast(cents as decimal(16, 0)) * 0.01 as decimal(18, 2));

-- How a contact reads mail: a quarter hardly open anything; the chance of an open, and of a click after it.
create or replace temp macro opens_of(contact_id) as
    round(case when part(dice('reader', contact_id), 1) < 0.25 then 0.02 + 0.04 * part(dice('reader', contact_id), 2)
        else 0.15 + 0.65 * part(dice('reader', contact_id), 2) end, 4);

create or replace temp macro clicks_of(contact_id) as round(0.03 + 0.27 * part(dice('reader', contact_id), 3), 4);
