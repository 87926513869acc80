-- Some of the messages that one `data.sql` was asked about, to ask again.
create or replace temp table messages as
select message_key, contact_id, activity, triggered_at, trigger_data, order_id, cart_id, product_id, event_id, subscription_id
from render_subjects
where template = $message and message_key in (select message_key from asked_again);
