"""The project's own serializers, as far as they are imported."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rest_framework.serializers import ModelSerializer

from matinee._project import is_own

__all__ = ["model_serializers"]


def model_serializers() -> Iterator[type[Any]]:
    """Yield the project's own subclasses of ``ModelSerializer`` that name a model, as defined."""
    for cls in dict.fromkeys(_subclasses(ModelSerializer)):
        file = getattr(sys.modules.get(cls.__module__), "__file__", None)
        own = file is not None and is_own(Path(file).resolve())
        if own and getattr(getattr(cls, "Meta", None), "model", None) is not None:
            yield cls


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        yield each
        yield from _subclasses(each)
