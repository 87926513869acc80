-- The messages of a batch that one `data.sql` is asked about, or those from one key to another: the table `messages` it reads.
create or replace temp table messages as
select message_key, contact_id, activity, triggered_at, trigger_data, order_id, cart_id, product_id, event_id, subscription_id
from render_subjects
where template = $message and message_key >= coalesce($first, message_key) and message_key <= coalesce($last, message_key);
