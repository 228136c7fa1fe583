"""The types, made before what uses them."""

from django.db import migrations

from matinee.ranges.operations import CreateInetRange, CreateRangeType, CreateTimeRange

# What makes ranges of integers canonical does so with those of any type of integers.
CANONICAL = """
CREATE SCHEMA hall;
CREATE TYPE hall.seats;
CREATE FUNCTION hall.seats_canonical (hall.seats) RETURNS hall.seats
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int4range_canonical';
"""


class Migration(migrations.Migration):
    initial = True
    operations = [
        CreateInetRange(),
        CreateTimeRange(),
        CreateRangeType("floatrange", "double precision", subtype_diff="float8mi"),
        CreateRangeType("uuidrange", "uuid"),
        CreateRangeType("textrange", "text", collation="C"),
        CreateRangeType("cidrrange", "cidr"),
        migrations.RunSQL(CANONICAL, "DROP SCHEMA hall CASCADE"),
        CreateRangeType(
            "seats",
            "integer",
            canonical="seats_canonical",
            subtype_diff="int4range_subdiff",
            multirange="many_seats",
            schema="hall",
        ),
    ]
