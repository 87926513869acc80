-- Have not bought yet, but have shown appetite: they take the newsletter, have an account, asked for a quote, filled a
-- cart, looked at several products lately (at least param hot_product_views in 30 days) or clicked in several messages
-- (at least param hot_clicks in 90 days).
-- owner: team:crm
select contact_id
from facts.contacts
where order_count = 0
    and (
        newsletter
        or has_account
        or last_quote_at is not null
        or last_cart_at is not null
        or product_views_30d >= param('hot_product_views')
        or clicks_90d >= param('hot_clicks')
    )
