"""A projection is data: it can be compared, kept, and looked through."""

from dataclasses import replace

from matinee.reads.projection import Form, Nested, Projection, Python, Value
from matinee.reads.shape import Hop, Link


class Film:
    pass


class Review:
    pass


REVIEWS = Hop("reviews", "reviews", "film__id", Link.MANY, Review, ("id",), ("film",), "film")
STARS = Value("stars", "stars")
REVIEW = Projection(Review, (STARS, Python("label")))
TITLE = Value("title", "title", Form.TEXT)
IDS = Nested("ids", Value("", "id"), (REVIEWS,), many=True)
FILM = Projection(Film, (TITLE, Nested("reviews", REVIEW, (REVIEWS,), many=True), IDS))


def test_projections_that_say_the_same_are_the_same():
    same = Projection(Film, (TITLE, Nested("reviews", REVIEW, (REVIEWS,), many=True), IDS))

    assert same == FILM
    assert hash(same) == hash(FILM)
    assert replace(FILM, entries=(TITLE,)) != FILM


def test_values_are_found_whatever_they_are_in():
    assert [value.column for value in FILM.values()] == ["title", "stars", "id"]


def test_nested_objects_are_found_and_bare_values_are_none():
    assert list(FILM.nested()) == [("reviews", REVIEW)]
