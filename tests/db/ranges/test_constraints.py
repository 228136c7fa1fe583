"""What NoOverlap refuses, and what it says."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Deferrable, F, Q
from django.test import override_settings
from django.test.utils import isolate_apps
from django.utils import timezone, translation

from matinee.exceptions import RangesError
from matinee.ranges import Range
from matinee.ranges.constraints import NoOverlap
from tests.spans.constraints import Booking, Closure, Hall, Shift

DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def hours(first, last, bounds="[)"):
    return Range(DAY + dt.timedelta(hours=first), DAY + dt.timedelta(hours=last), bounds)


def said(instance, **options):
    """What full_clean says of *instance*, by field; {} if nothing."""
    try:
        instance.full_clean(**options)
    except ValidationError as error:
        return error.message_dict
    return {}


def refused(instance):
    """Whether the database refuses *instance*."""
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError:
        return True
    return False


@pytest.fixture
def hall(db):
    return Hall.objects.create(name="Red")


@pytest.fixture
def taken(hall):
    return Booking.objects.create(hall=hall, during=hours(10, 12), who="Ada")


CASES = [
    pytest.param(hours(11, 13), True, id="overlaps"),
    pytest.param(hours(9, 15), True, id="contains"),
    pytest.param(Range(None, None), True, id="unbounded"),
    pytest.param(hours(12, 13), False, id="begins where the other ends"),
    pytest.param(hours(8, 10), False, id="ends where the other begins"),
    pytest.param(hours(8, 10, "[]"), True, id="ends with the first moment of the other"),
    pytest.param(Range(empty=True), False, id="empty"),
    pytest.param((DAY + dt.timedelta(hours=11), DAY + dt.timedelta(hours=13)), True, id="a pair"),
]


@pytest.mark.parametrize(("during", "clashes"), CASES)
def test_a_hall_is_not_booked_twice(taken, during, clashes):
    booking = Booking(hall=taken.hall, during=during, who="Bob")
    assert ("during" in said(booking)) == clashes
    assert refused(booking) == clashes


ENDS = [None, 0, 1, 2, 3]
SMALL_WORLD = {
    Range(*(None if each is None else DAY + dt.timedelta(hours=each) for each in ends), bounds)
    for ends in itertools.product(ENDS, repeat=2)
    for bounds in ("[)", "[]", "()", "(]")
    if None in ends or ends[0] <= ends[1]
}


@pytest.mark.parametrize("bounds", ["[)", "[]", "()", "(]"])
def test_validation_finds_what_the_database_refuses_in_a_small_world(hall, bounds):
    Booking.objects.create(hall=hall, during=hours(1, 2, bounds), who="Ada")
    counts = {True: 0, False: 0}
    for each in SMALL_WORLD:
        booking = Booking(hall=hall, during=each, who="Bob")
        clashes = "during" in said(booking)
        assert refused(booking) == clashes == each.overlaps(hours(1, 2, bounds)), each
        Booking.objects.filter(who="Bob").delete()
        counts[clashes] += 1
    assert min(counts.values()) > 10


def test_another_hall_and_another_condition_do_not_clash(taken):
    other = Hall.objects.create(name="Blue")
    assert said(Booking(hall=other, during=taken.during, who="Bob")) == {}
    assert said(Booking(hall=taken.hall, during=taken.during, who="Bob", is_cancelled=True)) == {}
    taken.is_cancelled = True
    taken.save()
    assert said(Booking(hall=taken.hall, during=taken.during, who="Bob")) == {}


def test_what_is_saved_does_not_clash_with_itself(taken):
    taken.during = hours(11, 14)
    assert said(taken) == {}
    taken.save()
    taken.pk, taken._state.adding = None, True
    assert "during" in said(taken), "a control: a copy does"


@override_settings(TIME_ZONE="UTC")
def test_the_message_names_the_clash_in_the_active_time_zone_and_format(taken):
    booking = Booking(hall=taken.hall, during=hours(11, 13), who="Bob")
    with timezone.override(dt.UTC), translation.override("en"):
        assert said(booking) == {
            "during": ["Another booking overlaps: from Jan. 2, 2026, 10 a.m. to noon"]
        }
    with timezone.override(ZoneInfo("Europe/Vienna")), translation.override("de"):
        (message,) = said(booking)["during"]
        assert "2. Januar 2026 11:00" in message
        assert "13:00" in message
    with timezone.override(ZoneInfo("Asia/Tokyo")), translation.override("en"):
        assert "Jan. 2, 2026, 7 p.m. to 9 p.m." in said(booking)["during"][0]


def test_the_error_has_a_code_and_the_row_that_is_in_the_way(taken):
    with pytest.raises(ValidationError) as info:
        Booking(hall=taken.hall, during=hours(11, 13), who="Bob").full_clean()
    (error,) = info.value.error_dict["during"]
    assert error.code == "overlap"
    assert error.params["clash"] == taken
    assert "Ada" not in error.messages[0]


def test_a_row_that_the_default_manager_hides_clashes_and_is_not_named(taken):
    Booking.everything.update(is_secret=True)
    booking = Booking(hall=taken.hall, during=hours(11, 13), who="Bob")
    with translation.override("en"):
        assert said(booking) == {"during": ["Another booking overlaps."]}
    assert refused(booking)


def test_what_is_named_is_the_declaration_s_choice(hall):
    Closure.objects.create(
        hall=hall, reason="Paint", days=[(dt.date(2026, 1, 1), dt.date(2026, 1, 3))]
    )
    closure = Closure(hall=hall, reason="Dust", days=[(dt.date(2026, 1, 2), None)])
    with translation.override("en"):
        (message,) = said(closure)["days"]
    assert message.startswith("Another closure overlaps: Paint, ")

    Shift.objects.create(who="ada", first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 3))
    shift = Shift(who="Ada", first=dt.date(2026, 1, 3), last=dt.date(2026, 1, 4))
    with pytest.raises(ValidationError) as info:
        shift.full_clean()
    assert info.value.message_dict == {"__all__": ["Everybody has one shift at a time."]}
    assert info.value.error_dict["__all__"][0].code == "busy"
    assert refused(shift)
    shift.floor = 1
    assert said(shift) == {}


def test_a_deferred_constraint_is_looked_at_when_the_transaction_ends(hall):
    days = [[(dt.date(2026, 1, 1), dt.date(2026, 1, 3))], [(dt.date(2026, 1, 2), None)]]
    with transaction.atomic():
        _one, other = (Closure.objects.create(hall=hall, reason="", days=each) for each in days)
        other.delete()
        connection.check_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(hall=hall, reason="", days=days[1])
        connection.check_constraints()


def test_validation_costs_one_query_for_the_clash_and_one_to_name_it(
    taken, django_assert_num_queries
):
    closure = Closure(hall=taken.hall, days=[(dt.date(2026, 1, 1), None)])
    (constraint,) = Closure._meta.constraints
    with django_assert_num_queries(1):
        constraint.validate(Closure, closure)
    closure.save()
    other = Closure(hall=taken.hall, days=closure.days)
    with django_assert_num_queries(2), pytest.raises(ValidationError):
        constraint.validate(Closure, other)


def test_fields_that_are_left_out_leave_the_constraint_out(taken):
    booking = Booking(hall=taken.hall, during=hours(11, 13), who="Bob")
    assert said(booking, exclude=["hall"]) == {}
    assert said(booking, exclude=["is_cancelled"]) == {}
    assert "during" in said(booking, exclude=["who"]), "a control"


def test_null_clashes_with_nothing(taken):
    Booking(hall=taken.hall, during=None).validate_constraints()
    booking = Booking(hall=None, during=hours(10, 12), who="Bob")
    booking.validate_constraints()


@pytest.mark.parametrize("during", [(DAY, DAY - dt.timedelta(1)), "[5,", 5, Range(1, 2)])
@pytest.mark.parametrize("condition", [None, Q(is_cancelled=False)])
def test_what_is_no_range_is_a_validation_error(taken, during, condition):
    constraint = NoOverlap("hall", "during", name="each", condition=condition)
    with pytest.raises(ValidationError) as info:
        constraint.validate(Booking, Booking(hall=taken.hall, during=during))
    assert list(info.value.error_dict) == ["during"]


DECLARED = [
    NoOverlap("hall", "during"),
    NoOverlap("during", name="plain"),
    NoOverlap(F("hall"), "during", name="expression"),
    NoOverlap("hall", "during", condition=Q(is_cancelled=False), deferrable=Deferrable.IMMEDIATE),
    NoOverlap("hall", "during", include=["who"], names="object"),
    NoOverlap("hall", "during", violation_error_code="taken", violation_error_message="Taken."),
]


@pytest.mark.parametrize("constraint", DECLARED, ids=range(len(DECLARED)))
def test_a_constraint_is_what_its_migration_says(constraint):
    path, args, kwargs = constraint.deconstruct()
    again = NoOverlap(*args, **kwargs)
    assert path == "matinee.ranges.constraints.NoOverlap"
    assert again == constraint
    assert again.deconstruct() == constraint.deconstruct()
    assert [each for each in DECLARED if each == constraint] == [constraint]


def test_names_come_from_the_model():
    (constraint,) = Booking._meta.constraints
    assert constraint.name == "spans_booking_hall_during_excl"
    assert constraint.deconstruct()[1] == ("hall", "during")


@pytest.mark.parametrize(
    "declare",
    [
        NoOverlap,
        lambda: NoOverlap("hall", "during", names="everything"),
        lambda: NoOverlap(F("hall"), "during"),
    ],
    ids=["of nothing", "names what is not there", "an expression without a name"],
)
def test_a_bad_declaration_fails_at_once(declare):
    with pytest.raises(RangesError) as info:
        declare()
    assert info.value.code == "ranges.constraint"


@isolate_apps("tests.spans")
def test_a_constraint_over_what_is_no_range_is_told_by_a_check():
    class Wrong(models.Model):
        hall = models.IntegerField()

        class Meta:
            app_label = "spans"
            constraints = [NoOverlap("hall", "hall", name="wrong")]

    (constraint,) = Wrong._meta.constraints
    assert [each.id for each in constraint.check(Wrong, connection)] == ["matinee.E221"]
    (right,) = Booking._meta.constraints
    assert right.check(Booking, connection) == []
