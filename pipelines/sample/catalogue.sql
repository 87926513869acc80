-- The range of Tilleul, a house for kitchen, home and garden: 28 kinds of thing in 10 categories, eight designs each.

-- Kinds: which category, what it is called (words that read the same in French and English), size, price in cents.
create or replace temp table kinds as
select * from (values
    (1, 1, 'cookware', 'Cocotte', '24 cm', 12900), (2, 1, 'cookware', 'Wok', '30 cm', 6900), (3, 1, 'cookware', 'Casserole', '18 cm', 5900),
    (4, 2, 'tableware', 'Carafe', '1 L', 2900), (5, 2, 'tableware', 'Mug', '30 cl', 1400), (6, 2, 'tableware', 'Ramekin', 'x6', 2400),
    (7, 3, 'coffee_tea', 'Moka', '6 tasses', 3400), (8, 3, 'coffee_tea', 'Samovar', '2 L', 8900), (9, 3, 'coffee_tea', 'Espresso Set', 'x4', 3900),
    (10, 4, 'pantry', 'Arabica', '1 kg', 2150), (11, 4, 'pantry', 'Matcha', '100 g', 1890), (12, 4, 'pantry', 'Chai', '250 g', 1290),
    (13, 5, 'linen', 'Plaid', '130 x 170', 7900), (14, 5, 'linen', 'Kimono', 'M', 6500), (15, 5, 'linen', 'Tote', '40 x 45', 1900),
    (16, 6, 'planters', 'Vase', '25 cm', 3200), (17, 6, 'planters', 'Cachepot', '18 cm', 1950), (18, 6, 'planters', 'Terrarium Kit', '3 L', 4500),
    (19, 7, 'garden', 'Secateur', '20 cm', 3600), (20, 7, 'garden', 'Bonsai Kit', '12 cm', 2700), (21, 7, 'garden', 'Cloche', '30 cm', 2200),
    (22, 8, 'lighting', 'Lanterne', '40 cm', 5400), (23, 8, 'lighting', 'Suspension', '35 cm', 11900), (24, 8, 'lighting', 'Guirlande', '10 m', 2600),
    (25, 9, 'outdoor', 'Parasol', '2.5 m', 14900), (26, 9, 'outdoor', 'Brasero', '60 cm', 18900),
    (27, 10, 'bath', 'Hammam Set', 'x3', 4900), (28, 10, 'bath', 'Eau de Linge', '500 ml', 1690)
) as t(kind_no, category_no, category, item, size, cents);

-- Products, numbered so that a category is one stretch of numbers. One in six is launched in the course of the two years
-- or of the demo, the others were there before.
create or replace temp table range_of_products as
with designs as (
    select * from (values (1, 'Alma', 100), (2, 'Brume', 95), (3, 'Dune', 110), (4, 'Fjord', 120), (5, 'Galet', 90), (6, 'Iris', 105),
        (7, 'Lune', 130), (8, 'Sienne', 115))
        as t(design_no, design, percent)
),
made as (
    select row_number() over (order by kind_no, design_no) as product_no, kind_no, category_no, category, item, size, design,
        cents * percent // 100 // 10 * 10 as cents
    from kinds cross join designs
)
select
    product_no, kind_no, category_no, category, design,
    'P' || lpad(cast(product_no as varchar), 3, '0') as product_id,
    item || ' ' || design || ' ' || size as name,
    replace(lower(item || '-' || design), ' ', '-') as slug,
    case when part(dice('launch', product_no), 0) < 0.16 then cast(760 * part(dice('launch', product_no), 1) as bigint) else 0 end as launched_no,
    cents
from made;

-- First number and count of each category.
create or replace temp table categories as
select category_no, category, min(product_no) as first_no, count(*) as products from range_of_products group by category_no, category;

-- What happens to a product in a month: at most one promotion and one stock-out, both over before the month ends.
create or replace temp table windows as
with months as (select year(day) * 100 + month(day) as month, min(day_no) as first_no from days group by year(day) * 100 + month(day)),
drawn as (
    select product_no, month, first_no, dice('promotion', product_no || '|' || month) as p, dice('stock', product_no || '|' || month) as s
    from range_of_products cross join months
)
select
    product_no, month,
    case when part(p, 0) < 0.22 then first_no + 2 + cast(floor(12 * part(p, 1)) as bigint) end as promotion_from,
    case when part(p, 0) < 0.22 then first_no + 6 + cast(floor(12 * part(p, 1)) + floor(9 * part(p, 2)) as bigint) end as promotion_to,
    10 + 5 * cast(floor(5 * part(p, 3)) as bigint) as percent,
    case when part(s, 0) < 0.16 then first_no + 2 + cast(floor(15 * part(s, 1)) as bigint) end as out_from,
    case when part(s, 0) < 0.16 then first_no + 5 + cast(floor(15 * part(s, 1)) + floor(7 * part(s, 2)) as bigint) end as out_to
from drawn;

-- Each product on each day: price in cents after a promotion, and pieces in stock (none while it is out).
create or replace temp table product_days as
select
    d.day_no, d.opens_at, p.product_no, p.category_no, p.launched_no,
    case when d.day_no >= w.promotion_from and d.day_no < w.promotion_to then p.cents * (100 - w.percent) // 1000 * 10 else p.cents end as cents,
    case when d.day_no >= w.out_from and d.day_no < w.out_to then 0
        else 20 + cast(floor(300 * part(dice('pieces', p.product_no || '|' || w.month), 0)) as bigint) end as stock,
    d.day_no = greatest(p.launched_no, 0) or d.day_no in (w.promotion_from, w.promotion_to, w.out_from, w.out_to) as changed
from range_of_products p
join days d on d.day_no >= p.launched_no
join windows w on w.product_no = p.product_no and w.month = year(d.day) * 100 + month(d.day);

-- What somebody who wants a product finds on a day: the product, or the next of its category while it is not to be had.
create or replace temp table shelf as
with there as (select day_no, product_no as asked_no, product_no as sold_no, cents from product_days where stock > 0),
missing as (
    select d.day_no, p.product_no as asked_no, p.category_no from range_of_products p cross join days d
    where not exists (select 1 from there t where t.day_no = d.day_no and t.asked_no = p.product_no)
)
select * from there
union all
select m.day_no, m.asked_no, arg_min(o.product_no, (o.product_no - m.asked_no + 1000) % 1000), arg_min(o.cents, (o.product_no - m.asked_no + 1000) % 1000)
from missing m
join product_days o on o.day_no = m.day_no and o.category_no = m.category_no and o.stock > 0
group by m.day_no, m.asked_no;

-- The newest product of each day, which early adopters go for.
create or replace temp table novelties as
select d.day_no, arg_max(p.product_no, p.launched_no * 1000 + p.product_no) as product_no
from days d join range_of_products p on p.launched_no <= d.day_no
group by d.day_no;
