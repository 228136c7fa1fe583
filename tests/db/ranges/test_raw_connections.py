"""psycopg's own connections know ranges when they are told to: in scripts, in pools, for COPY."""

import datetime as dt
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import RangeTypeError
from matinee.ranges import (
    INFINITY,
    INT4RANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    register,
)
from tests._databases import server_url

pytestmark = pytest.mark.django_db(transaction=True)

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SELECT = "SELECT '[1,5)'::int4range, '{[1,2)}'::int4multirange, 'infinity'::timestamptz"
ANSWER = (Range(1, 5, range_type=INT4RANGE), MultiRange([Range(1, 2)]), INFINITY)


@pytest.fixture
def url():
    return server_url(str(connection.settings_dict["NAME"]))


def test_a_raw_connection_reads_and_writes_ranges(url):
    with psycopg.connect(url) as found:
        register(found)
        assert found.execute(SELECT).fetchone() == ANSWER
        row = found.execute("SELECT %s, %s", [ANSWER[0], ANSWER[1].bind(INT4RANGE)]).fetchone()
        assert row == ANSWER[:2]
        assert [type(each) for each in row] == [Range, MultiRange]
        during = Range(NOON, INFINITY, range_type=TSTZRANGE)
        assert found.execute("SELECT %s", [during]).fetchone() == (during,)


def test_another_connection_stays_what_it_was(url):
    """A control."""
    with psycopg.connect(url) as told, psycopg.connect(url) as found:
        register(told)
        one = found.execute("SELECT '[1,5)'::int4range").fetchone()[0]
    assert type(one) is PsycopgRange


async def test_an_async_connection_reads_and_writes_ranges(url):
    async with await psycopg.AsyncConnection.connect(url) as found:
        register(found)
        cursor = await found.execute(SELECT)
        assert await cursor.fetchone() == ANSWER
        cursor = await found.execute("SELECT %s", [ANSWER[0]])
        assert type((await cursor.fetchone())[0]) is Range


def test_ranges_are_copied_in_and_out(url):
    rows = [(1, Range(1, 5)), (2, Range(empty=True)), (3, Range(None, 7, range_type=INT4RANGE))]
    with psycopg.connect(url) as found:
        register(found)
        found.execute("CREATE TEMP TABLE spans (n int, ints int4range)")
        with found.cursor().copy("COPY spans FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        with found.cursor().copy("COPY spans TO STDOUT") as copy:
            copy.set_types(["int4", "int4range"])
            assert list(copy.rows()) == rows


def test_one_cursor_may_be_told_alone(url):
    with psycopg.connect(url) as found:
        register(cursor := found.cursor())
        assert type(cursor.execute("SELECT '[1,5)'::int4range").fetchone()[0]) is Range
        assert type(found.execute("SELECT '[1,5)'::int4range").fetchone()[0]) is PsycopgRange


def test_to_be_told_twice_is_to_be_told_once(url):
    with psycopg.connect(url) as found:
        register(found)
        register(found)
        assert found.execute(SELECT).fetchone() == ANSWER


@pytest.mark.parametrize("found", [connection, None, "dbname=x"])
def test_what_is_no_connection_of_psycopgs_is_told(found):
    with pytest.raises(RangeTypeError, match="must be a connection of psycopg's"):
        register(found)


def test_a_script_needs_no_settings(url):
    script = (
        "import psycopg\nfrom matinee.ranges import register\n"
        f"with psycopg.connect({url!r}) as found:\n"
        "    register(found)\n"
        "    print(found.execute(\"SELECT '[1,5)'::int4range\").fetchone()[0].width)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout == "4\n"
