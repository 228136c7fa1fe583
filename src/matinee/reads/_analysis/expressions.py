"""Expressions: what each may be, and what the database is asked on the way."""

# ruff: noqa: N815  the names that ast.NodeVisitor looks for

import ast
from collections.abc import Callable
from typing import Any

from matinee.reads import _facts as facts
from matinee.reads._analysis.builtin import assign
from matinee.reads._analysis.iteration import elements, test, text, unpacked
from matinee.reads._analysis.managers import sliced
from matinee.reads._analysis.objects import attribute, special
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.values import (
    NOTHING,
    PLAIN,
    Annotation,
    Apart,
    Arguments,
    Foreign,
    Items,
    Live,
    Made,
    Object,
    Plain,
    Rows,
    Super,
    Values,
    union,
)
from matinee.reads.shape import Hop, Link

__all__ = ["Expressions", "Names"]

type Names = Callable[[str], Values | None]

_CONVERSIONS = {ord("r"): "__repr__", ord("s"): "__str__", ord("a"): "__repr__"}


class Expressions(ast.NodeVisitor):
    """Reads expressions; one that is not known here is looked through for those inside it."""

    def __init__(self, reading: Reading, env: dict[str, Values], names: Names) -> None:
        self.reading = reading
        self.env = env
        self.names = names
        self.first = next(iter(env.values()), NOTHING)
        self.yielded: Values | None = None

    def value(self, node: ast.expr | None) -> Values:
        """Return what an expression may be."""
        if node is None:
            return NOTHING
        self.reading.step(node.lineno)
        found: Values = self.visit(node)
        return found

    def test(self, node: ast.expr) -> Values:
        """Return what an expression may be, of which the code asks whether it is true."""
        return test(self.reading, self.value(node))

    def generic_visit(self, node: ast.AST) -> Values:
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                self.value(each)
        return PLAIN

    def look_up(self, name: str) -> Values | None:
        return self.env[name] if name in self.env else self.names(name)

    def bind(self, target: ast.expr, values: Values) -> None:
        """Assign *values* to *target*."""
        match target:
            case ast.Name(name):
                self.env[name] = values
            case ast.Tuple(targets) | ast.List(targets):
                parts = [unpacked(self.reading, each, len(targets)) for each in values]
                for position, each in enumerate(targets):
                    self.bind(each, union(*(part[position] for part in parts)))
            case ast.Starred(inner):
                self.bind(inner, (Items(list(values)),))
            case ast.Attribute(inner, name):
                for owner in self.value(inner):
                    assign(self.reading, owner, name, values)
            case ast.Subscript(inner, key):
                self.value(key)
                for owner in self.value(inner):
                    if isinstance(owner, Items):
                        owner.values[:] = union(owner.values, values)
                    else:
                        self.reading.escape("a container elsewhere", values)

    # Names and attributes.

    def visit_Name(self, node: ast.Name) -> Values:
        found = self.look_up(node.id)
        return (Foreign(node.id),) if found is None else found

    def visit_Constant(self, node: ast.Constant) -> Values:
        return (Live(node.value),)

    def visit_Attribute(self, node: ast.Attribute) -> Values:
        owners = self.value(node.value)
        self.reading.line = node.end_lineno or node.lineno
        if isinstance(node.value, ast.Attribute) and isinstance(node.value.value, ast.Name):
            self.look_for_key(node, node.value, self.visit_Name(node.value.value))
        return union(*(attribute(self.reading, owner, node.attr) for owner in owners))

    def look_for_key(self, node: ast.Attribute, relation: ast.Attribute, owners: Values) -> None:
        """Hint at ``film.genre.id``, which reads the genre for what ``film.genre_id`` says."""
        for owner in owners:
            if not isinstance(owner, Object):
                continue
            model: Any = owner.draft.model
            hop = facts.attribute(model, relation.attr)
            if not isinstance(hop, Hop) or hop.link is not Link.FORWARD:
                continue
            if node.attr not in {"pk", *hop.far}:
                continue
            column = model._meta.get_field(hop.lookup).attname
            text = f"{ast.unparse(node)} reads the {relation.attr} for its key alone"
            self.reading.hint(text, f"write {ast.unparse(relation.value)}.{column}")

    def visit_Subscript(self, node: ast.Subscript) -> Values:
        owners = self.value(node.value)
        self.value(node.slice)
        return union(*(self.item(owner, node.slice) for owner in owners))

    def item(self, owner: object, key: ast.expr) -> Values:  # noqa: PLR0911  one for each kind
        """Return ``owner[key]``."""
        one = not isinstance(key, ast.Slice)
        match owner:
            case Rows() | Apart():
                return sliced(self.reading, owner, ast.unparse(key), one=one)
            case Items(order=tuple(order)) if _is_position(key, order):
                return order[ast.literal_eval(key)]
            case Items() | Live():
                inside = elements(self.reading, (owner,))
                return inside if one else (Items(list(inside)),)
            case Annotation(name):
                return (Annotation(name, deep=one),)
            case Object() | Made():
                return special(self.reading, owner, "__getitem__", PLAIN) or PLAIN
            case Foreign(what, strict):
                return (Foreign(f"{what}[…]" if one else what, strict),)
            case Plain():
                return PLAIN
        return NOTHING

    # Logic, and what operators do.

    def visit_BoolOp(self, node: ast.BoolOp) -> Values:
        return union(*(self.test(each) for each in node.values))

    def visit_IfExp(self, node: ast.IfExp) -> Values:
        self.test(node.test)
        return union(self.value(node.body), self.value(node.orelse))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Values:
        if isinstance(node.op, ast.Not):
            self.test(node.operand)
            return PLAIN
        # A negative number stays the constant that it is written as.
        return self.value(node.operand) and PLAIN

    def visit_BinOp(self, node: ast.BinOp) -> Values:
        left, right = self.value(node.left), self.value(node.right)
        is_text = any(isinstance(each, Live) and isinstance(each.thing, str) for each in left)
        if isinstance(node.op, ast.Mod) and is_text:
            return text(self.reading, right)
        return self.joined(left, right)

    def joined(self, left: Values, right: Values) -> Values:
        """Join two values by an operator."""
        both = union(left, right)
        if any(isinstance(each, Items) for each in left):
            # A list takes in whatever can be looped over.
            return (Items(list(elements(self.reading, both))),)
        queries = [each for each in both if isinstance(each, Rows | Apart)]
        if queries:
            self.reading.unseen("two querysets are joined by an operator", queries)
        for each in left:
            special(self.reading, each, "__add__", right)
        return tuple(each for each in right if isinstance(each, Items)) or PLAIN

    def visit_Compare(self, node: ast.Compare) -> Values:
        sides = [self.value(each) for each in (node.left, *node.comparators)]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            match operator:
                case ast.Is() | ast.IsNot():
                    continue
                case ast.In() | ast.NotIn():
                    self.compared(union(left, elements(self.reading, right)), "__eq__", PLAIN)
                case ast.Eq() | ast.NotEq():
                    self.compared(left, "__eq__", right)
                case _:
                    self.compared(union(left, right), "__lt__", right)
        return PLAIN

    def compared(self, values: Values, how: str, other: Values) -> None:
        for each in values:
            special(self.reading, each, how, other)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Values:
        how = _CONVERSIONS.get(node.conversion, "__format__")
        self.value(node.format_spec)
        return text(self.reading, self.value(node.value), how)

    # Containers.

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Values:
        values = [self.value(each) for each in node.elts]
        starred = [isinstance(each, ast.Starred) for each in node.elts]
        inside = union(
            *(
                elements(self.reading, each) if spread else each
                for spread, each in zip(starred, values, strict=True)
            )
        )
        return (Items(list(inside), None if any(starred) else tuple(values)),)

    visit_Tuple = visit_List

    def visit_Set(self, node: ast.Set) -> Values:
        found = self.visit_List(node)
        self.compared(elements(self.reading, found), "__hash__", NOTHING)
        return found

    def visit_Dict(self, node: ast.Dict) -> Values:
        inside: list[Values] = []
        for key, each in zip(node.keys, node.values, strict=True):
            found = self.value(each)
            spread = elements(self.reading, found) if key is None else found
            inside += [self.value(key), spread]
        return (Items(list(union(*inside))),)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Values:
        return self.comprehension(node.generators, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> Values:
        return self.comprehension(node.generators, node.key, node.value)

    def comprehension(self, loops: list[ast.comprehension], *parts: ast.expr) -> Values:
        before = dict(self.env)
        for each in loops:
            self.bind(each.target, elements(self.reading, self.value(each.iter)))
            for condition in each.ifs:
                self.test(condition)
        values = union(*(self.value(each) for each in parts))
        self.env |= before
        return (Items(list(values)),)

    # Values that pass through.

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Values:
        values = self.value(node.value)
        self.bind(node.target, values)
        return values

    def visit_Await(self, node: ast.Await | ast.Starred) -> Values:
        return self.value(node.value)

    visit_Starred = visit_Await

    def visit_Yield(self, node: ast.Yield) -> Values:
        self.yielded = union(self.yielded or NOTHING, self.value(node.value))
        return PLAIN

    def visit_YieldFrom(self, node: ast.YieldFrom) -> Values:
        found = elements(self.reading, self.value(node.value))
        self.yielded = union(self.yielded or NOTHING, found)
        return PLAIN

    # Calls.

    def visit_Call(self, node: ast.Call) -> Values:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return self.parent(node)
        functions = self.value(node.func)
        given = self.given(node)
        self.look_for_eager_default(node, functions)
        self.reading.line = node.lineno
        return union(*(self.reading.call(self.reading, each, given) for each in functions))

    def given(self, node: ast.Call) -> Arguments:
        """Return the arguments of a call."""
        positional: list[Values] = []
        rest: Values = NOTHING
        for each in node.args:
            values = self.value(each)
            order = values[0].order if len(values) == 1 and isinstance(values[0], Items) else None
            if not isinstance(each, ast.Starred):
                positional.append(values)
            elif order is not None:
                positional += order
            else:
                rest = union(rest, elements(self.reading, values))
        named = {each.arg: self.value(each.value) for each in node.keywords if each.arg}
        spread = [self.value(each.value) for each in node.keywords if each.arg is None]
        rest = union(rest, elements(self.reading, union(*spread)))
        return Arguments(tuple(positional), named, rest, node)

    def look_for_eager_default(self, node: ast.Call, functions: Values) -> None:
        """Hint at ``getattr(film, "n", film.reviews.count())``, which always counts."""
        is_getattr = any(isinstance(each, Live) and each.thing is getattr for each in functions)
        default = ast.walk(node.args[2]) if is_getattr and len(node.args) > 2 else ()
        if any(isinstance(each, ast.Call) for each in default):
            text = f"{ast.unparse(node)} works its default out each time"
            self.reading.hint(text, "ask for the default only where hasattr() is false")

    def parent(self, node: ast.Call) -> Values:
        """Return ``super()``."""
        if node.args:
            classes, owners = self.value(node.args[0]), self.value(node.args[1])
        else:
            classes, owners = self.look_up("__class__") or NOTHING, self.first
        return tuple(
            Super(cls.thing, owner)
            for cls in classes
            if isinstance(cls, Live) and isinstance(cls.thing, type)
            for owner in owners
        )


def _is_position(key: ast.expr, order: tuple[Values, ...]) -> bool:
    try:
        position = ast.literal_eval(key)
    except (ValueError, TypeError, SyntaxError):
        return False
    return isinstance(position, int) and -len(order) <= position < len(order)
