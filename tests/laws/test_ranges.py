"""The law of ranges: whatever is asked of two, Python answers what PostgreSQL answers, errors
included.
"""

import datetime as dt
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from matinee.exceptions import RangesError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
)

PAIRS = 5_000
VIENNA, KOLKATA = ZoneInfo("Europe/Vienna"), ZoneInfo("Asia/Kolkata")
DAYS = [dt.date(2026, 1, day) for day in (1, 2, 3, 4)]
MOMENTS = [dt.datetime(2026, 10, 25, hour) for hour in (0, 1, 2, 3)]  # noqa: DTZ001

# Few elements, so that many bounds meet; and those where types end.
ELEMENTS = {
    INT4RANGE: [-(2**31), 0, 1, 2, 3, 4, 2**31 - 2, 2**31 - 1],
    INT8RANGE: [-(2**63), 0, 1, 2, 3, 2**31, 2**63 - 1],
    NUMRANGE: [
        Decimal(each) for each in ("-Infinity", "0", "0.5", "1", "1.00", "2", "Infinity", "NaN")
    ],
    DATERANGE: [MINUS_INFINITY, *DAYS, dt.date(9999, 12, 30), dt.date.max, INFINITY],
    TSRANGE: [MINUS_INFINITY, *MOMENTS, INFINITY],
    # The hour between two and three comes twice; Kolkata is half an hour off.
    TSTZRANGE: [
        *(MINUS_INFINITY, dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)),
        *(dt.datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA, fold=fold) for fold in (0, 1)),
        *(dt.datetime(2026, 10, 25, 7, tzinfo=KOLKATA), INFINITY),
    ],
}
AFTER = "10000-01-01"
STATES = {"ranges.inverted": "22000", "ranges.overflow": "22003", "ranges.not_contiguous": "22000"}

ASKED = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "@>": lambda a, b: a.contains(b),
    "<@": lambda a, b: a.contained_by(b),
    "&&": lambda a, b: a.overlaps(b),
    "-|-": lambda a, b: a.adjacent_to(b),
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "&<": lambda a, b: a.not_extending_right_of(b),
    "&>": lambda a, b: a.not_extending_left_of(b),
}
COMPARED = {"=", "<>", "<", "<=", ">", ">="}
MADE = {"+": lambda a, b: a + b, "*": lambda a, b: a * b, "-": lambda a, b: a - b}

ANSWERS = """
CREATE OR REPLACE FUNCTION pg_temp.told(one anyrange) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN isempty(one) THEN 'empty' ELSE
        CASE WHEN lower_inc(one) THEN '[' ELSE '(' END || coalesce(lower(one)::text, '') || '|'
        || coalesce(upper(one)::text, '') || CASE WHEN upper_inc(one) THEN ']' ELSE ')' END END
$$;
CREATE OR REPLACE FUNCTION pg_temp.told(many anymultirange) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(pg_temp.told(each), ';'), '') FROM unnest(many) each
$$;
CREATE OR REPLACE FUNCTION pg_temp.answers(x text, y text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE a {a}; b {b}; found text[];
BEGIN
    BEGIN
        a := x; b := y;
    EXCEPTION WHEN OTHERS THEN RETURN ARRAY['!' || SQLSTATE]; END;
    found := ARRAY[{asked}];
    {made}
    RETURN found;
END $$;
"""
ONE = """
    BEGIN found := found || pg_temp.told(a {} b);
    EXCEPTION WHEN OTHERS THEN found := found || ('!' || SQLSTATE); END;
"""


def answers(a, b, pairs, asked, made):
    """Return PostgreSQL's answers to all questions about each pair of literals."""
    made = "".join(map(ONE.format, made))
    asked = ", ".join(f"(a {operator} b)::text" for operator in asked)
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'")
        cursor.execute(ANSWERS.format(a=a, b=b, asked=asked, made=made).replace("%", "%%"))
        for batch in (pairs[start : start + 1_000] for start in range(0, len(pairs), 1_000)):
            cursor.execute(
                "SELECT pg_temp.answers(x, y) FROM unnest(%s::text[], %s::text[]) AS t(x, y)",
                [list(each) for each in zip(*batch, strict=True)],
            )
            yield from (found for (found,) in cursor.fetchall())


class Drawn:
    """A range as it is written, which may be none."""

    def __init__(self, random, range_type):
        choices = [None, *ELEMENTS[range_type]]
        self.range_type = range_type
        self.empty = random.random() < 0.05
        self.lower, self.upper = random.choice(choices), random.choice(choices)
        self.bounds = random.choice(["[)", "[]", "()", "(]"])

    def __str__(self):
        if self.empty:
            return "empty"
        written = ",".join("" if each is None else f'"{each}"' for each in (self.lower, self.upper))
        return f"{self.bounds[0]}{written}{self.bounds[1]}"

    def made(self):
        return Range(
            self.lower, self.upper, self.bounds, empty=self.empty, range_type=self.range_type
        )


def attempt(make, *arguments):
    """Return what *make* returns, or the SQLSTATE of what it raises."""
    try:
        return make(*arguments)
    except RangesError as error:
        return f"!{STATES[error.code]}"


def told(found, range_type):
    """Return what PostgreSQL told as a value, errors as they are."""
    if found.startswith("!"):
        return found
    if found == "empty":
        return Range(empty=True, range_type=range_type)
    lower, upper = (read(each, range_type) for each in found[1:-1].split("|"))
    bounds = found[0] + found[-1]
    # A day that Python does not have comes after the last that it has.
    if upper == AFTER:
        upper, bounds = dt.date.max, f"{bounds[0]}]"
    if lower == AFTER:
        lower, bounds = dt.date.max, f"({bounds[1]}"
    return Range(lower, upper, bounds, range_type=range_type)


