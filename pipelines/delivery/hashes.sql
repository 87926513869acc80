-- Hashes of who is never to be written to again that the warehouse alone has, as they are noted beside the journals.
select what, kind, hash, reason, topic, since from known_alone
order by since, what, kind, hash, reason, topic;
