"""Two at once: nobody gets what somebody else has, and nobody gets a server error."""

import datetime as dt
import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from matinee import conflicts
from matinee.conflicts.admin import ShowsConflicts
from matinee.exceptions import ConflictError
from matinee.ranges import Range
from tests.spans.constraints import Booking, Hall, Unguarded

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
ATTEMPTS = 200
CONNECTIONS = 40


def minutes(first, last):
    return Range(DAY + dt.timedelta(minutes=first), DAY + dt.timedelta(minutes=last))


def at_once(function, arguments, workers=CONNECTIONS):
    """Call *function* with each of *arguments*, in threads with a connection each."""

    def called(argument):
        try:
            return function(argument)
        except Exception as error:  # noqa: BLE001  what it is, is looked at
            return error

    def ended(_):
        barrier.wait(60)
        connections.close_all()

    barrier = threading.Barrier(workers)
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(called, arguments))
        list(pool.map(ended, range(workers)))
    return results


@pytest.fixture
def hall():
    return Hall.objects.create(name="Red")


def slots():
    """Overlapping ones, all on one day; the same ones each time."""
    drawn = random.Random("slots")
    starts = [drawn.randrange(0, 24 * 60 - 90) for _ in range(ATTEMPTS)]
    return [minutes(start, start + drawn.randrange(15, 90)) for start in starts]


def overlapping(ranges):
    return [pair for pair in itertools.combinations(ranges, 2) if pair[0].overlaps(pair[1])]


def is_deadlock(error):
    return isinstance(error, ValidationError) and getattr(error, "code", "") == "deadlock"


def test_of_200_attempts_over_40_connections_the_winners_are_disjoint(hall):
    def book(during):
        booking = Booking(hall_id=hall.pk, during=during, who="somebody")
        conflicts.save(booking)
        return booking

    results = at_once(book, slots())
    # Who was a deadlock's victim twice, by somebody who is not done yet, is told to try again.
    told_to_try_again = [number for number, each in enumerate(results) if is_deadlock(each)]
    assert len(told_to_try_again) < ATTEMPTS / 20
    for number in told_to_try_again:
        (results[number],) = at_once(book, [slots()[number]], workers=1)

    won = [each.during for each in results if isinstance(each, Booking)]
    lost = [
        (slot, each)
        for slot, each in zip(slots(), results, strict=True)
        if not isinstance(each, Booking)
    ]
    assert sorted(won) == sorted(Booking.objects.values_list("during", flat=True))
    assert overlapping(won) == []
    assert len(won) > 5
    assert len(lost) > ATTEMPTS / 2
    for slot, error in lost:
        assert isinstance(error, ValidationError), error
        (said,) = error.error_dict["during"]
        assert said.code == "overlap"
        assert said.params["clash"].during.overlaps(slot)
        assert any(slot.overlaps(each) for each in won)


def test_without_the_constraint_halls_are_booked_twice(hall):
    """The control: validation alone, which looks before it saves."""
    barrier = threading.Barrier(CONNECTIONS)

    def book(during):
        taken = Unguarded.objects.filter(hall_id=hall.pk, during__overlap=during).exists()
        barrier.wait(60)
        if not taken:
            Unguarded.objects.create(hall_id=hall.pk, during=during)

    results = at_once(book, slots()[:CONNECTIONS])
    assert results == [None] * CONNECTIONS
    assert overlapping(list(Unguarded.objects.values_list("during", flat=True)))


def pair_of(hall_id, number):
    """Book both slots, the odd ones in the opposite order."""
    slots = [minutes(0, 60), minutes(120, 180)]
    with connection.cursor() as cursor:  # deadlocks are looked for after a second, else
        cursor.execute("SET LOCAL deadlock_timeout = '20ms'")
    return [
        Booking.objects.create(hall_id=hall_id, during=during, who=str(number))
        for during in (slots if number % 2 else reversed(slots))
    ]


def test_two_slots_in_opposite_order_are_clean_every_time(hall):
    def book(number):
        return conflicts.attempt(pair_of, hall.pk, number)

    seen = set()
    for _ in range(10):
        results = at_once(book, range(10), workers=10)
        won = [each for each in results if isinstance(each, list)]
        assert len(won) == 1
        assert Booking.objects.count() == 2
        codes = [each.code for each in results if isinstance(each, ConflictError)]
        assert len(codes) == 9, results
        assert set(codes) <= {"conflict.overlap", "conflict.deadlock"}
        seen |= set(codes)
        Booking.objects.all().delete()
    assert "conflict.overlap" in seen


