select numero as order_id, date as ordered_at, montant as total from source
