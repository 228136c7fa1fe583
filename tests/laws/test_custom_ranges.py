"""The law of ranges holds for types of the project's own: Python answers what PostgreSQL answers."""

import datetime as dt
import uuid
from random import Random

import pytest
from django.db import connection

from matinee.ranges import MultiRange, Range
from matinee.ranges.types import END_OF_DAY, INETRANGE, TIMERANGE
from tests.laws import test_ranges as law
from tests.networks.ranges import CIDRRANGE, FLOATRANGE, SEATS, TEXTRANGE, UUIDRANGE

# Few elements, so that many bounds meet. Those whose text has another order than they have; hosts
# within networks, networks within networks, and both families; the first and the last there are.
ELEMENTS = {
    INETRANGE: [
        *("0.0.0.0", "0.0.0.0/0", "9.255.255.255", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0"),
        *("10.0.0.5", "10.0.0.5/8", "10.0.0.5/24", "10.0.0.10", "10.0.0.9", "100.0.0.1"),
        *("10.255.0.1/8", "255.255.255.255", "::", "::/0", "::1", "::a00:5", "::ffff:10.0.0.5"),
        *("2001:db8::9", "2001:db8::10", "2001:db8::/32", "2001:db8::1/32", "fe80::1"),
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ],
    CIDRRANGE: [
        *("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/32", "10.1.0.0/16", "9.0.0.0/8"),
        *("::/0", "::1/128", "2001:db8::/32", "2001:db8::/48", "2001:db8:1::/48"),
    ],
    TIMERANGE: [
        *(dt.time(0), dt.time(8), dt.time(8, 30), dt.time(9), dt.time(12, 0, 0, 1)),
        *(dt.time(23, 59, 59, 999_999), END_OF_DAY),
    ],
    FLOATRANGE: [
        float("-inf"),
        -1.5,
        -0.0,
        0.0,
        0.1,
        1e-300,
        2.0,
        1e300,
        float("inf"),
        float("nan"),
    ],
    UUIDRANGE: [uuid.UUID(int=each) for each in (0, 1, 9, 16, 2**64, 2**127, 2**128 - 1)],
    TEXTRANGE: [" ", "A", "Z", "a", "a b", "aa", "b", "z", "Ä", "ä", "é", "e\u0301", "\U0001f3ac"],
    SEATS: [-(2**31), 0, 1, 2, 3, 4, 2**31 - 2, 2**31 - 1],
}
READ = {
    INETRANGE: str,
    CIDRRANGE: str,
    TIMERANGE: lambda text: END_OF_DAY if text == "24:00:00" else dt.time.fromisoformat(text),
    FLOATRANGE: float,
    UUIDRANGE: uuid.UUID,
    TEXTRANGE: str,
    SEATS: int,
}
NAMED = pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)


class Drawn(law.Drawn):
    """A range as it is written, which may be none."""

    def __init__(self, random, range_type):
        choices = [None, *ELEMENTS[range_type]]
        self.range_type = range_type
        self.empty = random.random() < 0.05
        self.lower, self.upper = random.choice(choices), random.choice(choices)
        self.bounds = random.choice(["[)", "[]", "()", "(]"])


def told(found, range_type):
    """Return what PostgreSQL told as a value, errors as they are."""
    if found.startswith("!"):
        return found
    if found == "empty":
        return Range(empty=True, range_type=range_type)
    lower, upper = (READ[range_type](each) if each else None for each in found[1:-1].split("|"))
    return Range(lower, upper, found[0] + found[-1], range_type=range_type)


@NAMED
def test_two_ranges(range_type, db):
    random = Random(range_type.name)
    drawn = [(Drawn(random, range_type), Drawn(random, range_type)) for _ in range(law.PAIRS)]
    pairs = [(str(a), str(b)) for a, b in drawn]
    known = law.answers(range_type.sql, range_type.sql, pairs, law.ASKED, law.MADE)

    errors = answered = 0
    for (a, b), found in zip(drawn, known, strict=True):
        mine = law.attempt(a.made), law.attempt(b.made)
        if len(found) == 1:
            assert found[0] in mine, (str(a), str(b))
            errors += 1
            continue
        asked, made = found[: len(law.ASKED)], found[len(law.ASKED) :]
        answer = [str(ask(*mine)).lower() for ask in law.ASKED.values()]
        assert answer == asked, (str(a), str(b))
        results = [law.attempt(make, *mine) for make in law.MADE.values()]
        assert results == [told(each, range_type) for each in made], (str(a), str(b))
        assert (mine[0] != mine[1]) or hash(mine[0]) == hash(mine[1])
        answered += 1

    assert errors > 500
    assert answered > 1_000


