"""The demo's launcher: a port, a database, a site, and words for what goes wrong."""
