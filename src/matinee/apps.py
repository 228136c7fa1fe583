"""The Django app: checks, commands and templates."""

import sys
from importlib import import_module

from django.apps import AppConfig, apps

__all__ = ["MatineeConfig"]

# What registers itself, where these are installed.
RANGES_IN = {
    ("rest_framework",): "_json_sql",
    ("django_filters",): "filters",
    ("rest_framework", "drf_spectacular"): "_openapi",
    ("rest_framework", "drf_spectacular", "django_filters"): "_openapi_filters",
}


class MatineeConfig(AppConfig):
    name = "matinee"
    verbose_name = "Matinee"

    def ready(self) -> None:
        # Imported for what they register: the system checks, the counting of queries.
        from matinee import checks, receipts  # noqa: F401

        # Models are imported by now: where none has ranges, nothing needs to know them.
        if "matinee.ranges.fields" in sys.modules:
            _bring_ranges()


def _bring_ranges() -> None:
    """Make ranges known to what else is installed."""
    for names, module in RANGES_IN.items():
        if all(map(apps.is_installed, names)):
            import_module(f"matinee.ranges.{module}")
    if apps.is_installed("django.contrib.admin"):
        from matinee.ranges import admin

        admin.install()
