-- Lines of the same back office's orders.
select
    commande as order_id,
    ligne as line_no,
    article as product_id,
    quantite as quantity,
    prix_unitaire as unit_price
from source
