"""The pages of the site, each with a name for the tests."""

from typing import NamedTuple

import psycopg

# Names of pages that anybody may open, and of those for staff of the demonstration.
OPEN = [
    "catalogue",
    "filtered catalogue",
    "empty catalogue",
    "refused filter",
    "film",
    "film of which little is known",
    "director",
    "programme",
    "empty programme",
    "free slots",
    "seats",
    "about",
    "log in",
    "not found",
    "comparison",
]
STAFF = ["write a review", "book seats", "own bookings", "break it"]
EVERY = [*OPEN, *STAFF]

SCREENED = """
    SELECT film_id FROM programme_screening JOIN films_direction USING (film_id)
    WHERE lower(during) > now() GROUP BY film_id ORDER BY count(*) DESC, film_id LIMIT 1
"""
LITTLE_KNOWN = """
    SELECT id FROM films_film WHERE genre_id IS NULL AND distributor_id IS NULL
    AND id NOT IN (SELECT film_id FROM films_direction) ORDER BY id LIMIT 1
"""
BUSIEST = """
    SELECT director_id FROM films_direction
    GROUP BY director_id ORDER BY count(*) DESC, director_id LIMIT 1
"""
BOOKED = """
    SELECT screening_id FROM bookings_booking JOIN programme_screening s ON s.id = screening_id
    WHERE lower(during) > now() + interval '3 hours' ORDER BY lower(during), s.id LIMIT 1
"""
STATEMENTS = (SCREENED, LITTLE_KNOWN, BUSIEST, BOOKED)


class Keys(NamedTuple):
    film: int
    little_known: int
    director: int
    screening: int


def keys(database_url: str) -> Keys:
    """Choose rows worth looking at."""
    with psycopg.connect(database_url) as connection:
        rows = [connection.execute(sql).fetchone() for sql in STATEMENTS]
    return Keys(*(row[0] for row in rows))


def paths(keys: Keys) -> dict[str, str]:
    found = {
        "catalogue": "/",
        "filtered catalogue": "/?decade=1990&rating=8&order=title",
        "empty catalogue": "/?title=no+film+is+called+this",
        "refused filter": "/?decade=nonsense",
        "film": f"/films/{keys.film}/",
        "film of which little is known": f"/films/{keys.little_known}/",
        "director": f"/directors/{keys.director}/",
        "programme": "/programme/",
        "empty programme": "/programme/1995-12-28/",
        "free slots": "/programme/?minutes=90",
        "seats": f"/bookings/screening/{keys.screening}/",
        "about": "/about/",
        "log in": "/accounts/login/",
        "not found": "/nowhere/",
        "comparison": "/backstage/compare/?page=/about/",
        "write a review": f"/reviews/{keys.film}/",
        "book seats": f"/bookings/screening/{keys.screening}/",
        "own bookings": "/bookings/",
        "break it": "/backstage/break/",
    }
    assert sorted(found) == sorted(EVERY)
    return found
