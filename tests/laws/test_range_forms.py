"""The law of forms: what is shown of a range is read as that range, whatever it is and wherever."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms as django_forms
from django.http import QueryDict
from django.test import override_settings
from django.utils import timezone, translation
from hypothesis import assume, given
from hypothesis import strategies as st

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
    forms,
)
from tests._inputs import sent

ZONES = ["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
INFINITE = st.sampled_from([INFINITY, MINUS_INFINITY])
# The nights in which the clocks of Vienna and New York go back, and forth.
NIGHTS = [dt.datetime(2026, 10, 25, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, 5, tzinfo=dt.UTC)]
TIMES = st.one_of(
    # Those that there are in UTC too, which is where the database has them.
    st.datetimes(
        dt.datetime(1, 1, 2),  # noqa: DTZ001
        dt.datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.sampled_from([ZoneInfo(each) for each in ZONES]),
    ),
    st.builds(
        lambda night, s: night + dt.timedelta(microseconds=s * 500),
        st.sampled_from(NIGHTS),
        st.integers(0, 2 * 3600 * 2000),
    ),
    st.builds(
        lambda night, m: night + dt.timedelta(minutes=m),
        st.sampled_from(NIGHTS),
        st.integers(0, 120),
    ),
    INFINITE,
)
ELEMENTS = {
    "ints": st.integers(-(2**31), 2**31 - 1),
    "bigs": st.integers(-(2**63), 2**63 - 1),
    "nums": st.one_of(
        st.decimals(allow_nan=False),
        st.decimals(-100, 100, places=2),
        st.sampled_from([Decimal("NaN"), Decimal("1E+5"), Decimal("-0"), Decimal("9" * 1_500)]),
    ),
    "days": st.one_of(st.dates(), st.sampled_from([dt.date.min, dt.date.max]), INFINITE),
    "during": TIMES,
}
TYPES = {
    "ints": INT4RANGE,
    "bigs": INT8RANGE,
    "nums": NUMRANGE,
    "days": DATERANGE,
    "during": TSTZRANGE,
}


class Form(django_forms.Form):
    ints = forms.IntegerRangeField(required=False)
    bigs = forms.BigIntegerRangeField(required=False)
    nums = forms.DecimalRangeField(required=False, default_bounds="[]")
    days = forms.DateRangeField(required=False)
    during = forms.DateTimeRangeField(required=False)


class Lines(django_forms.Form):
    ints = forms.IntegerMultiRangeField(required=False)
    bigs = forms.BigIntegerMultiRangeField(required=False)
    nums = forms.DecimalMultiRangeField(required=False)
    days = forms.DateMultiRangeField(required=False)
    during = forms.DateTimeMultiRangeField(required=False)


def range_of(name, lower, upper, bounds, range_type=None):
    try:
        return Range(lower, upper, bounds, range_type=range_type or TYPES[name])
    except RangesError:
        assume(condition=False)


def ranges(name):
    ends = st.one_of(st.none(), ELEMENTS[name])
    some = st.builds(range_of, st.just(name), ends, ends, st.sampled_from(["[)", "[]", "()", "(]"]))
    one = st.builds(lambda at: range_of(name, at, at, "[]"), ELEMENTS[name])
    return st.one_of(some, one, st.just(Range(empty=True, range_type=TYPES[name])))


def check(form_class, name, value):
    shown = form_class(initial={name: value})
    data = QueryDict(mutable=True)
    for key, text in sent(str(shown)):
        data.appendlist(key, text)
    form = form_class(data, initial={name: value})
    assert form.is_valid(), (form.errors, value)
    found = form.cleaned_data[name]
    assert found == value
    assert repr(found) == repr(value) or name == "during"
    assert form.changed_data == []
    assert all(form.cleaned_data[other] is None for other in form.fields if other != name)


LANGUAGES = st.sampled_from(["en", "de", "hu"])


@pytest.mark.parametrize("name", ELEMENTS)
@given(data=st.data(), zone=st.sampled_from(ZONES), language=LANGUAGES)
def test_what_is_shown_of_a_range_is_read_as_that_range(name, data, zone, language):
    value = data.draw(ranges(name))
    with timezone.override(zone), translation.override(language):
        check(Form, name, value)


@pytest.mark.parametrize("name", ELEMENTS)
@given(data=st.data(), zone=st.sampled_from(ZONES), language=LANGUAGES)
def test_what_is_shown_of_a_multirange_is_read_as_that_multirange(name, data, zone, language):
    several = data.draw(st.lists(ranges(name), max_size=4))
    value = MultiRange(several, range_type=TYPES[name])
    with timezone.override(zone), translation.override(language):
        check(Lines, name, value)


@given(data=st.data())
def test_points_in_time_without_a_zone_are_read_as_they_are_shown(data):
    ends = st.one_of(st.none(), st.datetimes(), INFINITE)
    lower, upper = data.draw(ends), data.draw(ends)
    bounds = data.draw(st.sampled_from(["[)", "[]", "()", "(]"]))
    with override_settings(USE_TZ=False):
        check(Form, "during", range_of("during", lower, upper, bounds, TSRANGE))


@pytest.mark.parametrize("name", ELEMENTS)
@given(data=st.data(), zone=st.sampled_from(ZONES))
def test_text_alone_says_the_range_without_the_form(name, data, zone):
    """What the form keeps because it was stored is no excuse: the text says it, NaN apart."""
    value = data.draw(ranges(name))
    assume(not _is_said_by_nobody(value))
    field = Form.base_fields[name]
    with timezone.override(zone):
        assert field.clean(field.prepare_value(value)) == value


def _is_said_by_nobody(value):
    ends = [each for each in (value.lower, value.upper) if isinstance(each, Decimal)]
    return any(
        each.is_nan() or len(str(each)) > 1_000 or (each.is_finite() and each.adjusted() > 131_071)
        for each in ends
    )
