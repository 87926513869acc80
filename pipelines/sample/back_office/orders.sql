-- Orders as the back office knows them: French words, local time, decimal commas.
create or replace temp table export as
select
    order_id as numero, contact_id as client, cart_id as panier, strftime(timezone($zone, timezone('UTC', ordered_at)), '%d/%m/%Y %H:%M:%S') as date_commande,
    case status when 'placed' then 'validée' when 'shipped' then 'expédiée' when 'delivered' then 'livrée' else 'annulée' end as statut,
    replace(cast(total as varchar), '.', ',') as montant, currency as devise, coupon_code as code_promo,
    strftime(timezone($zone, timezone('UTC', shipped_at)), '%d/%m/%Y %H:%M:%S') as expediee_le, tracking_url as suivi,
    strftime(expected_delivery_on, '%d/%m/%Y') as livraison_prevue_le,
    strftime(timezone($zone, timezone('UTC', delivered_at)), '%d/%m/%Y %H:%M:%S') as livree_le,
    strftime(timezone($zone, timezone('UTC', cancelled_at)), '%d/%m/%Y %H:%M:%S') as annulee_le
from export;
