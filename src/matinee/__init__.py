"""Matinee: the careful parts of Django on PostgreSQL, from one declaration each.

Nothing is imported from here. Each part is a module of its own: ``matinee.reads``,
``matinee.receipts``, ``matinee.embedded``, ``matinee.testing``.
"""

__all__: list[str] = []
