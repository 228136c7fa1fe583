from dataclasses import replace

from matinee.reads.plan import plan_of
from matinee.reads.shape import Ask, Draft, Hop, Kind, Link, Note, Rows


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


def test_which_rows_go_to_a_place_of_their_own_and_are_a_query_more():
    draft = film()
    draft.follow(REVIEWS, ASK).want(["text"])
    draft.follow(REVIEWS, rows=Rows("best", "stars > 4", ("-stars",), 3)).want(["stars"])
    made = plan_of(draft.freeze())
    assert made.queries == 3
    assert [(step.place, names(step.plan.columns)) for step in made.fetches] == [
        ("reviews", {"film", "text"}),
        ("best", {"film", "stars"}),
    ]
    assert (
        "fetch reviews as best: Review where stars > 4, ordered by -stars, at most 3 each"
        in str(made)
    )


def test_each_question_to_a_manager_is_a_query_when_asked():
    draft = film()
    far = draft.call(REVIEWS, ".filter(stars__gte=4)", ASK)
    far.follow(AUTHOR)
    draft.call(REVIEWS, ".filter(stars__gte=4)", replace(ASK, field="good"))
    draft.call(REVIEWS, ".exclude(text='')", ASK)
    made = plan_of(draft.freeze())
    assert made.queries == 3
    (step,) = made.fetches
    assert (step.read, [call.text for call in step.calls]) == (
        False,
        [".filter(stars__gte=4)", ".exclude(text='')"],
    )
    assert (
        "fetch reviews.filter(stars__gte=4): Review, when asked"
        "  ← FilmSerializer.reviews, FilmSerializer.good" in str(made)
    )


def test_rows_and_questions_of_one_relation_are_one_step():
    draft = film()
    draft.call(REVIEWS, ".filter(stars__gte=4)", ASK)
    draft.follow(REVIEWS, ASK)
    (step,) = plan_of(draft.freeze()).fetches
    assert (step.read, step.queries) == (True, 2)


def test_what_the_database_computes_and_what_is_noted_is_printed():
    draft = film()
    draft.compute("review_count", object(), ASK)
    draft.note(Note(Kind.UNSEEN, replace(ASK, line="a.py:3"), "film is handed to dumps"))
    made = plan_of(draft.freeze())
    assert list(made.branches()) == [
        "├─ columns id, title",
        "├─ compute review_count  ← FilmSerializer.reviews",
        "└─ not seen: film is handed to dumps  ← FilmSerializer.reviews (a.py:3)",
    ]


def test_what_a_child_computes_on_its_parent_is_computed_on_the_parent():
    draft = film()
    parent = draft.follow(REVIEWS).follow(FILM)
    parent.compute("review_count", object(), ASK)
    parent.note(Note(Kind.APART, ASK, "Film.objects"))
    made = plan_of(draft.freeze())
    assert [each.name for each in made.computed] == ["review_count"]
    assert [each.kind for each in made.notes] == [Kind.APART]
