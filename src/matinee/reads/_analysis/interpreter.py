"""Functions, read statement by statement as if every branch were taken. Nothing is run."""

# ruff: noqa: N802, N815  the names that ast.NodeVisitor looks for

import ast
import builtins
import importlib
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any

from matinee.reads._analysis.expressions import Expressions, Names
from matinee.reads._analysis.iteration import elements
from matinee.reads._analysis.objects import attribute, lift, special
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.source import Function, source_of
from matinee.reads._analysis.values import (
    NOTHING,
    PLAIN,
    Arguments,
    Closure,
    Foreign,
    Items,
    Live,
    Object,
    Values,
    union,
)

__all__ = ["interpret"]

MOST_TURNS = 3


def interpret(reading: Reading, function: FunctionType, given: Arguments) -> Values:
    """Read *function* as called with *given*; return what it may return."""
    source = source_of(function.__code__)
    if source is None:
        return (Foreign(function.__qualname__),)
    node = source.node
    env = _arguments(node, given, lambda name: _default(reading, function, name))
    key = (function.__code__, *(_identity(values) for values in env.values()))
    if key in reading.running:
        return NOTHING
    if _is_deeper(reading, function):
        reading.unseen(f"{function.__qualname__} calls itself; how deep depends on the rows")
        return NOTHING
    body = Body(reading, env, _names_of(reading, function), source.file)
    with reading.inside(key, _how(reading, function), source.file):
        return body.run(node)


def _how(reading: Reading, function: FunctionType) -> str:
    """Return how the function is named in asks; those of the class that asks need no name."""
    name = function.__qualname__.rsplit("<locals>.", 1)[-1]
    return "" if name.rpartition(".")[0] == reading.ask.owner else name


def _identity(values: Values) -> frozenset[int]:
    return frozenset(id(each.draft) for each in values if isinstance(each, Object))


def _is_deeper(reading: Reading, function: FunctionType) -> bool:
    """Whether it is running already, for another object: a tree that is walked."""
    return sum(key[0] is function.__code__ for key in reading.running) > 1


def _names_of(reading: Reading, function: FunctionType) -> Names:
    """Return the names that a function sees and does not itself bind."""
    code = function.__code__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=False))

    def look_up(name: str) -> Values | None:
        if name in cells:
            try:
                return lift(reading, cells[name].cell_contents, name)
            except ValueError:  # not filled yet
                return None
        for scope in (function.__globals__, vars(builtins)):
            if name in scope:
                return lift(reading, scope[name], name)
        return None

    return look_up


def _default(reading: Reading, function: FunctionType, name: str) -> Values:
    """Return the default of a parameter."""
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    defaults = dict(zip(reversed(positional), reversed(function.__defaults__ or ()), strict=False))
    defaults.update(function.__kwdefaults__ or {})
    return lift(reading, defaults[name]) if name in defaults else (Foreign(name),)


def _arguments(
    node: Function, given: Arguments, default: Callable[[str], Values]
) -> dict[str, Values]:
    """Bind arguments to parameters."""
    spec = node.args
    positional = [each.arg for each in (*spec.posonlyargs, *spec.args)]
    env = dict(zip(positional, given.positional, strict=False))
    named = [*positional, *(each.arg for each in spec.kwonlyargs)]
    for name in named:
        if name not in env:
            env[name] = given.named.get(name) or given.rest or default(name)
    if spec.vararg:
        more = given.positional[len(positional) :]
        env[spec.vararg.arg] = (Items(list(union(*more, given.rest)), more or None),)
    if spec.kwarg:
        other = [each for name, each in given.named.items() if name not in named]
        env[spec.kwarg.arg] = (Items(list(union(*other, given.rest))),)
    return env