def read(text, range_type):
    if not text or text == AFTER:
        return text or None
    if range_type in (INT4RANGE, INT8RANGE):
        return int(text)
    if range_type == NUMRANGE:
        return Decimal(text)
    if text.endswith("infinity"):
        return MINUS_INFINITY if text.startswith("-") else INFINITY
    of = dt.date if range_type == DATERANGE else dt.datetime
    return of.fromisoformat(text)


@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_two_ranges(range_type, db):
    random = Random(range_type.name)
    drawn = [(Drawn(random, range_type), Drawn(random, range_type)) for _ in range(PAIRS)]
    name = range_type.name
    known = answers(name, name, [(str(a), str(b)) for a, b in drawn], ASKED, MADE)

    errors = answered = 0
    for (a, b), found in zip(drawn, known, strict=True):
        mine = attempt(a.made), attempt(b.made)
        if len(found) == 1:
            assert found[0] in mine, (str(a), str(b))
            errors += 1
            continue
        asked, made = found[: len(ASKED)], found[len(ASKED) :]
        answer = [str(ask(*mine)).lower() for ask in ASKED.values()]
        assert answer == asked, (str(a), str(b))
        results = [attempt(make, *mine) for make in MADE.values()]
        assert results == [told(each, range_type) for each in made], (str(a), str(b))
        assert (mine[0] != mine[1]) or hash(mine[0]) == hash(mine[1])
        answered += 1

    assert errors > 500
    assert answered > 1_000


@pytest.mark.parametrize("kinds", ["two", "range first", "range last"])
@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_two_multiranges(range_type, kinds, db):
    random = Random(range_type.name + kinds)

    def ranges():
        """Draw up to three ranges that there are."""
        found = [Drawn(random, range_type) for _ in range(random.randint(0, 4))]
        return [each for each in found if not isinstance(attempt(each.made), str)]

    def value(drawn):
        if isinstance(drawn, Drawn):
            return drawn.made()
        return MultiRange((each.made() for each in drawn), range_type=range_type)

    def literal(drawn):
        return str(drawn) if isinstance(drawn, Drawn) else f"{{{','.join(map(str, drawn))}}}"

    def one():
        return next(iter(ranges()), None) or one()

    first, last = kinds == "range first", kinds == "range last"
    drawn = [(one() if first else ranges(), one() if last else ranges()) for _ in range(PAIRS)]
    multi = range_type.name.replace("range", "multirange")
    a, b = range_type.name if first else multi, range_type.name if last else multi
    # A range and a multirange are neither compared nor added up by PostgreSQL.
    alike = {} if first or last else MADE
    asked = {name: ask for name, ask in ASKED.items() if alike or name not in COMPARED}
    known = answers(a, b, [(literal(a), literal(b)) for a, b in drawn], asked, alike)

    seen = set()
    for pair, found in zip(drawn, known, strict=True):
        mine = [value(each) for each in pair]
        answer = [str(ask(*mine)).lower() for ask in asked.values()]
        assert answer == found[: len(asked)], [literal(each) for each in pair]
        for make, result in zip(alike.values(), found[len(asked) :], strict=True):
            parts = [told(each, range_type) for each in result.split(";") if each]
            assert list(make(*mine)) == parts, [literal(each) for each in pair]
        seen.update(zip(asked, answer, strict=True))

    assert len(seen) == 2 * len(asked), "a control: each question has both answers"


@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_elements_in_ranges(range_type, db):
    random = Random(range_type.name)
    drawn = [
        each
        for _ in range(PAIRS)
        if not isinstance(attempt((each := Drawn(random, range_type)).made), str)
    ]
    elements = [random.choice(ELEMENTS[range_type]) for _ in drawn]
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'")
        cursor.execute(
            f"SELECT x::{range_type.name} @> lower(('[' || y || ',]')::{range_type.name})"
            " FROM unnest(%s::text[], %s::text[]) AS t(x, y)",
            [list(map(str, drawn)), [f'"{each}"' for each in elements]],
        )
        known = [found for (found,) in cursor.fetchall()]

    assert [element in each.made() for each, element in zip(drawn, elements, strict=True)] == known
    assert {True, False} == set(known)


@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_order(range_type, db):
    random = Random(range_type.name)
    made = [
        each
        for _ in range(500)
        if not isinstance(each := attempt(Drawn(random, range_type).made), str)
    ]
    multi = [MultiRange(random.sample(made, 2), range_type=range_type) for _ in range(200)]
    for values, name in (
        (made, range_type.name),
        (multi, range_type.name.replace("range", "multirange")),
    ):
        literals = [literal_of(each) for each in values]
        with connection.cursor() as cursor:
            cursor.execute("SET timezone TO 'UTC'")
            cursor.execute(
                "SELECT array_agg(n::int ORDER BY x, n) FROM"
                f" (SELECT x::{name}, n FROM unnest(%s::text[]) WITH ORDINALITY AS t(x, n)) AS s",
                [literals],
            )
            (order,) = cursor.fetchone()
        assert [each - 1 for each in order] == sorted(range(len(values)), key=values.__getitem__)


def literal_of(value):
    if isinstance(value, MultiRange):
        return f"{{{','.join(map(literal_of, value))}}}"
    if value.isempty:
        return "empty"
    ends = ("" if each is None else f'"{each}"' for each in (value.lower, value.upper))
    return f"{value.bounds[0]}{','.join(ends)}{value.bounds[1]}"
