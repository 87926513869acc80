-- Where the named links of a batch lead. Two names of one address cannot be told apart: the first stands for both.
insert into delivery.links by name
select n.message_key, n.link, n.url, $now as handed_at, t.template as message
from named_links n
left join to_render t on t.message_key = n.message_key
where not exists (select 1 from delivery.links l where l.message_key = n.message_key and l.url = n.url)
qualify row_number() over (partition by n.message_key, n.url order by n.place) = 1;
