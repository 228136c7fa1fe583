"""Versions: of Python, Django, psycopg, and of what the extras bring."""

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

import django
from psycopg import pq

from matinee._doctor._finding import Finding, Level, guarded

__all__ = ["findings"]

TESTED_DJANGO = [(5, 2), (6, 0), (6, 1)]
REQUIREMENT = re.compile(
    r"(?P<package>[\w.-]+)(\[[^]]*\])?(?:[>~]=(?P<minimum>[\d.]+))?.*"
    r";\s*extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]"
)


def findings() -> Iterator[Finding]:
    yield _python()
    yield _django()
    yield from guarded("psycopg", _psycopg)
    yield from guarded("extras", _extras)


def _python() -> Finding:
    # Older ones are refused when Matinee is installed.
    return Finding("Python", Level.OK, platform.python_version())


def _django() -> Finding:
    if django.VERSION[:2] in TESTED_DJANGO:
        return Finding("Django", Level.OK, django.get_version())
    tested = ", ".join(f"{major}.{minor}" for major, minor in TESTED_DJANGO)
    too_old = django.VERSION[:2] < TESTED_DJANGO[0]
    return Finding(
        "Django",
        Level.FAILED if too_old else Level.WARNING,
        django.get_version(),
        f"Matinee is tested with Django {tested}.",
    )


def _psycopg() -> Iterator[Finding]:
    found = f"{version('psycopg')}, implementation {pq.__impl__}, libpq {_libpq()}"
    if pq.__impl__ == "python":
        remedy = 'Several times faster in C: pip install "psycopg[binary]" or "psycopg[c]".'
        yield Finding("psycopg", Level.WARNING, found, remedy)
    else:
        yield Finding("psycopg", Level.OK, found)


def _libpq() -> str:
    major, minor = divmod(pq.version(), 10_000)
    return f"{major}.{minor}"


def _extras() -> Iterator[Finding]:
    """Yield what each package that an extra names is: there, too old, or not there."""
    for line in requires("django-matinee") or []:
        match = REQUIREMENT.match(line)
        if match and match["package"] not in {"django-matinee", "psycopg"}:
            yield _extra(match["package"], match["extra"], match["minimum"] or "0")


def _extra(package: str, extra: str, minimum: str) -> Finding:
    item, install = f"[{extra}]", f'pip install "django-matinee[{extra}]"'
    try:
        found = version(package)
    except PackageNotFoundError:
        return Finding(item, Level.ABSENT, f"{package} not installed ({install})")
    if _numbers(found) < _numbers(minimum):
        remedy = f"Matinee needs {minimum} or newer: {install}"
        return Finding(item, Level.FAILED, f"{package} {found}", remedy)
    return Finding(item, Level.OK, f"{package} {found}")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:3]]
