-- What PostgreSQL says of each two ranges. What may be in two parts is told as a multirange: of
-- ranges, PostgreSQL refuses such a union or difference.
WITH written AS (
    SELECT n, r::{type} AS r FROM unnest(%s::text[]) WITH ORDINALITY AS w (r, n)
)
SELECT
    a.r = b.r,
    a.r @> b.r,
    a.r <@ b.r,
    a.r && b.r,
    a.r -|- b.r,
    a.r << b.r,
    a.r >> b.r,
    a.r &< b.r,
    a.r &> b.r,
    multirange(a.r) + multirange(b.r),
    multirange(a.r) * multirange(b.r),
    multirange(a.r) - multirange(b.r)
FROM written AS a CROSS JOIN written AS b
ORDER BY a.n, b.n
