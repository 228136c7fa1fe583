"""What full_clean says of ranges, where Django's own fields say nothing or forget.

Each defect has Django's field beside ours, as a control: when Django mends it, the control fails.
"""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.postgres import fields as postgres
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import DataError, connection, models, transaction
from django.db.models import Q
from django.test.utils import isolate_apps

from matinee import conflicts
from matinee.ranges import Range
from matinee.ranges.constraints import NoOverlap
from matinee.ranges.fields import DateTimeRangeField, DecimalRangeField, IntegerRangeField
from tests.spans.constraints import Booking, Hall
from tests.spans.everything import Everything

DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture
def own(db):
    """Two models of one table each: with Django's fields, and with ours."""
    with isolate_apps("tests.spans"):

        class Theirs(models.Model):
            closed = postgres.DecimalRangeField(default_bounds="[]", null=True)
            ints = postgres.IntegerRangeField(null=True)
            at = models.DateTimeField(null=True)

            class Meta:
                app_label = "spans"

        class Ours(models.Model):
            closed = DecimalRangeField(default_bounds="[]", null=True)
            ints = IntegerRangeField(null=True)
            at = models.DateTimeField(null=True)

            class Meta:
                app_label = "spans"

        with connection.schema_editor() as editor:
            editor.create_model(Theirs)
            editor.create_model(Ours)
        yield Theirs, Ours


def bounds(instance):
    instance.full_clean(exclude=["ints", "at"])
    instance.save()
    instance.refresh_from_db()
    return instance.closed.bounds


def test_full_clean_keeps_the_default_bounds(own):
    theirs, ours = own
    assert bounds(ours(closed=(1, 5))) == "[]"
    assert bounds(ours(closed=Range(1, 5, "()"))) == "()"
    assert bounds(theirs(closed=(1, 5))) == "[)", "Django has mended it"


def test_a_pair_is_a_range_in_contained_by(own):
    _theirs, ours = own
    pair = (DAY, DAY + dt.timedelta(1))
    for model in own:
        model.objects.create(at=DAY + dt.timedelta(hours=1))
    assert Everything.objects.filter(at__contained_by=pair).count() == 0
    Everything.objects.create(at=DAY + dt.timedelta(hours=1))
    assert Everything.objects.filter(at__contained_by=pair).count() == 1
    assert ours.objects.filter(at__contained_by=pair).count() == 1


WRONG = [
    pytest.param("ints", (7, 1), "inverted", id="inverted"),
    pytest.param("ints", ("a", "b"), "element", id="text"),
    pytest.param("ints", 5, "element", id="an element"),
    pytest.param("ints", (1, 2**40), "overflow", id="overflow"),
    pytest.param("ints", Range(1, 2**31 - 1, "[]"), "overflow", id="overflow of what follows"),
    pytest.param("ints", "[1,5", "literal", id="half a literal"),
    pytest.param("ints", Range(dt.date(2026, 1, 1), None), "element", id="another type"),
    pytest.param("closed", (5, 1), "inverted", id="inverted decimals"),
]


@pytest.mark.parametrize(("field", "value", "code"), WRONG)
def test_full_clean_refuses_what_is_no_range(own, field, value, code):
    _theirs, ours = own
    instance = ours(**{field: value})
    with pytest.raises(ValidationError) as info:
        instance.full_clean(exclude={"ints", "closed", "at"} - {field})
    (error,) = info.value.error_dict[field]
    assert error.code == code
    with pytest.raises(ValidationError) as info:
        conflicts.save(instance)
    assert field in info.value.error_dict


def test_django_s_fields_let_it_pass_to_the_database(own):
    """The control."""
    theirs, _ours = own
    wrong = theirs(ints=(7, 1))
    wrong.full_clean(exclude=["closed", "at"])
    with pytest.raises(DataError), transaction.atomic():
        wrong.save()
    with pytest.raises(ValidationError) as info:
        conflicts.save(wrong)
    assert info.value.code == "data"


INVERTED = (DAY, DAY - dt.timedelta(hours=1))


@pytest.mark.parametrize("condition", [None, Q(is_cancelled=False)], ids=["always", "condition"])
def test_an_inverted_range_under_a_constraint_is_a_validation_error(db, condition):
    hall = Hall.objects.create(name="Red")
    booking = Booking(hall=hall, during=INVERTED, who="Bob")
    with pytest.raises(ValidationError) as info:
        booking.full_clean()
    assert [each.code for each in info.value.error_dict["during"]] == ["inverted"]

    constraint = NoOverlap("hall", "during", name="ours", condition=condition)
    with pytest.raises(ValidationError) as info:
        constraint.validate(Booking, booking)
    assert [each.code for each in info.value.error_dict["during"]] == ["inverted"]


def test_an_inverted_range_of_ours_under_django_s_constraint_is_a_validation_error(own):
    _theirs, ours = own
    ours._meta.constraints = [ExclusionConstraint(name="plain", expressions=[("ints", "&&")])]
    with pytest.raises(ValidationError) as info:
        ours(ints=(7, 1)).full_clean(exclude=["closed", "at"])
    assert [each.code for each in info.value.error_dict["ints"]] == ["inverted"]


def test_django_s_constraint_has_the_database_say_it(own):
    """The control, with Django's fields and Django's constraint."""
    theirs, _ours = own
    plain = ExclusionConstraint(name="plain", expressions=[("ints", "&&")])
    with pytest.raises(DataError), transaction.atomic():
        plain.validate(theirs, theirs(ints=(7, 1)))


def test_full_clean_binds_and_keeps_what_is_right(db):
    found = Everything(
        ints=[1, 5],
        nums="(0.5,2]",
        closed=(Decimal(1), Decimal(2)),
        days=Range(dt.date(2026, 1, 1), None),
        during={"lower": "2026-01-01T00:00:00Z", "upper": None, "bounds": "()"},
        many_ints=[(1, 3), (2, 5)],
    )
    found.full_clean()
    found.save()
    again = Everything.objects.get()
    for name in ("ints", "nums", "closed", "days", "during", "many_ints"):
        assert getattr(found, name) == getattr(again, name)
        assert getattr(found, name).range_type == Everything._meta.get_field(name).type
    assert (again.closed.bounds, again.nums.bounds) == ("[]", "(]")


def test_drop_in_ours_are_django_s_fields():
    for ours in (DateTimeRangeField, DecimalRangeField, IntegerRangeField):
        assert issubclass(ours, postgres.RangeField)
