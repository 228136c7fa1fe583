"""Form fields of ranges: what is shown, what is read, what is told of what is wrong."""

import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django import forms as django_forms
from django.contrib.postgres import forms as postgres
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from psycopg.types.range import Range as PsycopgRange

from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    NUMRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    fields,
    forms,
)
from tests.spans.models import Everything, Measured

VIENNA = ZoneInfo("Europe/Vienna")
MAY = dt.date(2026, 5, 1)


class Form(django_forms.Form):
    ints = forms.IntegerRangeField(required=False)
    bigs = forms.BigIntegerRangeField(required=False)
    nums = forms.DecimalRangeField(required=False)
    days = forms.DateRangeField(required=False)
    during = forms.DateTimeRangeField(required=False)
    many = forms.IntegerMultiRangeField(required=False)
    times = forms.DateTimeMultiRangeField(required=False)


class _Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(html, tag):
    return [attrs for found, attrs in _Tags(str(html)).found if found == tag]


def told(form):
    return [
        (error.code, message)
        for error in form.errors.as_data().popitem()[1]
        for message in error.messages
    ]


@pytest.fixture(autouse=True)
def in_vienna():
    with timezone.override(VIENNA), translation.override("en"):
        yield


def test_days_are_shown_with_the_last_one_that_belongs_to_the_range():
    shown = Form.base_fields["days"].prepare_value(
        Range(MAY, dt.date(2026, 6, 1), range_type=DATERANGE)
    )
    assert shown == ["2026-05-01", "2026-05-31", "[]"]


def test_the_last_day_that_is_entered_belongs_to_the_range():
    form = Form({"days_0": "2026-05-01", "days_1": "2026-05-31", "days_bounds": "[]"})
    assert form.is_valid()
    assert form.cleaned_data["days"] == Range(MAY, dt.date(2026, 6, 1), range_type=DATERANGE)


def test_what_is_sent_without_bounds_means_what_it_means_in_django():
    data = {"days_0": "2026-05-01", "days_1": "2026-05-31", "nums_0": "1", "nums_1": "2"}
    form = Form(data)
    assert form.is_valid()
    assert form.cleaned_data["days"].upper == dt.date(2026, 5, 31)
    assert form.cleaned_data["nums"].bounds == "[)"
    assert 'value="2026-05-31"' in str(form["days"])
    assert {"value": "[)", "selected": None} in tags(form["days"], "option")


@pytest.mark.parametrize("bounds", ["[)", "[]", "()", "(]"])
def test_bounds_that_are_chosen_are_those_of_the_range(bounds):
    form = Form({"nums_0": "1", "nums_1": "2", "nums_bounds": bounds})
    assert form.is_valid()
    assert form.cleaned_data["nums"] == Range(1, 2, bounds, range_type=NUMRANGE)


@pytest.mark.parametrize("name", ["ints", "nums", "days", "during"])
def test_empty_and_unbounded_are_chosen_and_not_set_is_blank(name):
    empty, unbounded = (Form({f"{name}_bounds": each}) for each in ("empty", "(,)"))
    assert empty.is_valid()
    assert unbounded.is_valid()
    assert empty.cleaned_data[name].is_empty
    assert unbounded.cleaned_data[name] == Range(None, None, range_type=Form.base_fields[name].type)
    blank = Form({f"{name}_0": " ", f"{name}_1": "", f"{name}_bounds": "[)"})
    assert blank.is_valid()
    assert blank.cleaned_data[name] is None


def test_a_required_range_may_be_unbounded_and_not_blank():
    field = forms.DateRangeField(required=True)
    assert field.clean(["", "", "(,)"]) == Range(None, None, range_type=DATERANGE)
    with pytest.raises(django_forms.ValidationError, match="required"):
        field.clean(["", "", "[]"])
    assert field.clean(["2026-05-01", "", "[]"]) == Range(MAY, None, range_type=DATERANGE)


