"""Matinee: the careful parts of Django on PostgreSQL, from one declaration each."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("django-matinee")
