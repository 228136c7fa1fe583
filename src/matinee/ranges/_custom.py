"""``range_type``: one declaration of a range type of the project's own."""

import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from psycopg import adapters

from matinee.exceptions import RangesError
from matinee.ranges._custom_fields import CustomMultiRangeField, CustomRangeField
from matinee.ranges._custom_type import CustomRangeType, custom_types
from matinee.ranges._elements import TEXT, Elements, refusing
from matinee.ranges._expressions import infer
from matinee.ranges._kinds import add_kind
from matinee.ranges._live import tell_all
from matinee.ranges._lookups import ElementContainedBy
from matinee.ranges._subtypes import element_field, elements_of
from matinee.ranges._types import FINITE, Key, multirange_of

__all__ = ["range_type"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# The longest that PostgreSQL keeps of a name, and of ours with what is put behind it.
_LONGEST = 63 - len("_multirange")
# Those that order text by code points, as Python does.
_BY_CODE_POINTS = {"C", "POSIX", "ucs_basic", "pg_c_utf8"}


def range_type(  # noqa: PLR0913  each by its name
    name: str,
    *,
    subtype: Any,
    coerce: Callable[[Any], Any] | None = None,
    key: Callable[[Any], Any] | None = None,
    step: Any = None,
    collation: str = "C",
    multirange: str = "",
    schema: str = "",
) -> CustomRangeType:
    """Declare a range type of the project's own, once, in a module that can be imported.

    ``INETRANGE = range_type("inetrange", subtype=models.GenericIPAddressField)`` is what ranges
    are bound to, and ``InetRangeField = INETRANGE.field`` the field of models. Migrations import
    that name from there. The type itself is made by ``CreateRangeType``, in a migration.

    Of addresses, times of day, numbers, dates, UUIDs and text the order is known, and it is
    PostgreSQL's. Said again with the same meaning it returns the same type.

    Args:
        name: The type's name in PostgreSQL: small letters, digits and underscores.
        subtype: The model field of its elements, a class or one that is made.
        coerce: Returns what stands for an element; raises ValueError or TypeError if nothing does.
        key: Returns what elements are compared by, which has PostgreSQL's order.
        step: How far it is from one discrete element to the next, where the type has a canonical
            form: a number, or a ``timedelta``.
        collation: How text is ordered, as the type in the database says. With one that does not go
            by code points, as "C" does, *key* is needed.
        multirange: The name of the multiranges' type; PostgreSQL's choice by default.
        schema: Where the type is; by default the ``search_path`` finds it.

    Raises:
        RangesError: The name is none, is a built-in type's, or means another type already; or
            nobody knows the order of the elements.
    """
    _check_names(name, multirange, schema)
    made_from = element_field(subtype)
    elements = _elements(name, made_from, (coerce, key), collation)
    meaning = (
        *(_same(type(made_from)), repr(made_from.deconstruct()[2:]), repr(step), collation),
        *(multirange or multirange_of(name), schema, _same(coerce), _same(key)),
    )
    # As namedtuple does: where the declaration stands is where its fields are imported from.
    module = sys._getframe(1).f_globals.get("__name__", "__main__")  # noqa: SLF001
    found = _declared_before(name, meaning)
    if found is None:
        found = CustomRangeType(
            name,
            refusing(elements.coerce, name),
            elements.zero if step is None else step - step,
            step,
            None if step is None else _following(elements, step),
            elements.key,
            schema=schema,
            multirange_name=multirange or multirange_of(name),
            read=elements.read,
            meaning=meaning,
        )
        _give_fields(found, made_from, module)
        _teach(found, subtype if isinstance(subtype, type) else type(subtype))
    if module not in found.modules:
        found.modules.append(module)
    return found


def _check_names(name: str, multirange: str, schema: str) -> None:
    for each in (name, *filter(None, (multirange, schema))):
        if not _NAME.fullmatch(each) or len(each) > _LONGEST:
            raise _refused(
                f"A name must be of up to {_LONGEST} small letters, digits and underscores, "
                f"got {each!r}."
            )
    if adapters.types.get(name) or adapters.types.get(multirange or multirange_of(name)):
        raise _refused(f"A type of the project's own must have its own name, got {name!r}.")


def _elements(name: str, made_from: Any, own: tuple[Any, Any], collation: str) -> Elements:
    """Return what is known of the elements, or said."""
    known, (coerce, key) = elements_of(made_from), own
    if key is None and known is TEXT and collation not in _BY_CODE_POINTS:
        raise _refused(
            f"Text must be ordered by code points, or have a key, got the collation {collation!r}.",
            f'Say key=…, or make {name} with collation="C".',
        )
    if known is None:
        if coerce is None:
            raise _refused(
                f"The elements of {name} must be known, got {type(made_from).__name__}.",
                "Say coerce=…, what makes an element of a value, and key=…, what orders them.",
            )
        known = Elements(coerce)
    if coerce is not None:
        known = known._replace(coerce=coerce, read=None)
    # A key of one's own orders; how far it is from one to another it does not say.
    return known if key is None else known._replace(key=partial(_placed, key), zero=None)


def _placed(key: Callable[[Any], Any], element: Any) -> Key:
    return FINITE, key(element)


def _following(elements: Elements, step: Any) -> Callable[[Any], Any]:
    return lambda element: elements.coerce(element + step)


def _declared_before(name: str, meaning: tuple[Any, ...]) -> CustomRangeType | None:
    for each in custom_types():
        if each.name == name and each.meaning != meaning:
            raise _refused(
                f"The range type {name} must have one meaning, got another than in "
                f"{each.modules[0]}.",
                "Import it from there, or choose another name.",
            )
        if each.name == name:
            return each
    return None


def _give_fields(found: CustomRangeType, made_from: Any, module: str) -> None:
    """Make the classes of the fields, with the names that they are to be bound to."""
    stem = "".join(part.capitalize() for part in re.sub("_?range$", "", found.name).split("_"))
    place = {"__module__": module, "declared": found}
    one_name, many_name = f"{stem}RangeField", f"{stem}MultiRangeField"
    one = type(
        one_name,
        (CustomRangeField,),
        {
            **place,
            "__doc__": f"Ranges of ``{found.name}``.",
            "__qualname__": one_name,
            "base_field": staticmethod(made_from.clone),
        },
    )
    many = type(
        many_name,
        (CustomMultiRangeField,),
        {
            **place,
            "__doc__": f"Multiranges of ``{found.name}``.",
            "__qualname__": many_name,
            "range_field_class": one,
        },
    )
    # It is frozen, and cannot be made with what needs it to be there.
    object.__setattr__(found, "field", one)
    object.__setattr__(found, "multirange_field", many)


def _teach(found: CustomRangeType, subtype: type[Any]) -> None:
    """Have queries and open connections know the type."""
    add_kind((subtype, found.field, found.multirange_field))
    subtype.register_lookup(ElementContainedBy)
    infer(found.field, found.multirange_field)
    tell_all()


def _same(named: Any) -> Any:
    """Return what is the same of a function or a class where its module is imported anew."""
    if named is None:
        return None
    names = ("__module__", "__qualname__", "__code__")
    return tuple(getattr(named, each, None) for each in names)


def _refused(message: str, hint: str = "") -> RangesError:
    return RangesError(message, hint=hint, code="ranges.declaration")
