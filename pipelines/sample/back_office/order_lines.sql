-- Order lines as the back office knows them.
create or replace temp table export as
select
    order_id as commande, line_no as ligne, product_id as article,
    replace(cast(quantity as varchar), '.', ',') as quantite, replace(cast(unit_price as varchar), '.', ',') as prix_unitaire
from export;
