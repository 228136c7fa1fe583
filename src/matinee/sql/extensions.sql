-- The extensions of this database, with their versions.
SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY extname
