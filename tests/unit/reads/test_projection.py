"""A projection is data: it can be compared, kept, and looked through."""

from dataclasses import replace

from matinee.reads.plan import Plan
from matinee.reads.projection import OMIT, Form, Nested, Projection, Python, Value
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
    assert list(FILM.inside()) == [REVIEW]


def test_an_object_is_parsed_where_code_or_a_missing_key_wants_it():
    code = replace(REVIEW, needs=Plan(Review, ("id",)))
    author = Hop("author", "author", "id", Link.FORWARD, Film, ("author",), ("id",))
    named = Projection(Review, (Value("by", "name", path=(author,), broken=OMIT),))

    assert not FILM.parsed
    assert code.parsed
    assert named.parsed
    assert replace(FILM, entries=(Nested("review", code),)).parsed
    assert replace(FILM, entries=(Nested("review", named),)).parsed


def test_keys_that_no_struct_can_have_are_numbered():
    odd = Value('a "quoted" title', "title")
    plain = replace(FILM, entries=(TITLE, odd))

    assert plain.names == plain.keys == ("title", 'a "quoted" title')
    assert replace(plain, needs=Plan(Film, ("id",))).names == ("f0", "f1")
    assert replace(FILM, needs=Plan(Film, ("id",))).names == FILM.keys
