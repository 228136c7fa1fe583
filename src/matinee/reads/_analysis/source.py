"""The source of a function that is in memory: its tree, and where people find it."""

import ast
import linecache
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from matinee._project import is_own, shown

__all__ = ["Source", "is_project", "place", "source_of"]

type Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHIPPED = ("django", "rest_framework", "matinee")


@dataclass(frozen=True, slots=True)
class Source:
    """A function as it is written."""

    node: Function
    file: str


@cache
def source_of(code: CodeType) -> Source | None:
    """Return the source of the function that *code* was compiled from.

    Returns:
        None where it cannot be found, or is not certain: code that was typed or generated, two
        lambdas on a line, a file that has changed since it was imported.
    """
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    found = [
        node
        for node in _functions(code.co_filename).get((code.co_firstlineno, code.co_name), ())
        if _parameters(node) == names
    ]
    return Source(found[0], place(code.co_filename)) if len(found) == 1 else None


@cache
def _functions(filename: str) -> Mapping[tuple[int, str], list[Function]]:
    found: defaultdict[tuple[int, str], list[Function]] = defaultdict(list)
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            found[node.lineno, "<lambda>"].append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A code object begins at its first decorator.
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[first, node.name].append(node)
    return found


def _parameters(node: Function) -> tuple[str, ...]:
    given = node.args
    return tuple(each.arg for each in [*given.posonlyargs, *given.args, *given.kwonlyargs])


@cache
def place(filename: str) -> str:
    """Return *filename* as people write it; what is installed, from where its imports start."""
    path = Path(filename)
    roots = [root for root in sys.path if root and path.is_relative_to(root)]
    if is_own(path) or not roots:
        return shown(path)
    return str(path.relative_to(max(roots, key=len)))


def is_project(function: Any) -> bool:
    """Whether *function* (or class) is of the project, not of Python or of what is installed."""
    module = getattr(function, "__module__", None) or ""
    code = getattr(function, "__code__", None)
    file = code.co_filename if code else getattr(sys.modules.get(module), "__file__", None)
    return module.split(".")[0] not in _SHIPPED and bool(file) and _is_own(str(file))


@cache
def _is_own(filename: str) -> bool:
    return not filename.startswith("<frozen") and is_own(Path(filename).resolve())