def held(first, second):
    """Have two transactions each do its *first* step, then the other's: a deadlock.

    Returns what each returned or raised.
    """
    barrier = threading.Barrier(2)
    runs = [0, 0]

    def run(number):
        def steps():
            runs[number] += 1
            (first, second)[number]()
            if runs[number] == 1:
                barrier.wait(60)
            (second, first)[number]()
            return number

        return conflicts.attempt(steps)

    results = at_once(run, range(2), workers=2)
    return results, runs


def test_the_victim_of_a_deadlock_is_retried_once_and_succeeds(hall):
    other = Hall.objects.create(name="Blue")

    def lock(pk):
        return lambda: Hall.objects.filter(pk=pk).update(name="locked")

    results, runs = held(lock(hall.pk), lock(other.pk))
    assert results == [0, 1]
    assert max(runs) == 2, "one of them was the victim, and came again"


def test_without_a_retry_the_victim_is_an_operational_error(hall):
    """The control: the same without attempt."""
    other = Hall.objects.create(name="Blue")
    barrier = threading.Barrier(2)

    def run(number):
        with transaction.atomic():
            for step, each in enumerate((hall, other) if number else (other, hall)):
                Hall.objects.filter(pk=each.pk).update(name="locked")
                if step == 0:
                    barrier.wait(60)

    results = at_once(run, range(2), workers=2)
    (error,) = [each for each in results if each is not None]
    assert isinstance(error, OperationalError)
    assert conflicts.problem(error).code == "conflict.deadlock"


def test_transactions_that_have_no_order_are_retried_once(hall):
    barrier = threading.Barrier(2)
    runs = [0, 0]

    def run(number):
        def steps():
            runs[number] += 1
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            total = Booking.objects.count()
            if runs[number] == 1:
                barrier.wait(60)
            # Each reads what the other one writes.
            Booking.objects.create(
                hall_id=hall.pk, during=minutes(number * 60, number * 60 + 60), who=str(total)
            )

        return conflicts.attempt(steps)

    assert at_once(run, range(2), workers=2) == [None, None]
    assert sorted(runs) == [1, 2]
    assert sorted(Booking.objects.values_list("who", flat=True)) == ["0", "1"]


def test_who_waits_too_long_for_a_lock_gets_a_clean_error(hall):
    locked, done = threading.Event(), threading.Event()

    def lock():
        with transaction.atomic():
            Hall.objects.select_for_update().get(pk=hall.pk)
            locked.set()
            done.wait(60)

    def wait():
        locked.wait(60)
        try:
            with conflicts.raising_conflicts():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '50ms'")
                Hall.objects.filter(pk=hall.pk).update(name="mine")
        finally:
            done.set()

    results = at_once(lambda run: run(), [lock, wait], workers=2)
    assert results[0] is None
    assert (results[1].code, results[1].status) == ("conflict.locked", 409)


# In the admin: all validate before any of them saves.

BARRIER = threading.Barrier(1)


class RacingAdmin(admin.ModelAdmin):
    fields = ["hall", "who"]

    def save_model(self, request, obj, form, change):
        with suppress(threading.BrokenBarrierError):
            BARRIER.wait(5)
        obj.during = minutes(0, 60)
        super().save_model(request, obj, form, change)


class ShownAdmin(ShowsConflicts, RacingAdmin):
    pass


shown, plain = admin.AdminSite("shown"), admin.AdminSite("plain")
shown.register(Booking, ShownAdmin)
plain.register(Booking, RacingAdmin)
urlpatterns = [path("shown/", shown.urls), path("plain/", plain.urls)]


def handler500(request):
    return HttpResponse(status=500)


@pytest.mark.parametrize(("where", "status"), [("shown", 200), ("plain", 500)])
def test_a_race_in_the_admin_is_lost_in_a_form(hall, where, status, monkeypatch):
    user = get_user_model().objects.create_superuser("ada", "a@example.com", "a")
    monkeypatch.setitem(globals(), "BARRIER", threading.Barrier(2))

    def add(number):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        data = {"hall": hall.pk, "who": str(number)}
        return client.post(f"/{where}/spans/booking/add/", data).status_code

    with override_settings(ROOT_URLCONF=__name__):
        results = at_once(add, range(2), workers=2)
    assert set(results) == {302, status}
    assert Booking.objects.count() == 1


def test_the_victim_of_a_deadlock_is_told_what_is_in_the_way_by_now(hall):
    deadlock = ConflictError("Try again.", code="conflict.deadlock", again=True)
    during = slots()[0]

    def told():
        booking = Booking(hall_id=hall.pk, during=during, who="somebody")
        return conflicts.validation_error(deadlock, booking)

    assert told().code == "deadlock"

    Booking.objects.create(hall_id=hall.pk, during=during, who="another")
    (said,) = told().error_dict["during"]
    assert said.code == "overlap"
