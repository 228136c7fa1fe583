"""Rows for the API's tests, and the callers that ask for them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Permission, User
from django.test import Client

from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer

ENDPOINTS = ["films", "directors", "genres", "distributors", "halls", "screenings", "reviews"]
# What everybody sees of their own alone, and nobody changes.
OWN = ["bookings"]
OPENING = datetime(2026, 11, 22, 10, tzinfo=UTC)
_serial = count(1)


def fill(films: int) -> list[Film]:
    """Add *films* films: each with a genre, a distributor, two directors, three reviews, a screening.

    So many of everything else too, so that every list has as many rows more.
    """
    start = next(_serial) * 1000
    span = range(start, start + films)
    genres = Genre.objects.bulk_create(Genre(name=f"Genre {n}") for n in span)
    distributors = Distributor.objects.bulk_create(Distributor(name=f"House {n}") for n in span)
    directors = Director.objects.bulk_create(Director(name=f"Director {n}") for n in span)
    halls = Hall.objects.bulk_create(Hall(name=f"Hall {n}", seats=50 + n % 100) for n in span)
    people = Reviewer.objects.bulk_create(
        Reviewer(name=f"Reviewer {n}") for n in [*span, start + 998, start + 999]
    )
    rows = Film.objects.bulk_create(
        Film(
            title=f"Film {n}",
            released=date(1950 + n % 60, 1 + n % 12, 1 + n % 28),
            minutes=90 + n % 60,
            certificate="PG",
            genre=genre,
            distributor=distributor,
            imdb_rating=Decimal(n % 100) / 10,
            imdb_votes=n,
        )
        for n, genre, distributor in zip(span, genres, distributors, strict=True)
    )
    Direction.objects.bulk_create(
        Direction(film=film, director=directors[at], generated=bool(step))
        for n, film in enumerate(rows)
        for step in range(min(2, films))
        for at in [(n + step) % films]
    )
    Review.objects.bulk_create(
        Review(film=film, author=people[n + step], stars=1 + n % 5, text=f"Review {n}.{step}")
        for n, film in enumerate(rows)
        for step in range(3)
    )
    Screening.objects.bulk_create(
        Screening(
            film=film,
            hall=hall,
            during=(OPENING + timedelta(hours=n), OPENING + timedelta(hours=n + 2)),
            price=Decimal("9.50"),
        )
        for n, film, hall in zip(range(films), rows, halls, strict=True)
    )
    return rows


def visitor(name: str = "vera", *, pen_name: str | None = "Vera V.") -> Client:
    """Return the client of somebody who is logged in and writes reviews."""
    user = User.objects.create_user(name, password="correct horse")
    if pen_name is not None:
        Reviewer.objects.create(name=pen_name, user=user)
    return logged_in(user)


def staff(name: str = "stan") -> Client:
    """Return the client of somebody on the staff, who may do all the house does."""
    user = User.objects.create_user(name, password="correct horse", is_staff=True)
    apps = ["films", "programme", "reviews"]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=apps))
    return logged_in(user)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, method: str, path: str, body: object = None):
    """Send *body* as JSON and return the response; a str or bytes goes out as it is."""
    extra = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(client, method)(path, **extra)


def row(endpoint: str) -> dict:
    """Return what can be posted to make a new row, its relations freshly made."""
    n = next(_serial)
    match endpoint:
        case "films":
            return {"title": f"New film {n}", "released": "1949-09-01", "minutes": 104}
        case "halls":
            return {"name": f"New hall {n}", "seats": 80}
        case "screenings":
            day = OPENING + timedelta(days=100 + n)
            return {
                "film_id": Film.objects.create(title=f"Screened {n}").pk,
                "hall_id": Hall.objects.create(name=f"Booked hall {n}", seats=10).pk,
                "during": during(day, day + timedelta(hours=2)),
                "price": "9.50",
            }
        case "reviews":
            film = Film.objects.create(title=f"Reviewed {n}")
            return {"film_id": film.pk, "stars": 4, "text": "The zither stays."}
        case _:
            return {"name": f"New {endpoint} {n}"}


def during(lower: datetime, upper: datetime) -> dict[str, str]:
    return {"lower": lower.isoformat(), "upper": upper.isoformat(), "bounds": "[)"}


def make(client: Client, endpoint: str, **changes) -> dict:
    """Post a new row and return what is answered."""
    response = send(client, "post", f"/api/{endpoint}/", row(endpoint) | changes)
    assert response.status_code == 201, response.content
    return response.json()
