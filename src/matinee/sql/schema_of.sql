-- The schema that a table's name leads to.
SELECT nspname
FROM pg_catalog.pg_class
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE pg_class.oid = pg_catalog.to_regclass(%s)
