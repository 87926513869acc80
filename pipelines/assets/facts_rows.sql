-- How many contacts have no row in facts.contacts, and how many have several.
select
    (select count(*) from shop.contacts c where c.contact_id not in (select contact_id from facts.contacts)) as missing,
    (select count(*) - count(distinct contact_id) from facts.contacts) as doubled;