class Body(Expressions):
    """The body of one function while it is read."""

    def __init__(self, reading: Reading, env: dict[str, Values], names: Names, file: str) -> None:
        super().__init__(reading, env, names)
        self.file = file
        self.returned: Values = NOTHING

    def run(self, node: Function) -> Values:
        """Return what the function may return."""
        if isinstance(node, ast.Lambda):
            return self.value(node.body)
        self.block(node.body)
        return self.returned if self.yielded is None else (Items(list(self.yielded)),)

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.visit(statement)

    def visit_Return(self, node: ast.Return) -> None:
        self.returned = union(self.returned, self.value(node.value))

    def visit_Assign(self, node: ast.Assign) -> None:
        values = self.value(node.value)
        for target in node.targets:
            self.bind(target, values)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.value(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        known = self.value(node.target) if isinstance(node.target, ast.Name) else NOTHING
        self.bind(node.target, self.joined(known, self.value(node.value)))

    def visit_Assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        self.value(node.msg)

    # Ways that the code may go.

    def visit_If(self, node: ast.If) -> None:
        self.test(node.test)
        self.branches(node.body, node.orelse)

    def branches(self, *blocks: Sequence[ast.stmt]) -> None:
        """Read *blocks* as one or the other; a name may then be what any of them made it."""
        before, ends = self.env, []
        for block in blocks:
            self.env = dict(before)
            self.block(block)
            ends.append(self.env)
        names = dict.fromkeys(name for end in ends for name in end)
        self.env = {name: union(*(end.get(name, NOTHING) for end in ends)) for name in names}

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        each = elements(self.reading, self.value(node.iter))
        self.turns(node.body, lambda: self.bind(node.target, each))
        self.block(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self.turns(node.body, lambda: self.test(node.test))
        self.block(node.orelse)

    def turns(self, body: Sequence[ast.stmt], head: Callable[[], object]) -> None:
        """Read a loop until a further turn meets nothing new."""
        for _ in range(MOST_TURNS):
            before, start = self.tracked(), dict(self.env)
            head()
            self.block(body)
            for name, values in start.items():
                self.env[name] = union(values, self.env.get(name, NOTHING))
            if self.tracked() == before:
                return
        self.reading.unseen("a loop goes on from row to row; how far depends on the rows")

    def tracked(self) -> set[tuple[str, int]]:
        return {
            (name, id(each.draft))
            for name, values in self.env.items()
            for each in values
            if isinstance(each, Object)
        }

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            values = self.value(item.context_expr)
            # What a generator under @contextmanager yields is what the block gets.
            entered = [
                elements(self.reading, (each,))
                if isinstance(each, Items)
                else special(self.reading, each, "__enter__") or (each,)
                for each in values
            ]
            self.compared(values, "__exit__", PLAIN)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, union(*entered))
        self.block(node.body)

    visit_AsyncWith = visit_With

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        self.branches([*node.body, *node.orelse], [])
        for handler in node.handlers:
            self.value(handler.type)
            if handler.name:
                self.env[handler.name] = PLAIN
        self.branches([], *(handler.body for handler in node.handlers))
        self.block(node.finalbody)

    visit_TryStar = visit_Try

    def visit_Match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        for case in node.cases:
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.test(case.guard)
        self.branches([], *(case.body for case in node.cases))

    def pattern(self, pattern: ast.pattern, subject: Values) -> None:
        """Bind the names of a pattern, and read the attributes that it looks at."""
        inner: Sequence[ast.pattern] = ()
        match pattern:
            case ast.MatchAs(within, name):
                inner = [within] if within is not None else ()
                self.env.update({name: subject} if name is not None else {})
            case ast.MatchStar(str(name)):
                self.env[name] = (Items(list(subject)),)
            case ast.MatchClass(_, inner, names, keyed):
                for name, within in zip(names, keyed, strict=True):
                    found = [attribute(self.reading, each, name) for each in subject]
                    self.pattern(within, union(*found))
            case ast.MatchOr(inner):
                pass
            case ast.MatchSequence(inner) | ast.MatchMapping(_, inner):
                subject = elements(self.reading, subject)
            case ast.MatchValue():
                self.compared(subject, "__eq__", PLAIN)
        for each in inner:
            self.pattern(each, subject)

    # Names that are made on the way.

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Import what the body imports, so that it can be looked at."""
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.env[name] = lift(self.reading, *_import(node, alias, self.names))

    visit_ImportFrom = visit_Import

    def visit_Nonlocal(self, node: ast.Nonlocal | ast.Global) -> None:
        self.reading.unseen(f"{', '.join(node.names)} is shared between functions")

    visit_Global = visit_Nonlocal

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.env[node.name] = (Foreign(node.name),)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.env[node.name] = (self.closure(node),)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Values:
        return (self.closure(node),)

    def closure(self, node: Function) -> Closure:
        """Return a function that the body defines; its names are those of the body, later on."""
        defaults = _written_defaults(node)

        def default(name: str) -> Values:
            return self.value(defaults[name]) if name in defaults else (Foreign(name),)

        def run(given: Arguments) -> Values:
            if sum(key[0] is node for key in self.reading.running) > 1:
                return NOTHING
            body = Body(self.reading, _arguments(node, given, default), self.look_up, self.file)
            with self.reading.inside((node,), self.reading.how, self.file):
                return body.run(node)

        return Closure(node, run)


def _written_defaults(node: Function) -> dict[str, ast.expr]:
    spec = node.args
    positional = [each.arg for each in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(reversed(positional), reversed(spec.defaults), strict=False))
    for each, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if value is not None:
            found[each.arg] = value
    return found


def _import(node: ast.Import | ast.ImportFrom, alias: ast.alias, names: Names) -> tuple[Any, str]:
    if isinstance(node, ast.Import):
        module = importlib.import_module(alias.name)
        top = importlib.import_module(alias.name.split(".")[0])
        return (module if alias.asname else top), alias.name
    found = names("__package__") or NOTHING
    package = next((each.thing for each in found if isinstance(each, Live)), None)
    module = importlib.import_module("." * node.level + (node.module or ""), package)
    text = f"{module.__name__}.{alias.name}"
    if not hasattr(module, alias.name):
        return importlib.import_module(text), text
    return getattr(module, alias.name), text
