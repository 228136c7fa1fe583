"""Models with ranges, one module a concept."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate


class SpansConfig(AppConfig):
    name = "tests.spans"
    label = "spans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        pre_migrate.connect(_prepare, sender=self)


def _prepare(using, **_signal):
    """What tables without migrations need to be there before them."""
    with connections[using].cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
