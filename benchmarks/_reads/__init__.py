"""What ``benchmarks.reads`` is made of: the films, the ways to answer with them, and the costs."""

# So many ask at once over HTTP, and so many connections to PostgreSQL are kept for them.
CLIENTS = 8
