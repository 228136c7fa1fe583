"""Start and stop columns that want to be one range."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from matinee._findings import Finding
from matinee._project import attribute_line, is_own

__all__ = ["findings"]

_PAIRS = [
    ("starts", "ends"),
    ("starts", "stops"),
    ("start", "end"),
    ("start", "stop"),
    ("start", "finish"),
    ("started", "ended"),
    ("started", "finished"),
    ("started", "stopped"),
    ("begins", "ends"),
    ("begin", "end"),
    ("from", "to"),
    ("from", "until"),
    ("since", "until"),
    ("valid_from", "valid_to"),
    ("min", "max"),
    ("lower", "upper"),
    ("opens", "closes"),
    ("arrival", "departure"),
    ("check_in", "check_out"),
    ("checkin", "checkout"),
]
# The first that fits, so subclasses before the classes they come from.
_RANGES: "list[tuple[type[models.Field[Any, Any]], str]]" = [
    (models.DateTimeField, "DateTimeRangeField"),
    (models.DateField, "DateRangeField"),
    (models.BigIntegerField, "BigIntegerRangeField"),
    (models.IntegerField, "IntegerRangeField"),
    (models.DecimalField, "DecimalRangeField"),
]


def findings() -> Iterator[Finding]:
    for model in apps.get_models():
        module = sys.modules.get(model.__module__)
        if module is not None and is_own(Path(module.__file__ or "/").resolve()):
            yield from _of(model)


def _of(model: type[models.Model]) -> Iterator[Finding]:
    own = {field.name: field for field in model._meta.local_concrete_fields}
    for name, field in own.items():
        kind = _range(field)
        for partner in _partners(name) if kind else ():
            if partner in own and _range(own[partner]) == kind:
                file, line = attribute_line(model, name)
                yield Finding(
                    file,
                    line,
                    "matinee.W201",
                    f"{model.__name__}.{name} and .{partner} are the two ends of one range.",
                    f"{kind}() holds both: no end before its start, one index for what overlaps, "
                    "and a constraint against double bookings.",
                )
                break


def _partners(name: str) -> Iterator[str]:
    """Yield the names that would be the other end: starts_at -> ends_at, stops_at."""
    for start, stop in _PAIRS:
        if re.search(rf"(?:^|_){start}(?:_|$)", name):
            yield re.sub(rf"(^|_){start}(?=_|$)", rf"\g<1>{stop}", name, count=1)


def _range(field: object) -> str:
    return next((kind for cls, kind in _RANGES if isinstance(field, cls)), "")
