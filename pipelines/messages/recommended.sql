-- The products proposed in each message, best first.
select message_key, product_id from render_recommendations order by message_key, place;
