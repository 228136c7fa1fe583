"""A day's programme."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.programme.timetable import CLEANING, TRAILERS, Bill, Slot, plan_day, with_cleaning
from matinee.ranges import Range

VIENNA = ZoneInfo("Europe/Vienna")
HALLS = (1, 2, 3)
BILLS = [Bill(key, minutes) for key, minutes in enumerate((46, 90, 100, 120, 150, 222, None) * 4)]
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
CLOCK_CHANGES = [
    dt.date(2026, 3, 28),
    dt.date(2026, 3, 29),
    dt.date(2026, 10, 24),
    dt.date(2026, 10, 25),
]


def plan(day: dt.date, *, seed: str = "seed") -> list[Slot]:
    return plan_day(day, halls=HALLS, bills=BILLS, zone=VIENNA, seed=seed)


def by_hall(slots: list[Slot]) -> list[list[Slot]]:
    return [[slot for slot in slots if slot.hall == hall] for hall in HALLS]


@given(DAYS)
def test_each_hall_is_cleaned_before_the_next_screening(day):
    for slots in by_hall(plan(day)):
        for one, other in pairwise(slots):
            assert other.during.lower - one.during.upper >= CLEANING


@given(DAYS)
def test_the_last_screening_is_over_before_the_next_day_opens(day):
    tomorrow = by_hall(plan(day + dt.timedelta(days=1)))
    for today, next_day in zip(by_hall(plan(day)), tomorrow, strict=True):
        assert next_day[0].during.lower - today[-1].during.upper >= CLEANING


@given(DAYS)
def test_a_screening_lasts_as_long_as_its_film_and_the_trailers(day):
    minutes = {bill.film: bill.minutes or 110 for bill in BILLS}
    for slot in plan(day):
        assert slot.during.width == TRAILERS + dt.timedelta(minutes=minutes[slot.film])


@given(DAYS)
def test_doors_open_by_the_clock_on_the_wall(day):
    for slot in plan(day):
        local = slot.during.lower.astimezone(VIENNA)
        assert local.date() == day
        assert local.minute % 15 == 0
        assert dt.time(11) <= local.time() <= dt.time(23)


@pytest.mark.parametrize("day", CLOCK_CHANGES)
def test_a_day_the_clocks_change_is_a_day_like_any_other(day):
    slots = plan(day)

    assert all(len(hall) >= 2 for hall in by_hall(slots))
    assert {slot.during.lower.tzinfo for slot in slots} == {dt.UTC}


@given(DAYS)
def test_no_film_runs_in_two_halls_at_once(day):
    slots = plan(day)
    for one in slots:
        rivals = [slot for slot in slots if slot is not one and slot.film == one.film]
        assert not [s for s in rivals if s.during.overlaps(one.during)]


@given(DAYS)
def test_no_film_runs_twice_a_day_in_a_hall(day):
    for slots in by_hall(plan(day)):
        assert len({slot.film for slot in slots}) == len(slots)


@given(DAYS)
def test_the_same_seed_gives_the_same_day(day):
    assert plan(day) == plan(day)


def test_another_seed_gives_another_day():
    day = dt.date(2026, 5, 1)

    assert plan(day) != plan(day, seed="other")


def test_an_evening_at_the_weekend_costs_more_than_a_weekday_afternoon():
    monday, saturday = plan(dt.date(2026, 5, 4)), plan(dt.date(2026, 5, 9))
    short = {bill.film for bill in BILLS if (bill.minutes or 110) < 150}

    def prices(slots: list[Slot], *, evening: bool) -> set[Decimal]:
        return {
            slot.price
            for slot in slots
            if slot.film in short and (slot.during.lower.astimezone(VIENNA).hour >= 17) is evening
        }

    assert prices(monday, evening=False) == {Decimal("7.50")}
    assert prices(saturday, evening=True) == {Decimal("10.50")}


def test_with_no_films_nothing_is_shown():
    assert plan_day(dt.date(2026, 5, 4), halls=HALLS, bills=[], zone=VIENNA, seed="") == []


def test_a_screening_needs_the_hall_clean_before_and_after():
    slot = plan(dt.date(2026, 5, 4))[0]
    hour, minute = dt.timedelta(hours=1), dt.timedelta(minutes=1)

    lower, upper = slot.during.lower, slot.during.upper

    def rival(starts_at: dt.datetime) -> bool:
        return with_cleaning(slot.during).overlaps(Range(starts_at, starts_at + hour))

    assert rival(lower)
    assert rival(upper + CLEANING - minute)
    assert rival(lower - hour - CLEANING + minute)
    assert not rival(upper + CLEANING)
    assert not rival(lower - hour - CLEANING)
