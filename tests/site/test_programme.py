"""The day as a drawing: gaps, closures, free slots, and how full the house is."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from cinema.bookings.models import Booking
from cinema.films.models import Film
from cinema.programme.models import Hall, Screening
from cinema.programme.occupancy import occupancy
from cinema.programme.timeline import window
from matinee.ranges import MultiRange, Range
from matinee.testing import assert_reads
from tests.site._api import during, row, send, staff
from tests.site._pages import Page, show

pytestmark = pytest.mark.django_db
VIENNA = ZoneInfo("Europe/Vienna")
DAY = "/programme/2026-05-01/"
HTMX = {"HX-Request": "true"}


def at(hour, minute=0, day=1):
    return datetime(2026, 5, day, hour, minute, tzinfo=VIENNA)


@pytest.fixture
def hall():
    return Hall.objects.create(name="Attic", seats=32)


@pytest.fixture
def film():
    return Film.objects.create(title="Stalker", minutes=162)


def table(answer):
    """The rows of the page's table, as lists of their cells."""
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", each)]
        for each in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_the_table_says_what_the_drawing_shows(client, hall, film):
    show(film, hall, at(14), minutes=120)
    show(film, hall, at(20, 15), minutes=120)
    answer = client.get(DAY)
    assert table(answer) == [
        ["Attic", "14:00", "16:00", "Stalker"],
        ["Attic", "20:15", "22:15", "Stalker"],
    ]
    bars = Page(answer).all("svg")
    assert len([each for each in bars if each.get("class") == "bar shown"]) == 2


@pytest.mark.parametrize(
    ("minutes", "slots"),
    [
        (60, [["10:00", "14:00"], ["16:00", "20:15"], ["22:15", "02:00"]]),
        (180, [["10:00", "14:00"], ["16:00", "20:15"]]),
        (205, [["16:00", "20:15"]]),
        (206, []),
        (600, []),
    ],
)
def test_a_free_slot_holds_the_film_its_trailers_and_the_cleaning(
    client, hall, film, minutes, slots
):
    show(film, hall, at(14), minutes=120)
    show(film, hall, at(20, 15), minutes=120)
    found = [each[1:3] for each in table(client.get(DAY, {"minutes": minutes})) if "free" in each]
    assert found == slots


def test_no_slot_is_free_while_the_hall_is_closed(client, hall):
    hall.closed = [(at(12), at(18)), (at(9, day=2), at(12, day=2))]
    hall.save()
    assert table(client.get(DAY, {"minutes": 60})) == [
        ["Attic", "10:00", "12:00", "free"],
        ["Attic", "12:00", "18:00", "closed"],
        ["Attic", "18:00", "02:00", "free"],
    ]


@pytest.mark.parametrize("minutes", ["0", "-5", "601", "x", "9" * 5000, "\x00", "1e9"])
def test_a_length_nobody_can_mean_is_an_error_of_the_form(client, hall, minutes):
    answer = client.get(DAY, {"minutes": minutes})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert table(answer) == []


def test_htmx_gets_the_drawing_alone(client, hall):
    answer = client.get(DAY, {"minutes": "90"}, headers=HTMX)
    assert "<html" not in answer.content.decode()
    assert "1 free slot for a film of 90 minutes" in answer.content.decode()


def test_the_house_is_open_as_long_on_days_when_the_clocks_change():
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 5, 1)):
        assert window(day, VIENNA).width == timedelta(hours=16)
        assert window(day, VIENNA).lower.astimezone(VIENNA).hour == 10


def test_each_day_of_the_week_is_counted_the_empty_ones_too(hall, film):
    booked = show(film, hall, at(20, day=5))
    Booking.objects.create(screening=booked, seats=(1, 9))
    show(film, hall, at(22, day=5))
    with assert_reads(1):
        rows = list(occupancy(date(2026, 5, 4), date(2026, 5, 10), zone=VIENNA))
    assert [each.term.lower.astimezone(VIENNA).day for each in rows] == [4, 5, 6, 7, 8, 9, 10]
    assert [each.shown for each in rows] == [0, 2, 0, 0, 0, 0, 0]
    assert [(each.seats, each.booked, each.percent) for each in rows[1:3]] == [
        (64, 8, 12),
        (0, 0, 0),
    ]


def test_the_days_of_the_week_that_the_clocks_change_are_whole(hall, film):
    rows = list(occupancy(date(2026, 3, 28), date(2026, 3, 30), zone=VIENNA))
    assert [each.term.width for each in rows] == [timedelta(hours=h) for h in (24, 23, 24)]


# Closures


def test_a_closed_hall_shows_nothing(hall, film):
    hall.closed = [(at(12), at(18))]
    hall.save()
    screening = Screening(film=film, hall=hall, price=9, during=(at(17), at(19)))
    with pytest.raises(ValidationError) as caught:
        screening.full_clean()
    assert caught.value.message_dict == {"during": ["Attic is closed then."]}
    screening.during = (at(18), at(20))
    screening.full_clean()


