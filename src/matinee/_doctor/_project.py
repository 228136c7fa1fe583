"""The project's settings: MATINEE, INSTALLED_APPS and MIDDLEWARE."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import run_checks
from django.core.management import get_commands

from matinee import conf
from matinee._doctor._finding import Finding, Level, guarded

__all__ = ["findings"]

COMMANDS = ("matinee", "reads")
MIDDLEWARE = "matinee.receipts.ReceiptMiddleware"


def findings() -> Iterator[Finding]:
    yield from guarded("settings", _settings)
    yield from guarded("INSTALLED_APPS", _installed_apps)
    yield from guarded("MIDDLEWARE", _middleware)


def _settings() -> Iterator[Finding]:
    messages = run_checks(tags=["matinee"])
    for message in messages:
        level = Level.FAILED if message.is_serious() else Level.WARNING
        yield Finding("settings", level, f"{message.msg} ({message.id})", message.hint or "")
    if not messages:
        stated = ", ".join(sorted(conf.project_settings())) or "all defaults"
        yield Finding("settings", Level.OK, f"MATINEE is valid: {stated}")


def _installed_apps() -> Iterator[Finding]:
    owners = get_commands()
    taken = {name: owners[name] for name in COMMANDS if owners.get(name) != "matinee"}
    for name, owner in taken.items():
        yield Finding(
            "INSTALLED_APPS",
            Level.FAILED,
            f"{owner} takes the place of Matinee's command {name!r}",
            f'List "matinee" before "{owner}".',
        )
    if not taken:
        yield Finding("INSTALLED_APPS", Level.OK, "matinee's commands are its own")


def _middleware() -> Iterator[Finding]:
    if MIDDLEWARE in settings.MIDDLEWARE:
        yield Finding("MIDDLEWARE", Level.OK, "requests get a receipt")
    else:
        found = f'requests get no receipt (add "{MIDDLEWARE}" for one)'
        yield Finding("MIDDLEWARE", Level.ABSENT, found)
