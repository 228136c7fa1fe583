"""The law of ranges in APIs: what is answered, sent back, is what it was; whatever is sent is taken
or refused, part by part.
"""

import datetime as dt
import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from matinee.ranges import INFINITY, MINUS_INFINITY, MultiRange, drf
from matinee.ranges.json import RangeJSONEncoder, range_from_json
from tests._range_strategies import ranges_of

INFINITIES = st.sampled_from([INFINITY, MINUS_INFINITY])
MOMENTS = st.datetimes(
    min_value=dt.datetime(2, 1, 1),  # noqa: DTZ001
    max_value=dt.datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.timezones(),
)
DECIMALS = st.decimals(allow_nan=False, min_value=-(10**40), max_value=10**40)
INFINITE = st.sampled_from([Decimal("Infinity"), Decimal("-Infinity")])
KINDS = {
    drf.IntegerRangeField: st.integers(-(2**31), 2**31 - 1),
    drf.BigIntegerRangeField: st.integers(-(2**63), 2**63 - 1),
    drf.DecimalRangeField: INFINITE
    | DECIMALS
    | st.decimals(allow_nan=False, min_value=-9, max_value=9, places=40),
    drf.DateRangeField: st.dates() | INFINITIES,
    drf.DateTimeRangeField: MOMENTS | INFINITIES,
}
MANY = {
    drf.IntegerRangeField: drf.IntegerMultiRangeField,
    drf.BigIntegerRangeField: drf.BigIntegerMultiRangeField,
    drf.DecimalRangeField: drf.DecimalMultiRangeField,
    drf.DateRangeField: drf.DateMultiRangeField,
    drf.DateTimeRangeField: drf.DateTimeMultiRangeField,
}


def ranges(kind):
    return ranges_of(kind().model_field.type, KINDS[kind])


ALL = st.sampled_from(list(KINDS)).flatmap(
    lambda kind: st.tuples(st.just(kind), ranges(kind), st.lists(ranges(kind), max_size=4))
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | DECIMALS.map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["lower", "upper", "bounds", "empty", "x"]), inner)
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet='[](){},"\\0129-:TZ+.eE infatyNmp', max_size=40)


def through_json(value):
    return json.loads(JSONRenderer().render(value))


@given(ALL)
def test_what_is_answered_is_read_as_what_it_was(given_one):
    kind, one, several = given_one
    many = MultiRange(several, range_type=one.range_type)
    for field, value in ((kind(), one), (MANY[kind](), many)):
        answered = through_json(field.to_representation(value))

        found = field.run_validation(answered)

        assert found == value
        assert found.range_type is value.range_type
        assert through_json(field.to_representation(found)) == answered


@given(ALL)
def test_the_encoder_s_json_is_read_as_what_it_was(given_one):
    _, one, several = given_one
    for value in (one, MultiRange(several, range_type=one.range_type)):
        text = json.dumps(value, cls=RangeJSONEncoder)

        assert range_from_json(json.loads(text), one.range_type) == value


@given(st.sampled_from(list(KINDS)), ANYTHING | TEXTS)
def test_whatever_is_sent_is_taken_or_refused(kind, sent):
    for field in (kind(allow_null=True), MANY[kind](allow_null=True)):
        try:
            found = field.run_validation(sent)
        except serializers.ValidationError:
            continue
        assert (
            found is None
            or field.run_validation(through_json(field.to_representation(found))) == found
        )
