"""Which files are the project's own, and where in them a name is defined."""

import ast
import inspect
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import module_has_submodule

__all__ = [
    "attribute_line",
    "is_own",
    "is_test",
    "shown",
    "source_files",
    "tree",
    "uses_rest_framework",
]

_PASSED_OVER = {"migrations", "node_modules", "__pycache__"}


def uses_rest_framework() -> bool:
    """Whether the project's URLs or serializers import Django REST framework; imports them."""
    if find_spec("rest_framework") is None:
        return False
    if getattr(settings, "ROOT_URLCONF", None):
        _ = get_resolver().url_patterns
    for config in apps.get_app_configs():
        module = config.module
        if module and is_own(Path(config.path)) and module_has_submodule(module, "serializers"):
            import_module(f"{config.name}.serializers")
    return "rest_framework" in sys.modules


def source_files() -> Iterator[Path]:
    """Yield the Python files of the project's own apps and of the package of its URLs, sorted."""
    folders = {folder for folder in _folders() if is_own(folder)}
    outer = [
        each for each in folders if not any(each.is_relative_to(up) for up in folders - {each})
    ]
    for folder in sorted(outer):
        for place, below, names in os.walk(folder):
            below[:] = sorted(set(below) - _PASSED_OVER - {n for n in below if n.startswith(".")})
            below[:] = [each for each in below if not (Path(place, each) / "pyvenv.cfg").exists()]
            yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def is_own(path: Path) -> bool:
    """Whether *path* is the project's, not Python's nor of something that was installed."""
    return not any(path.is_relative_to(folder) for folder in _installed())


def is_test(module: str) -> bool:
    """Whether *module* is one of tests, by its dotted name."""
    parts = module.split(".")
    return any(each in {"conftest", "test", "tests"} or each[:5] == "test_" for each in parts)


@cache
def tree(path: Path) -> ast.Module | None:
    """Return the file as a syntax tree; None where it is none of this Python's."""
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return None


def shown(path: Path) -> str:
    """Return *path* as people write it, seen from where they are."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def attribute_line(cls: type, name: str) -> tuple[str, int]:
    """Return the file and line where the body of *cls* assigns *name*, or where the class begins.

    ("", 0) where the class has no source.
    """
    try:
        file, (lines, first) = Path(inspect.getfile(cls)), inspect.getsourcelines(cls)
        (body,) = ast.parse(inspect.cleandoc("\n" + "".join(lines))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return "", 0
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(each, ast.Name) and each.id == name for each in targets):
            return shown(file), first + node.lineno - 1
    return shown(file), first


def _folders() -> Iterator[Path]:
    for config in apps.get_app_configs():
        yield Path(config.path).resolve()
    urls = getattr(settings, "ROOT_URLCONF", "")
    for module in (urls, os.environ.get("DJANGO_SETTINGS_MODULE", "")):
        package = str(module).partition(".")[0]
        spec = find_spec(package) if "." in str(module) else None
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(folder).resolve()


@cache
def _installed() -> tuple[Path, ...]:
    named = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    found = [each for each in sys.path if Path(each).name in ("site-packages", "dist-packages")]
    return tuple({Path(each).resolve() for each in [*named, *found]})
