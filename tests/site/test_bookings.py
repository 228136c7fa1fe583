"""Seats are booked and given back, and none is sold twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, BoundedSemaphore

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from cinema.bookings import generate
from cinema.bookings.models import Booking
from cinema.bookings.taking import SoldOutError, free_seats, take
from cinema.films.models import Film
from cinema.programme.models import Hall, Screening
from matinee.ranges import Range
from matinee.testing import assert_reads
from tests.site._api import send, visitor
from tests.site._pages import Page

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def shown(seats=30, *, hours=2, name="Attic", **options):
    hall = Hall.objects.create(name=name, seats=seats)
    start = timezone.now() + timedelta(hours=hours)
    return Screening.objects.create(
        film=Film.objects.create(title="Stalker"),
        hall=hall,
        during=(start, start + timedelta(hours=2)),
        price=Decimal("9.50"),
        **options,
    )


@pytest.fixture
def screening():
    return shown()


def page_of(screening):
    return f"/bookings/screening/{screening.pk}/"


def test_seats_are_given_beside_each_other_from_the_first_on(screening):
    assert take(screening, count=2, visitor=None).seats == Range(1, 3)
    Booking.objects.create(screening=screening, seats=(5, 9))
    assert take(screening, count=3, visitor=None).seats == Range(9, 12)
    assert take(screening, count=2, visitor=None).seats == Range(3, 5)
    assert list(free_seats(screening)) == [Range(12, 31)]


def test_who_comes_too_late_is_told_so(screening):
    Booking.objects.create(screening=screening, seats=(1, 11))
    Booking.objects.create(screening=screening, seats=(12, 22))
    Booking.objects.create(screening=screening, seats=(22, 31))
    with pytest.raises(SoldOutError):
        take(screening, count=2, visitor=None)
    assert take(screening, count=1, visitor=None).seats == Range(11, 12)


def test_the_database_sells_no_seat_twice_whoever_asks(screening):
    Booking.objects.create(screening=screening, seats=(1, 5))
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(screening=screening, seats=(4, 6))
    other = shown(name="Lumière")
    assert Booking.objects.create(screening=other, seats=(4, 6)).pk


@pytest.mark.parametrize("seats", [(0, 2), (30, 32), (3, 3), (1, 12), (None, 3), (3, None)])
def test_a_seat_that_is_not_there_is_not_sold(screening, seats):
    with pytest.raises(ValidationError) as caught:
        Booking(screening=screening, seats=seats).full_clean()
    assert caught.value.message_dict.keys() == {"seats"}


@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_at_once_as_many_sit_as_there_are_seats():
    screening, room, start = shown(96), BoundedSemaphore(40), Barrier(40)

    def attempt(number: int) -> int:
        with room:
            if number < start.parties:
                start.wait()
            try:
                return take(screening, count=1 + number % 3, visitor=None).seats.width
            except SoldOutError:
                return 0
            finally:
                connection.close()

    with ThreadPoolExecutor(40) as pool:
        got = list(pool.map(attempt, range(200)))
    seats = sorted(number for each in Booking.objects.all() for number in each.seats.elements())
    assert seats == list(range(1, 97))
    assert sum(got) == 96
    assert got.count(0) == 200 - Booking.objects.count()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_name_the_same_seat_over_the_api_one_sits():
    screening = shown(96)
    clients = [visitor(f"v{number}", pen_name=None) for number in range(8)]
    body = {"screening_id": screening.pk, "seats": {"lower": 5, "upper": 7}}
    gate = Barrier(len(clients))

    def post(client):
        gate.wait()
        try:
            return send(client, "post", "/api/bookings/", body)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(post, clients))
    assert min(each.status_code for each in answers) == 201
    for each in answers:
        assert each.status_code in {201, 400, 409}
        if each.status_code == 409:
            assert each.json()["code"] in {"conflict.overlap", "conflict.deadlock"}
        if each.status_code == 400:
            assert each.json().keys() == {"seats"}
    assert Booking.objects.count() == 1


def test_a_visitor_books_and_cancels_on_the_page(client, screening):
    vera = User.objects.create_user("vera")
    client.force_login(vera)
    answer = client.post(page_of(screening), {"count": "3"}, follow=True)
    assert "Booked: seats 1-3." in answer.content.decode()
    booking = Booking.objects.get()
    assert (booking.visitor, booking.generated) == (vera, False)
    assert "Stalker" in client.get("/bookings/").content.decode()
    answer = client.post(f"/bookings/{booking.pk}/cancel/", follow=True)
    assert "Cancelled: seats 1-3." in answer.content.decode()
    assert not Booking.objects.exists()


def test_htmx_gets_the_room_alone(client, screening):
    client.force_login(User.objects.create_user("vera"))
    answer = client.post(page_of(screening), {"count": "2"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert answer.content.decode().count('class="seat-yours" transform') == 2


def test_the_plan_tells_seats_apart_without_colour(client, screening):
    Booking.objects.create(screening=screening, seats=(1, 4))
    html = client.get(page_of(screening)).content.decode()
    drawn = html.partition("<figcaption>")[0]
    assert drawn.count('class="seat-taken"') == drawn.count("M2 2L6 6M6 2L2 6") == 3
    assert "27 of 30 seats are free." in html
    assert 'style="' not in html


def test_a_page_of_seats_costs_as_much_for_many_bookings(client, screening):
    for count in (1, 20):
        for _number in range(count):
            take(screening, count=1, visitor=None)
        with assert_reads(2):
            client.get(page_of(screening))


def test_who_is_not_logged_in_looks_but_does_not_book(client, screening):
    page = Page(client.get(page_of(screening)))
    assert [form for form in page.all("form") if "screening" in (form.get("action") or "")] == []
    answer = client.post(page_of(screening), {"count": "1"})
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")
    assert not Booking.objects.exists()


@pytest.mark.parametrize("count", ["", "0", "11", "x", "-1", "9" * 5000, "\x00"])
def test_a_number_nobody_can_mean_is_an_error_of_the_form(client, screening, count):
    client.force_login(User.objects.create_user("vera"))
    answer = client.post(page_of(screening), {"count": count})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not Booking.objects.exists()


def test_when_it_has_begun_nobody_books_or_cancels(client):
    screening = shown(hours=-1)
    vera = User.objects.create_user("vera")
    client.force_login(vera)
    booking = Booking.objects.create(screening=screening, seats=(1, 2), visitor=vera)
    assert "has begun" in client.post(page_of(screening), {"count": "1"}).content.decode()
    client.post(f"/bookings/{booking.pk}/cancel/")
    assert list(Booking.objects.all()) == [booking]


def test_nobody_cancels_for_another(client, screening):
    booking = take(screening, count=1, visitor=User.objects.create_user("vera"))
    client.force_login(User.objects.create_user("otto"))
    assert client.post(f"/bookings/{booking.pk}/cancel/").status_code == 404
    assert send(client, "delete", f"/api/bookings/{booking.pk}/").status_code == 404
    assert client.get("/api/bookings/").json()["results"] == []


def test_over_the_api_visitors_book_see_and_cancel_their_own(client, screening):
    vera = visitor()
    body = {"screening_id": screening.pk, "seats": {"lower": 5, "upper": 7, "bounds": "[)"}}
    made = send(vera, "post", "/api/bookings/", body)
    assert made.status_code == 201, made.content
    assert made.json()["seats"] == {"lower": 5, "upper": 7, "bounds": "[)"}
    assert vera.get("/api/bookings/").json()["results"] == [made.json()]
    assert send(client, "post", "/api/bookings/", body).status_code == 403
    refused = send(visitor("otto", pen_name=None), "post", "/api/bookings/", body)
    assert (refused.status_code, refused.json()) == (
        400,
        {"seats": ["Somebody has booked one of these seats already."]},
    )
    assert send(vera, "delete", made.json()["url"]).status_code == 204


@pytest.mark.parametrize(
    "seats", [{"lower": 30, "upper": 32}, {"lower": 0, "upper": 2}, "[2,1]", None, 5, "empty"]
)
def test_over_the_api_a_seat_that_is_not_there_is_refused_by_name(screening, seats):
    body = {"screening_id": screening.pk, "seats": seats}
    answer = send(visitor(), "post", "/api/bookings/", body)
    assert (answer.status_code, answer.json().keys()) == (400, {"seats"})


def test_a_screening_that_is_booked_cannot_be_deleted(screening):
    take(screening, count=1, visitor=None)
    with pytest.raises(ProtectedError):
        screening.delete()


def test_bookings_are_invented_once_for_what_is_invented():
    coming = shown(96, hours=24, generated=True)
    shown(30, hours=-240, name="Past", generated=True)
    shown(30, hours=30, name="Of staff")
    today = timezone.localdate()
    count = generate.generate(today=today)
    assert count == Booking.objects.filter(screening=coming, generated=True).count() > 0
    assert generate.generate(today=today) == 0
    rows = list(Booking.objects.values_list("seats", flat=True))
    Booking.objects.all().delete()
    generate.generate(today=today)
    assert list(Booking.objects.values_list("seats", flat=True)) == rows