@NAMED
def test_elements_in_ranges(range_type, db):
    random = Random(range_type.name)
    drawn = [
        each
        for _ in range(law.PAIRS)
        if not isinstance(law.attempt((each := Drawn(random, range_type)).made), str)
    ]
    elements = [random.choice(ELEMENTS[range_type]) for _ in drawn]
    subtype = {"seats": "integer", "floatrange": "float8"}.get(
        range_type.name, range_type.name.removesuffix("range")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT x::{range_type.sql} @> y::{subtype}"
            " FROM unnest(%s::text[], %s::text[]) AS t(x, y)",
            [list(map(str, drawn)), list(map(str, elements))],
        )
        known = [found for (found,) in cursor.fetchall()]

    assert [element in each.made() for each, element in zip(drawn, elements, strict=True)] == known
    assert {True, False} == set(known)


@NAMED
def test_order(range_type, db):
    random = Random(range_type.name)
    made = [
        each
        for _ in range(500)
        if not isinstance(each := law.attempt(Drawn(random, range_type).made), str)
    ]
    multi = [MultiRange(random.sample(made, 2), range_type=range_type) for _ in range(200)]
    for values, name in ((made, range_type.sql), (multi, range_type.multirange_sql)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(n::int ORDER BY x, n) FROM"
                f" (SELECT x::{name}, n FROM unnest(%s::text[]) WITH ORDINALITY AS t(x, n)) AS s",
                [[law.literal_of(each) for each in values]],
            )
            (order,) = cursor.fetchone()
        assert [each - 1 for each in order] == sorted(range(len(values)), key=values.__getitem__)


@NAMED
def test_two_multiranges(range_type, db):
    random = Random(range_type.name)

    def several():
        found = (Drawn(random, range_type) for _ in range(random.randint(0, 4)))
        return [each for each in found if not isinstance(law.attempt(each.made), str)]

    drawn = [(several(), several()) for _ in range(law.PAIRS)]
    pairs = [tuple(f"{{{','.join(map(str, each))}}}" for each in pair) for pair in drawn]
    name = range_type.multirange_sql

    seen = set()
    known = law.answers(name, name, pairs, law.ASKED, {})
    for pair, found in zip(drawn, known, strict=True):
        mine = [MultiRange((one.made() for one in each), range_type=range_type) for each in pair]
        answer = [str(ask(*mine)).lower() for ask in law.ASKED.values()]
        assert answer == found, pair
        seen.update(zip(law.ASKED, answer, strict=True))

    assert len(seen) == 2 * len(law.ASKED), "a control: each question has both answers"


def test_addresses_are_read_as_they_are_written(db):
    """What PostgreSQL writes is not looked at again: it is what Python would make of it."""
    random = Random(1)
    groups = ["0", "0", "0", "1", "ffff", "a00", "abc"]
    drawn = [":".join(random.choices(groups, k=8)) for _ in range(law.PAIRS)]
    drawn += [f"{each}/{random.randint(0, 128)}" for each in drawn]
    drawn += [
        f"::{each}" for each in ("ffff:10.0.0.5", "10.0.0.5", "1", "0:10.0.0.5", "ffff:0:5.6.7.8")
    ]
    drawn += [f"{random.randint(0, 255)}.0.{random.randint(0, 9)}.1/{n}" for n in range(33)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%%s', n::inet) FROM unnest(%s::text[]) AS t (n)", [drawn])
        written = [text for (text,) in cursor.fetchall()]

    assert [INETRANGE.read(text) for text in written] == [INETRANGE.coerce(each) for each in drawn]
    assert any("." in text and ":" in text for text in written), "a control"


def test_text_would_order_addresses_and_times_otherwise():
    """A control: the elements are such that their text has another order."""
    for range_type in (INETRANGE, CIDRRANGE, FLOATRANGE):
        elements = ELEMENTS[range_type]
        assert sorted(elements, key=range_type.key) != sorted(elements, key=str)
