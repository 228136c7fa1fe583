"""From a projection and a queryset to JSON, by one statement.

The projection is compiled once, by Django, over the table's own name, and kept as text. For each
request only the queryset is compiled, and stands in the table's place under the same name.
"""

from matinee.reads.sqljson._objects import output_of
from matinee.reads.sqljson._statement import (
    Brought,
    Statement,
    compile_,
    is_utc,
    statement_for,
)
from matinee.reads.sqljson._write import NEEDS

__all__ = [
    "NEEDS",
    "Brought",
    "Statement",
    "compile_",
    "is_utc",
    "output_of",
    "statement_for",
]