@pytest.mark.parametrize(
    ("data", "part", "code"),
    [
        ({"ints_0": "9", "ints_1": "5"}, 1, "bound_ordering"),
        ({"ints_0": "x", "ints_1": "5"}, 0, "invalid"),
        ({"ints_0": "1", "ints_1": "2147483648"}, 1, "max_value"),
        ({"ints_0": "-2147483649"}, 0, "min_value"),
        ({"ints_0": "1", "ints_1": "2147483647", "ints_bounds": "[]"}, 1, "overflow"),
        ({"ints_0": "2147483647", "ints_bounds": "(]"}, 0, "overflow"),
        ({"ints_0": "1.5"}, 0, "invalid"),
        ({"ints_0": "5", "ints_1": "5"}, 1, "nothing"),
        ({"ints_0": "5", "ints_bounds": "empty"}, 2, "not_blank"),
        ({"ints_0": "5", "ints_bounds": "{]"}, 2, "invalid_choice"),
        ({"ints_0": "infinity"}, 0, "invalid"),
        ({"nums_0": "1e1000000"}, 0, "max_digits"),
        ({"nums_0": "1e-1000000"}, 0, "max_digits"),
        ({"nums_1": "NaN"}, 1, "invalid"),
        ({"nums_1": "9" * 10_000}, 1, "max_length"),
        ({"days_0": "5874897-01-01"}, 0, "invalid"),
        ({"days_0": "x" * 10_000}, 0, "max_length"),
        ({"days_0": "\x00"}, 0, "invalid"),
        ({"during_0": "2026-10-25T02:30"}, 0, "ambiguous_timezone"),
        ({"during_0": "2026-03-29T02:30"}, 0, "ambiguous_timezone"),
        ({"during_1": "9999-12-31T23:00-05:00"}, 1, "invalid"),
        ({"during_1": "[1,2)"}, 1, "invalid"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_of_the_input_that_is_wrong(data, part, code):
    form = Form(data)
    [name] = form.errors
    [error] = form.errors.as_data()[name]
    assert (error.code, error.params["part"]) == (code, part)
    wrong = [
        each
        for each in tags(form[name], "input") + tags(form[name], "select")
        if each.get("aria-invalid")
    ]
    assert [each["id"] for each in wrong] == [f"id_{name}_{part}"]
    lists = {each.get("id") for each in tags(form[name], "ul")}
    assert {each["aria-describedby"] for each in wrong} <= lists


def test_both_ends_may_be_wrong_at_once():
    form = Form({"days_0": "x", "days_1": "y"})
    assert told(form) == [
        ("invalid", "First day: Enter a valid date."),
        ("invalid", "Last day: Enter a valid date."),
    ]


def test_each_error_is_shown_once_and_none_is_lost():
    form = Form({"ints_0": "9", "ints_1": "5"})
    assert str(form).count("must not come before") == 1
    assert str(form["ints"].errors) == ""
    assert len(form["ints"].errors) == len(form.errors["ints"]) == 1
    required = {"ints": forms.IntegerRangeField(required=True)}
    other = type("Other", (django_forms.Form,), required)({"ints_0": ""})
    assert str(other).count("This field is required.") == 1


def test_every_input_has_a_label_of_its_own_within_the_fields_legend():
    html = str(Form())
    labels = {each.get("for") for each in tags(html, "label")}
    inputs = [each for kind in ("input", "select", "textarea") for each in tags(html, kind)]
    assert len(inputs) == 5 * 3 + 2
    assert {each["id"] for each in inputs} <= labels
    assert len(tags(html, "legend")) == 5


def test_nothing_in_a_widget_needs_an_inline_script_or_style():
    found = _Tags(str(Form())).found
    assert not {tag for tag, _ in found} & {"script", "style"}
    assert not [
        name for _, attrs in found for name in attrs if name == "style" or name.startswith("on")
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (dt.datetime(2026, 5, 1, 10, tzinfo=VIENNA), "datetime-local"),
        (dt.datetime(2026, 5, 1, 10, 0, 0, 5_000, tzinfo=VIENNA), "datetime-local"),
        (dt.datetime(2026, 5, 1, 10, 0, 0, 5, tzinfo=VIENNA), "text"),
        (dt.datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA), "text"),
        (INFINITY, "text"),
        (None, "datetime-local"),
    ],
    ids=str,
)
def test_the_browsers_own_input_is_taken_for_what_it_can_show(value, kind):
    found = Range(value, None, range_type=TSTZRANGE)
    html = str(Form(initial={"during": found})["during"])
    assert tags(html, "input")[0]["type"] == kind


def test_text_that_is_no_date_is_shown_again_as_it_was_typed():
    form = Form({"days_0": "next friday"})
    first = tags(form["days"], "input")[0]
    assert (first["type"], first["value"]) == ("text", "next friday")


def test_bounds_that_are_not_offered_are_where_a_range_has_them():
    field = forms.DecimalRangeField(bounds=("[)",), required=False)
    form_class = type("Priced", (django_forms.Form,), {"price": field})
    assert tags(form_class()["price"], "select") == []
    closed = Range(1, 2, "[]", range_type=NUMRANGE)
    shown = form_class(initial={"price": closed})["price"]
    assert [each["value"] for each in tags(shown, "option")] == ["[)", "[]"]
    assert (
        form_class({"price_0": "1", "price_1": "2"}).fields["price"].clean(["1", "2"]).bounds
        == "[)"
    )


def test_days_until_infinity_say_that_it_does_not_belong_to_them():
    """There is no last day before infinity: the bounds are shown as they are."""
    value = Range(MAY, INFINITY, range_type=DATERANGE)
    assert Form.base_fields["days"].prepare_value(value) == ["2026-05-01", "infinity", "[)"]


def test_a_widget_without_bounds_keeps_those_that_are_stored():
    field = forms.DecimalRangeField(widget=postgres.RangeWidget(django_forms.TextInput()))
    form_class = type("Priced", (django_forms.Form,), {"price": field})
    closed = Range(1, 2, "[]", range_type=NUMRANGE)
    form = form_class({"price_0": "1", "price_1": "2"}, initial={"price": closed})
    assert form.is_valid()
    assert form.cleaned_data["price"] == closed
    assert form.changed_data == []
    other = form_class({"price_0": "1", "price_1": "3"}, initial={"price": closed})
    assert other.changed_data == ["price"]


def test_what_is_stored_is_kept_though_nobody_may_enter_it():
    value = Range(Decimal(1), Decimal("NaN"), range_type=NUMRANGE)
    sent = dict(
        zip(
            ["nums_0", "nums_1", "nums_bounds"],
            Form.base_fields["nums"].prepare_value(value),
            strict=True,
        )
    )
    form = Form(sent, initial={"nums": value})
    assert form.is_valid()
    assert form.cleaned_data["nums"] == value
    assert not Form(sent).is_valid()


def test_psycopgs_ranges_and_text_are_initial_values_too():
    field = Form.base_fields["ints"]
    for value in (PsycopgRange(1, 5), "[1,5)", Range(1, 5), Range(1, 5, range_type=INT4RANGE)):
        assert field.prepare_value(value) == ["1", "4", "[]"]
        assert not field.has_changed(value, ["1", "4", "[]"])
        assert field.has_changed(value, ["1", "5", "[]"])
        assert field.has_changed(value, ["1", "x", "[]"])


def test_a_hidden_initial_value_says_the_range():
    field = forms.DateTimeRangeField(show_hidden_initial=True)
    form_class = type("Hidden", (django_forms.Form,), {"during": field})
    value = Range(
        dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=VIENNA), None, "()", range_type=TSTZRANGE
    )
    inputs = tags(
        form_class(initial={"during": value})["during"].as_hidden(only_initial=True), "input"
    )
    data = {each["name"]: each.get("value", "") for each in inputs}
    now = {each.removeprefix("initial-"): text for each, text in data.items()}
    assert form_class(data | now).changed_data == []
    assert form_class(data | now | {"during_bounds": "empty"}).changed_data == ["during"]


