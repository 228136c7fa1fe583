"""The source of a function that is in memory: its tree, and where people find it."""

import ast
import linecache
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
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


def source_of(code: CodeType) -> Source | None:
    """Return the source of the function that *code* was compiled from.

    Returns:
        None where it cannot be found, or is not certain: code that was typed or generated, two
        lambdas on a line, a file that has changed since it was imported.
    """
    node = _node(code, code.co_filename)
    return None if node is None else Source(node, place(code.co_filename))


# Code of two files may be equal.
@lru_cache(maxsize=8192)
def _node(code: CodeType, filename: str) -> Function | None:
    file = _file(filename)
    found = file.functions.get((code.co_firstlineno, code.co_name), ())
    return found[0] if len(found) == 1 and code in file.codes else None


@dataclass(frozen=True, slots=True)
class _File:
    """What is written in a file now: functions by line and name, and what they compile to."""

    functions: Mapping[tuple[int, str], Sequence[Function]] = field(default_factory=dict)
    codes: frozenset[CodeType] = frozenset()


@cache
def _file(filename: str) -> _File:
    text = "".join(linecache.getlines(filename))
    try:
        compiled = compile(text, filename, "exec", dont_inherit=True)
        return _File(_functions(ast.parse(text)), frozenset(_codes(compiled)))
    except (SyntaxError, ValueError, RecursionError):
        return _File()


def _functions(tree: ast.Module) -> Mapping[tuple[int, str], Sequence[Function]]:
    found: defaultdict[tuple[int, str], list[Function]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            found[node.lineno, "<lambda>"].append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A code object begins at its first decorator.
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[first, node.name].append(node)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def place(filename: str) -> str:
    """Return *filename* as people write it; what is installed, from where its imports start."""
    return _place(filename, Path.cwd())


@cache
def _place(filename: str, _seen_from: Path) -> str:
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
