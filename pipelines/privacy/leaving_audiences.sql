-- Audiences whose platform was given an address of the person who leaves. Those rows stay, hashes as they are, until it is asked to take them out.
select distinct audience from audiences.given
where member in (select rl_sha256(contact_id) from leaving)
order by audience;
