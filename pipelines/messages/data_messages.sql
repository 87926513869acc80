-- The messages of a batch that one `data.sql` is asked about: the table `messages` it reads.
create or replace temp table messages as
select message_key, contact_id, activity, triggered_at, trigger_data, order_id, cart_id, product_id, event_id, subscription_id
from render_subjects
where template = $message;
