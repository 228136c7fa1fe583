"""Models with ranges of the project's own types, and the migrations that make those."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "tests.networks"
    label = "networks"
    default_auto_field = "django.db.models.BigAutoField"
