"""Films for the tests of the pages, and a reader of what comes back."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser

from django.utils import timezone

from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Screening
from cinema.reviews.models import Review, Reviewer


class Page(HTMLParser):
    """What a page is made of, as far as these tests ask."""

    def __init__(self, answer) -> None:
        super().__init__()
        self.html = answer.content.decode()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def headings(self):
        """The levels of the page's own headings, without the drawer's."""
        own = self.html.partition('<aside class="bs"')[0]
        return [int(level) for level in re.findall(r"<h([1-6])[\s>]", own)]

    @property
    def films(self):
        """The titles of the catalogue's cards, in order."""
        return re.findall(r"<h3>(.*?)</h3></a>", self.html)


def make_film(number, *, hall=None, **changes):
    """Add a film with a genre, a distributor, two directors, two reviews and a screening."""
    facts = {
        "title": f"Film {number:03}",
        "released": date(1949, 9, 1),
        "minutes": 104,
        "certificate": "PG",
        "genre": Genre.objects.create(name=f"Genre {number}"),
        "distributor": Distributor.objects.create(name=f"House {number}"),
        "imdb_rating": Decimal("8.1"),
        "imdb_votes": 50_000,
        "tomatoes": 99,
        "budget": 1_500_000,
        "source_row": number + 1,
    }
    film = Film.objects.create(**facts | changes)
    for place, generated in (("first", False), ("second", True)):
        director = Director.objects.create(name=f"The {place} director of {number}")
        Direction.objects.create(film=film, director=director, generated=generated)
        author, _ = Reviewer.objects.get_or_create(name=f"The {place} reviewer")
        Review.objects.create(film=film, author=author, stars=4, text=f"Seen {place}.")
    if hall:
        show(film, hall, timezone.now() + timedelta(days=2, minutes=3 * number))
    return film


def show(film, hall, starts_at, *, minutes=2):
    """Show *film*, which is short: a hall has one screening at a time."""
    during = starts_at, starts_at + timedelta(minutes=minutes)
    return Screening.objects.create(film=film, hall=hall, during=during, price=Decimal("9.50"))


def addresses(film):
    director = film.directors.first()
    return {
        "catalogue": "/",
        "nothing found": "/?title=zzz",
        "film": film.get_absolute_url(),
        "director": director.get_absolute_url(),
        "programme": "/programme/",
        "empty day": "/programme/1999-12-31/",
        "about": "/about/",
        "login": "/accounts/login/",
        "not found": "/nowhere/",
    }
