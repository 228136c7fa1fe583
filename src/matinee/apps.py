"""The Django app: checks, commands and templates."""

import sys

from django.apps import AppConfig, apps

__all__ = ["MatineeConfig"]


class MatineeConfig(AppConfig):
    name = "matinee"
    verbose_name = "Matinee"

    def ready(self) -> None:
        # Imported for what they register: the system checks, the counting of queries.
        from matinee import checks, receipts  # noqa: F401

        # Models are imported by now: where none has ranges, the admin needs not know them.
        if "matinee.ranges.fields" in sys.modules and apps.is_installed("django.contrib.admin"):
            from matinee.ranges import admin

            admin.install()
