-- What facts are counted for from now on.
delete from facts.state;
insert into facts.state
select
    cast($as_of as timestamp), cast($day as date), cast($since_30d as timestamp), cast($since_90d as timestamp), cast($since_180d as timestamp),
    greatest($as_of, max(as_of)), $rules
from raw.loads;

-- Working tables give their memory back.
drop table recounted;
drop table bought;
drop table leaving_orders;
drop table changed_orders;
drop table days_of_orders;
drop table changed_sessions;
drop table changed_site_events;
drop table changed_message_events;
drop table answers;
drop table changed_channels;
drop table changed_points;
drop table changed_consents;
drop table touches;
drop table interests;
drop table changed_interests;
drop table touched_contacts;
drop table contacts_before;
