"""System checks of the house. The packages register their own."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from matinee import conf

__all__ = ["check_settings"]


@register("matinee")
def check_settings(**_options: Any) -> list[CheckMessage]:
    """Report what is wrong in MATINEE: ids matinee.E001 to E004. No query."""
    return [Error(each.message, hint=each.hint, id=each.id) for each in conf.problems()]
