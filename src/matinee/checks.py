"""System checks of the house. The packages register their own."""

from typing import Any

import django
from django.core.checks import CheckMessage, Error, register

from matinee import conf

__all__ = ["check_healing", "check_settings"]


@register("matinee")
def check_settings(**_options: Any) -> list[CheckMessage]:
    """Report what is wrong in MATINEE: ids matinee.E001 to E005. No query."""
    return [Error(each.message, hint=each.hint, id=each.id) for each in conf.problems()]


@register("matinee")
def check_healing(**_options: Any) -> list[CheckMessage]:
    """Report a Django that cannot do what ``reads.on_miss`` asks for: matinee.E101. No query."""
    on_miss = conf.Reads.settings()["on_miss"]
    if any(conf.problems()) or conf.reads.on_miss != "heal" or django.VERSION >= (6, 1):
        return []
    message = f'{on_miss.path} is "heal", which needs Django 6.1, got {django.__version__}.'
    return [Error(message, hint='Say "warn" or "raise".', id="matinee.E101")]
