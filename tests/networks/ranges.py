"""Range types of the project's own: with an order that is known, and with one that is told."""

from django.db import models

from matinee.ranges import range_type
from matinee.ranges.types import INETRANGE

FLOATRANGE = range_type("floatrange", subtype=models.FloatField)
FloatRangeField = FLOATRANGE.field

UUIDRANGE = range_type("uuidrange", subtype=models.UUIDField)
UuidRangeField = UUIDRANGE.field

TEXTRANGE = range_type("textrange", subtype=models.TextField, collation="C")
WordsField = TEXTRANGE.field


class NetworkField(models.Field):
    """A network, which Django has no field of."""

    def db_type(self, connection):
        return "cidr"


def network(value):
    """Return a network, which has no bits to the right of its prefix."""
    return INETRANGE.coerce(value)


CIDRRANGE = range_type("cidrrange", subtype=NetworkField, coerce=network, key=INETRANGE.key)
NetworkRangeField = CIDRRANGE.field

# Of discrete elements, in a schema of its own, with a name that PostgreSQL would not choose.
SEATS = range_type(
    "seats", subtype=models.IntegerField, step=1, multirange="many_seats", schema="hall"
)
SeatsField, ManySeatsField = SEATS.field, SEATS.multirange_field
