SELECT
  kind,
  id,
  product_id,
  quantity,
  unit_price
FROM render_lines
ORDER BY
  kind NULLS LAST,
  id NULLS LAST,
  line_no NULLS LAST;
