"""Ranges for laws."""

from hypothesis import strategies as st

from matinee.exceptions import RangesError
from matinee.ranges import Range

BOUNDS = st.sampled_from(["[)", "[]", "()", "(]"])


@st.composite
def ranges_of(draw, range_type, elements):
    """Return a range of a type: of any bounds, of any ends, or empty."""
    ends = [draw(elements | st.none()) for _ in range(2)]
    for lower, upper in (ends, ends[::-1]):
        try:
            return Range(lower, upper, draw(BOUNDS), range_type=range_type)
        except RangesError:
            continue
    return Range(empty=True, range_type=range_type)
