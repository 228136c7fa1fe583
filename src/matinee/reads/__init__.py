"""From a serializer to rows: the exact queries it needs, no more and no fewer.

``shape`` says what an answer is made of, ``plan`` how that is read, ``apply`` makes a queryset
of it; ``words`` say by hand what no code says, and ``drf`` gets the shape out of a Django REST
framework serializer. Importing this package imports neither that nor any model.
"""

from matinee.reads._needs import needs
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
)
from matinee.reads.words import (
    Part,
    computed,
    fetched,
    joined,
    lazy,
    related,
    request_value,
)

__all__ = [
    "Ask",
    "Call",
    "Column",
    "Computed",
    "Kind",
    "Link",
    "Note",
    "Part",
    "Plan",
    "Reader",
    "Relation",
    "Rows",
    "Step",
    "computed",
    "fetched",
    "joined",
    "lazy",
    "needs",
    "plan_of",
    "related",
    "request_value",
    "unplanned",
]
