"""Every connection knows ranges: new ones, those that a pool lends out, those that were there."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.utils import load_backend

from matinee.ranges import INFINITY, INT4RANGE, MultiRange, Range

pytestmark = pytest.mark.django_db(transaction=True)

SELECT = "SELECT '[1,5)'::int4range, '{[1,2)}'::int4multirange, 'infinity'::timestamptz"
ANSWER = (Range(1, 5, range_type=INT4RANGE), MultiRange([Range(1, 2)]), INFINITY)


@contextmanager
def another(**options):
    """A connection of its own to the same database, as a replica's alias would have."""
    known = connection.settings_dict
    database = known | {"OPTIONS": known["OPTIONS"] | options}
    made = load_backend(database["ENGINE"]).DatabaseWrapper(database, alias="default")
    try:
        yield made
    finally:
        made.close()
        if options.get("pool"):
            made.close_pool()


def answer(found):
    with found.cursor() as cursor:
        cursor.execute(SELECT)
        return cursor.fetchone()


def test_a_new_connection_knows_ranges():
    connection.close()

    assert answer(connection) == ANSWER
    assert type(answer(connection)[0]) is Range


def test_another_alias_knows_ranges():
    with another() as found:
        assert answer(found) == ANSWER


def test_what_a_pool_lends_out_knows_ranges():
    with another(pool={"min_size": 1, "max_size": 2}) as found:
        for _ in range(3):
            assert answer(found) == ANSWER
            found.close()


@pytest.mark.parametrize("server_side", [True, False])
def test_ranges_are_sent_whoever_puts_parameters_in(server_side):
    with another(server_side_binding=server_side) as found, found.cursor() as cursor:
        cursor.execute("SELECT %s, %s, %s", [ANSWER[0], ANSWER[1].bind(INT4RANGE), Range(1, 2)])
        one, many, _ = cursor.fetchone()

    assert (one, many) == ANSWER[:2]


def test_other_values_stay_what_they_were():
    """A control: days and points in time are read as ever, in the zone that Django sets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT '2026-01-01'::date, '2026-01-01 12:00+00'::timestamptz")
        day, moment = cursor.fetchone()

    assert (day.isoformat(), moment.isoformat()) == ("2026-01-01", "2026-01-01T12:00:00+00:00")
