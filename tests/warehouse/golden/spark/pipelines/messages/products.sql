SELECT
  product_id,
  name,
  category,
  url,
  image_url,
  price,
  stock
FROM (
  SELECT
    product_id,
    name,
    category,
    url,
    image_url,
    price,
    stock,
    ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY valid_from DESC) AS _w
  FROM shop.products
  WHERE
    product_id IN (
      SELECT
        product_id
      FROM render_mentioned
      UNION ALL
      SELECT
        product_id
      FROM render_recommendations
    )
) AS _t
WHERE
  _w = 1;
