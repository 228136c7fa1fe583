-- The server's version, and the settings that decide what a commit and a text are worth.
SELECT current_setting('server_version_num')::int AS version_number,
       current_setting('server_version') AS version,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('server_encoding') AS server_encoding