def test_lines_say_ranges_as_people_and_as_postgresql_write_them():
    text = "1 .. 3\n\n 7\n[10,12)\n(20, 22]\n30 \u2013 31\n.. -5\n"
    form = Form({"many": text})
    assert form.is_valid()
    ranges = [
        Range(None, -4),
        Range(1, 4),
        Range(7, 8),
        Range(10, 12),
        Range(21, 23),
        Range(30, 32),
    ]
    assert form.cleaned_data["many"] == MultiRange(ranges, range_type=INT4RANGE)
    assert Form({"many": "{[1,4),[7,8)}"}).fields["many"].clean("{[1,4),[7,8)}") == MultiRange(
        [Range(1, 4), Range(7, 8)], range_type=INT4RANGE
    )


def test_no_lines_are_no_multirange_and_braces_the_empty_one():
    blank, empty, everything = Form({"many": " \n "}), Form({"many": "{}"}), Form({"many": "(,)"})
    assert blank.is_valid()
    assert empty.is_valid()
    assert everything.is_valid()
    assert blank.cleaned_data["many"] is None
    assert empty.cleaned_data["many"] == MultiRange([], range_type=INT4RANGE)
    assert len(everything.cleaned_data["many"]) == 1


def test_a_blank_text_is_the_empty_multirange_where_null_is_none():
    field = fields.IntegerMultiRangeField(blank=True).formfield()
    form = type("Of", (django_forms.Form,), {"form": field})
    empty = MultiRange([], range_type=INT4RANGE)
    assert field.clean(" ") == field.clean("{}") == empty
    assert str(form(initial={"form": empty})["form"].value()) == ""
    for initial in (None, empty):
        assert not form({"form": ""}, initial={"form": initial}).has_changed()
    assert form({"form": ""}, initial={"form": [Range(1, 5)]}).has_changed()


