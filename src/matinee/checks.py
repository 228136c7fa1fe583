"""System checks of the house. The packages register their own."""

from collections.abc import Callable
from typing import Any

import django
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from matinee import conf
from matinee._baseline import beyond
from matinee._findings import Finding
from matinee._project import uses_rest_framework

__all__ = ["check_healing", "check_reads", "check_settings"]

_LEVELS: dict[str, Callable[..., CheckMessage]] = {
    "I": checks.Info,
    "W": checks.Warning,
    "E": Error,
}


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


@register("matinee", "reads")
def check_reads(**_options: Any) -> list[CheckMessage]:
    """Report what the plans of the project's serializers and views note: matinee.W111 to I118.

    What is in the baseline is passed over. No query, and no database is needed.
    """
    if any(conf.problems()) or not uses_rest_framework():
        return []
    from matinee.reads.drf import _checks

    return [_message(each) for each in beyond(sorted(_checks.findings()))]


def _message(finding: Finding) -> CheckMessage:
    level = _LEVELS[finding.id.removeprefix("matinee.")[0]]
    place = f"{finding.file}:{finding.line}" if finding.file else None
    return level(finding.message, hint=finding.hint, obj=place, id=finding.id)
