from matinee.reads.shape import Ask, Column, Draft, Hop, Link, Shape


class Film:
    pass


class Person:
    pass


DIRECTOR = Hop("director", "director", "id", Link.FORWARD, Person, ("director",), ("id",))
BY_NAME = Ask("FilmSerializer", "director_name")
BY_AGE = Ask("FilmSerializer", "director_age")


def test_a_draft_freezes_to_what_was_wanted_in_the_order_it_was_wanted():
    draft = Draft(Film)
    draft.want(["title", "id"], BY_NAME)

    assert draft.freeze() == Shape(Film, (Column("title", (BY_NAME,)), Column("id", (BY_NAME,))))


def test_wanting_a_column_twice_names_both_who_asked_and_loads_it_once():
    draft = Draft(Film)
    draft.want(["title"], BY_NAME)
    draft.want(["title"], BY_AGE)
    draft.want(["title"], BY_AGE)

    assert draft.freeze().columns == (Column("title", (BY_NAME, BY_AGE)),)


def test_following_a_relation_wants_the_fields_the_link_is_made_by_at_both_ends():
    draft = Draft(Film)
    draft.follow(DIRECTOR, BY_NAME)

    shape = draft.freeze()
    assert [column.name for column in shape.columns] == ["director"]
    assert [column.name for column in shape.relations[0].shape.columns] == ["id"]


def test_following_a_relation_twice_leads_to_one_draft():
    draft = Draft(Film)
    first = draft.follow(DIRECTOR, BY_NAME)
    second = draft.follow(DIRECTOR, BY_AGE)

    assert first is second
    assert draft.freeze().relations[0].asks == (BY_NAME, BY_AGE)


def test_a_generic_foreign_key_has_no_shape_beyond():
    anything = Hop("target", "target", "", Link.GENERIC, None, ("kind", "key"), ())
    draft = Draft(Film)

    assert draft.follow(anything, BY_NAME) is None
    assert draft.freeze().relations[0].shape is None


def test_merging_a_shape_into_an_empty_draft_gives_that_shape():
    draft = Draft(Film)
    draft.want(["title"], BY_NAME)
    draft.follow(DIRECTOR, BY_NAME).want(["name"], BY_NAME)
    draft.hand_over(BY_AGE)
    shape = draft.freeze()

    copy = Draft(Film)
    copy.merge(shape)
    assert copy.freeze() == shape


def test_merging_a_shape_twice_changes_nothing():
    draft = Draft(Film)
    draft.follow(DIRECTOR, BY_NAME).want(["name"], BY_NAME)
    shape = draft.freeze()
    draft.merge(shape)

    assert draft.freeze() == shape


def test_shapes_are_values():
    one, other = Draft(Film), Draft(Film)
    for draft in (one, other):
        draft.follow(DIRECTOR, BY_NAME).want(["name"], BY_AGE)

    assert hash(one.freeze()) == hash(other.freeze())


def test_an_ask_says_which_field_and_how():
    assert str(BY_NAME) == "FilmSerializer.director_name"
    assert str(Ask("FilmSerializer", "genre", "Genre.__str__")) == (
        "FilmSerializer.genre (Genre.__str__)"
    )
    assert str(Ask("FilmSerializer", "")) == "FilmSerializer"
