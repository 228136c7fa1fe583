from dataclasses import replace

from matinee.reads.plan import plan_of
from matinee.reads.shape import Ask, Draft, Hop, Link


class Film:
    pass


class Person:
    pass


class Review:
    pass


ASK = Ask("FilmSerializer", "reviews")
DIRECTOR = Hop(
    "director", "director", "id", Link.FORWARD, Person, ("director",), ("id",), join=True
)
REVIEWS = Hop("reviews", "review", "film__id", Link.MANY, Review, ("id",), ("film",), "film")
FILM = Hop("film", "film", "id", Link.FORWARD, Film, ("film",), ("id",), join=True)
AUTHOR = Hop("author", "author", "id", Link.FORWARD, Person, ("author",), ("id",), join=True)
SUBJECT = Hop("subject", "subject", "", Link.GENERIC, None, ("kind", "key"), ())


def film() -> Draft:
    draft = Draft(Film)
    draft.want(["id", "title"])
    return draft


def names(columns):
    return set(columns or ())


def test_a_shape_without_relations_is_one_query_of_its_columns():
    made = plan_of(film().freeze())

    assert made.columns == ("id", "title")
    assert made.queries == 1


def test_a_to_one_relation_is_joined_and_costs_no_query():
    draft = film()
    draft.follow(DIRECTOR, ASK).want(["name"])
    made = plan_of(draft.freeze())

    assert [step.hop for step in made.joins] == [DIRECTOR]
    assert made.joins[0].plan.columns == ("id", "name")
    assert made.queries == 1


def test_a_to_one_relation_whose_rows_a_join_would_find_wrongly_is_a_query_of_its_own():
    draft = film()
    draft.follow(replace(DIRECTOR, join=False), ASK)

    assert plan_of(draft.freeze()).queries == 2


def test_a_to_many_relation_is_one_query_more():
    draft = film()
    draft.follow(REVIEWS, ASK)
    made = plan_of(draft.freeze())

    assert [step.hop for step in made.fetches] == [REVIEWS]
    assert made.queries == 2


def test_a_generic_foreign_key_is_fetched_with_nothing_known_beyond():
    draft = film()
    draft.follow(SUBJECT, ASK)
    made = plan_of(draft.freeze())

    assert made.fetches[0].plan is None
    assert made.queries == 2


def test_queries_are_counted_through_joins_and_fetches():
    draft = film()
    author = draft.follow(REVIEWS, ASK).follow(AUTHOR, ASK)
    author.follow(
        Hop("films", "film", "director__id", Link.MANY, Film, ("id",), ("director",)), ASK
    )

    assert plan_of(draft.freeze()).queries == 3


def test_code_that_is_handed_the_object_gets_every_column():
    draft = film()
    draft.hand_over(ASK)
    made = plan_of(draft.freeze())

    assert made.columns is None
    assert made.whole == (ASK,)


def test_what_a_child_wants_of_its_parent_is_taken_from_the_parent():
    draft = film()
    draft.follow(REVIEWS, ASK).follow(FILM, ASK).want(["year"])
    made = plan_of(draft.freeze())

    assert names(made.columns) == {"id", "title", "year"}
    assert made.fetches[0].plan.joins == ()
    assert names(made.fetches[0].plan.columns) == {"film"}


def test_relations_wanted_of_the_parent_by_a_child_are_the_parents_own():
    draft = film()
    draft.follow(REVIEWS, ASK).follow(FILM, ASK).follow(DIRECTOR, ASK).want(["name"])
    made = plan_of(draft.freeze())

    assert [step.hop for step in made.joins] == [DIRECTOR]
    assert names(made.joins[0].plan.columns) == {"id", "name"}


def test_going_back_and_forth_ends_where_it_began():
    draft = film()
    there = draft.follow(REVIEWS, ASK)
    back = there.follow(FILM, ASK)
    back.follow(REVIEWS, ASK).want(["stars"])
    made = plan_of(draft.freeze())

    assert made.queries == 2
    assert names(made.fetches[0].plan.columns) == {"film", "stars"}


def test_a_parent_handed_to_code_by_its_child_is_loaded_whole():
    draft = film()
    draft.follow(REVIEWS, ASK).follow(FILM, ASK).hand_over(ASK)

    assert plan_of(draft.freeze()).columns is None


def test_the_print_shows_the_tree_the_count_and_who_asked():
    draft = film()
    draft.follow(DIRECTOR, Ask("FilmSerializer", "director")).want(["name"])
    draft.follow(REVIEWS, ASK).hand_over(Ask("ReviewSerializer", "summary"))

    assert str(plan_of(draft.freeze())).splitlines() == [
        "Film: 2 queries",
        "├─ columns id, title, director",
        "├─ join director: Person  ← FilmSerializer.director",
        "│  └─ columns id, name",
        "└─ fetch reviews: Review  ← FilmSerializer.reviews",
        "   └─ columns all  ← ReviewSerializer.summary",
    ]


def test_what_is_cut_off_is_printed():
    draft = film()
    draft.cut.append(Ask("TreeSerializer", "children"))

    assert "left lazy below the depth limit  ← TreeSerializer.children" in str(
        plan_of(draft.freeze())
    )