def test_a_hall_that_shows_something_is_not_closed(hall, film):
    show(film, hall, at(14), minutes=120)
    hall.closed = [(at(8), at(14)), (at(15, 59), at(18))]
    with pytest.raises(ValidationError) as caught:
        hall.full_clean()
    assert caught.value.message_dict.keys() == {"closed"}
    hall.closed = [(at(8), at(14)), (at(16), at(18))]
    hall.full_clean()


def test_the_api_refuses_what_the_hall_is_closed_for(hall):
    client = staff()
    closed = [during(at(12), at(18))]
    answer = send(client, "patch", f"/api/halls/{hall.pk}/", {"closed": closed})
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["closed"]) == 1
    body = row("screenings") | {"hall_id": hall.pk, "during": during(at(17), at(19))}
    answer = send(client, "post", "/api/screenings/", body)
    assert (answer.status_code, answer.json()) == (400, {"during": ["Attic is closed then."]})
    body |= {"during": during(at(18), at(20))}
    assert send(client, "post", "/api/screenings/", body).status_code == 201
    closed = [during(at(12), at(18, 1))]
    answer = send(client, "patch", f"/api/halls/{hall.pk}/", {"closed": closed})
    assert (answer.status_code, answer.json().keys()) == (400, {"closed"})


def test_closures_are_edited_in_the_office(admin_client, hall):
    page = f"/admin/programme/hall/{hall.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    assert form["closed"].value() == ""
    sent = {
        "name": "Attic",
        "seats": "32",
        "closed": "2026-05-01 12:00 to 2026-05-01 18:00",
        "screenings-TOTAL_FORMS": "0",
        "screenings-INITIAL_FORMS": "0",
    }
    answer = admin_client.post(page, sent)
    assert answer.status_code == 302, answer.context["errors"]
    hall.refresh_from_db()
    assert hall.closed == MultiRange([Range(at(12), at(18))])
    assert admin_client.post(page, sent | {"closed": ""}).status_code == 302
    hall.refresh_from_db()
    assert hall.closed == MultiRange([])


# Double bookings in the office


def sent(hall, film, start, end):
    return {
        "film": film.pk,
        "hall": hall.pk,
        "during_0_0": f"{start:%Y-%m-%d}",
        "during_0_1": f"{start:%H:%M:%S}",
        "during_1_0": f"{end:%Y-%m-%d}",
        "during_1_1": f"{end:%H:%M:%S}",
        "during_bounds": "[)",
        "price": "9.50",
    }


def test_the_office_books_a_hall_once_and_says_what_is_in_the_way(admin_client, hall, film):
    page = "/admin/programme/screening/add/"
    answer = admin_client.post(page, sent(hall, film, at(14), at(16)))
    assert answer.status_code == 302, answer.context["errors"]
    answer = admin_client.post(page, sent(hall, film, at(15), at(17)))
    assert answer.status_code == 200
    assert "Another screening overlaps" in str(answer.context["errors"])
    assert admin_client.post(page, sent(hall, film, at(16), at(17))).status_code == 302
    answer = admin_client.post(page, sent(hall, film, at(19), at(18)))
    assert answer.status_code == 200
    assert Screening.objects.count() == 2


def test_a_race_that_is_lost_in_the_office_is_an_error_of_the_form(
    admin_client, hall, film, monkeypatch
):
    show(film, hall, at(14), minutes=120)
    # As it is when another one books after this one has looked.
    monkeypatch.setattr(Screening, "validate_constraints", lambda *_, **__: None)
    answer = admin_client.post("/admin/programme/screening/add/", sent(hall, film, at(15), at(17)))
    assert answer.status_code == 200
    assert "Another screening overlaps" in str(answer.context["errors"])


def test_the_office_lists_and_filters_screenings_by_time(admin_client, hall, film):
    show(film, hall, timezone.now() - timedelta(days=400))
    show(film, hall, timezone.now() - timedelta(minutes=1))
    show(film, hall, timezone.now() + timedelta(days=400))
    changelist = admin_client.get("/admin/programme/screening/").context["cl"]
    [when] = [each for each in changelist.filter_specs if str(each.title) == "during"]
    links = {
        str(each["display"]).lower(): each["query_string"] for each in when.choices(changelist)
    }
    counts = {
        name: admin_client.get(f"/admin/programme/screening/{query}").context["cl"].result_count
        for name, query in links.items()
    }
    assert (counts["now"], counts["upcoming"], counts["past"]) == (1, 1, 1), counts


# From the schema before


@pytest.mark.django_db(transaction=True)
def test_screenings_of_the_schema_before_keep_their_times(hall, film):
    from django.db.migrations.executor import MigrationExecutor

    screening = show(film, hall, datetime(2026, 5, 1, 18, tzinfo=UTC), minutes=120)
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        executor = MigrationExecutor(connection)
        executor.migrate([("bookings", None), ("programme", "0001_initial")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT starts_at, ends_at FROM programme_screening")
            assert cursor.fetchall() == [(screening.during.lower, screening.during.upper)]
    finally:
        MigrationExecutor(connection).migrate(latest)
    assert Screening.objects.get().during == screening.during
