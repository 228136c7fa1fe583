"""From a serializer to rows: the exact queries it needs, no more and no fewer.

``shape`` says what an answer is made of, ``plan`` how that is read, ``apply`` makes a queryset
of it, ``drf`` gets the shape out of a Django REST framework serializer. Importing this package
imports neither Django REST framework nor any model.
"""

from matinee.reads.apply import Reader, unplanned
from matinee.reads.plan import Plan, Step, plan_of
from matinee.reads.shape import (
    Ask,
    Call,
    Column,
    Computed,
    Kind,
    Link,
    Note,
    Relation,
    Rows,
    Shape,
)

__all__ = [
    "Ask",
    "Call",
    "Column",
    "Computed",
    "Kind",
    "Link",
    "Note",
    "Plan",
    "Reader",
    "Relation",
    "Rows",
    "Shape",
    "Step",
    "plan_of",
    "unplanned",
]