def test_a_blank_text_is_no_multirange_where_one_is_asked_for_or_null_may_be():
    asked = forms.IntegerMultiRangeField(empty_value=MultiRange([], range_type=INT4RANGE))
    with pytest.raises(ValidationError, match="required"):
        asked.clean(" ")
    assert asked.prepare_value(asked.clean("{}")) == "{}"
    assert fields.IntegerMultiRangeField(blank=True, null=True).formfield().clean("") is None


def test_a_wrong_line_is_told_by_its_number():
    form = Form({"many": "1 .. 2\nx .. 2\n5 .. 3\n[1,"})
    assert [message for _, message in told(form)] == [
        "Line 2: First: Enter a whole number.",
        "Line 3: Last: The end must not come before the start.",
        "Line 4: Enter a range: start .. end",
    ]


def test_of_many_wrong_lines_some_are_told():
    assert len(Form({"many": "x\n" * 1_999}).errors["many"]) < 20


def test_more_ranges_than_anybody_enters_are_refused_and_kept_where_they_are_stored():
    value = MultiRange([Range(2 * at, 2 * at + 1) for at in range(2_001)], range_type=INT4RANGE)
    text = Form.base_fields["many"].prepare_value(value)
    [(code, _)] = told(Form({"many": text}))
    assert code == "max_ranges"
    assert told(Form({"many": f"{{{','.join(['[1,2)'] * 2_001)}}}"}))[0][0] == "max_ranges"
    form = Form({"many": text}, initial={"many": value})
    assert form.is_valid()
    assert form.cleaned_data["many"] == value


def test_a_point_in_time_alone_is_no_range():
    [(code, _)] = told(Form({"times": "2026-05-01 10:00"}))
    assert code == "range"


def test_lines_of_time_say_which_of_two_hours_is_meant():
    field = Form.base_fields["times"]
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA)
    value = MultiRange([Range(first, first.replace(fold=1))], range_type=TSTZRANGE)
    assert field.prepare_value(value) == "2026-10-25 02:30:00+02:00 .. 2026-10-25 02:30:00+01:00"
    assert field.clean(field.prepare_value(value)) == value


@pytest.mark.parametrize(
    ("model", "form"),
    [
        (fields.IntegerRangeField, postgres.IntegerRangeField),
        (fields.BigIntegerRangeField, postgres.IntegerRangeField),
        (fields.DecimalRangeField, postgres.DecimalRangeField),
        (fields.DateRangeField, postgres.DateRangeField),
        (fields.DateTimeRangeField, postgres.DateTimeRangeField),
        (fields.IntegerMultiRangeField, forms.IntegerMultiRangeField),
        (fields.DateTimeMultiRangeField, forms.DateTimeMultiRangeField),
    ],
)
def test_each_model_field_has_its_form_field_which_is_djangos_too(model, form):
    found = model(blank=True).formfield()
    assert isinstance(found, form)
    assert type(found) is getattr(forms, model.__name__)
    assert not found.required


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("ints", ("[]",)),
        ("nums", ("[]",)),
        ("days", ("[]",)),
        ("during", ("[)",)),
        ("some", ("[]",)),
        ("ended", ("[]", "empty")),
        ("plain", ("[)", "[]", "()", "(]", "empty")),
    ],
)
def test_what_the_model_refuses_the_form_does_not_offer(name, offered):
    field = Measured._meta.get_field(name)
    found = field.formfield()
    assert found.widget.offered == offered
    assert found.shown_bounds == offered[0]
    # Whoever says what is offered is taken at their word, and another field has no such constraint.
    assert field.formfield(bounds=("[]", "empty")).widget.offered == ("[]", "empty")
    assert "empty" in Everything._meta.get_field("nums").formfield().widget.offered


def test_what_is_stored_and_now_refused_is_still_shown():
    form = type("Of", (django_forms.Form,), {"nums": Measured._meta.get_field("nums").formfield()})
    shown = str(form(initial={"nums": Range(Decimal(1), Decimal(2), "()")})["nums"])
    assert '<option value="()" selected>' in shown
    assert '<option value="[]">' in shown
    assert '"empty"' not in shown


def test_what_the_model_says_of_bounds_is_what_the_form_starts_with():
    found = fields.DecimalRangeField(default_bounds="(]").formfield()
    assert found.prepare_value(None)[2] == "(]"
    assert found.clean(["1", "2"]).bounds == "(]"
