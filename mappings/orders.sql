-- The back office exports orders in French: `;` between columns, decimal commas, Paris time (relance.toml says so).
-- This SELECT gives its columns the names that relance reads, and nothing else.
select
    numero as order_id,
    client as contact_id,
    panier as cart_id,
    date_commande as ordered_at,
    case statut when 'validée' then 'placed' when 'expédiée' then 'shipped' when 'livrée' then 'delivered' when 'annulée' then 'cancelled' else statut end as status,
    montant as total,
    devise as currency,
    code_promo as coupon_code,
    expediee_le as shipped_at,
    suivi as tracking_url,
    livraison_prevue_le as expected_delivery_on,
    livree_le as delivered_at,
    annulee_le as cancelled_at
from source
