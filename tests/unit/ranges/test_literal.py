"""Ranges as text: what PostgreSQL writes and reads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.exceptions import RangesError
from matinee.ranges import _literal

ELEMENTS = st.one_of(st.none(), st.text(st.sampled_from('a1 ,"\\()[]{}\n\t'), max_size=6))
BOUNDS = st.sampled_from(["[)", "[]", "()", "(]"])


@given(ELEMENTS, ELEMENTS, BOUNDS)
def test_what_is_written_is_read(lower, upper, bounds):
    assert _literal.read(_literal.write(lower, upper, bounds, str)) == (lower, upper, bounds)


@given(st.lists(st.tuples(ELEMENTS, ELEMENTS, BOUNDS), max_size=4))
def test_what_is_written_of_several_is_read(ranges):
    text = ",".join(_literal.write(*each, str) for each in ranges)

    assert list(_literal.read_many(f"{{{text}}}")) == ranges


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[1,5)", ("1", "5", "[)")),
        (" ( , 5 ] ", (" ", " 5 ", "(]")),
        ("(,)", (None, None, "()")),
        ("EMPTY", (None, None, "")),
        ('["2026-01-01 00:00:00+00",)', ("2026-01-01 00:00:00+00", None, "[)")),
        ('["",b\\,c]', ("", "b,c", "[]")),
        ('["say ""hi""",z]', ('say "hi"', "z", "[]")),
    ],
)
def test_text_is_read_as_postgresql_reads_it(text, found):
    assert _literal.read(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "1", "[1,2", "1,2)", "[1)", "[1,2,3)", "[1,2)x", "[(1,2)", '["1,2)', "[1,2)\\", "{}"],
)
def test_what_is_no_range_is_refused(text):
    with pytest.raises(RangesError, match=re.escape(repr(text))) as caught:
        _literal.read(text)
    assert caught.value.code == "ranges.literal"


@pytest.mark.parametrize(
    "text", ["", "[1,2)", "{[1,2)", "{[1,2),}", "{,}", "{[1,2)[3,4)}", "{1}", "}{"]
)
def test_what_is_no_multirange_is_refused(text):
    with pytest.raises(RangesError):
        list(_literal.read_many(text))


def test_a_multirange_of_many_ranges_is_read_in_one_pass():
    text = "{" + ",".join(["[1,2)"] * 100_000) + "}"  # 600 kB: read again for each range, 60 GB

    assert len(list(_literal.read_many(text))) == 100_000


@pytest.mark.parametrize("piece", ['""', '"a"', "\\", "a", "(", '"', "[1,"])
def test_long_text_that_is_no_range_is_refused_in_one_pass(piece):
    with pytest.raises(RangesError) as caught:
        _literal.read("[" + piece * 200_000)  # a pattern that tries twice would take for ever

    assert len(caught.value.message) < 200
