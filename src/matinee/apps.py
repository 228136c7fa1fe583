"""The Django app: checks, commands and templates."""

from django.apps import AppConfig

__all__ = ["MatineeConfig"]


class MatineeConfig(AppConfig):
    name = "matinee"
    verbose_name = "Matinee"

    def ready(self) -> None:
        # Imported for what they register: the system checks, the counting of queries.
        from matinee import checks, receipts  # noqa: F401
