"""Two range types that are ready: of addresses, and of times of day.

They are declared once this is imported. The types are made in a migration, by ``CreateInetRange``
and ``CreateTimeRange`` of :mod:`matinee.ranges.operations`.
"""

from django.db import models

from matinee.ranges._custom import range_type
from matinee.ranges._elements import END_OF_DAY, EndOfDay

__all__ = [
    "END_OF_DAY",
    "INETRANGE",
    "TIMERANGE",
    "EndOfDay",
    "InetMultiRangeField",
    "InetRangeField",
    "TimeMultiRangeField",
    "TimeRangeField",
]

INETRANGE = range_type("inetrange", subtype=models.GenericIPAddressField)
InetRangeField, InetMultiRangeField = INETRANGE.field, INETRANGE.multirange_field

TIMERANGE = range_type("timerange", subtype=models.TimeField)
TimeRangeField, TimeMultiRangeField = TIMERANGE.field, TIMERANGE.multirange_field
