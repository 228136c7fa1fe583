"""Invented reviews say only what is true of the film."""

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cinema.reviews import phrases
from cinema.reviews.grammar import Facts, review, stars

FILM = Facts(
    title="Alien",
    year=1979,
    minutes=140,
    genre="Horror",
    based_on="Original Screenplay",
    setting="Science Fiction",
    director="Ridley Scott",
    rating=8.5,
)
SEEDS = st.integers(0, 10**6)
STARS = st.integers(1, 5)


def write(facts: Facts, *, given_stars: int, seed: int) -> str:
    return review(facts, given=given_stars, random=Random(seed))


@given(SEEDS, STARS)
def test_a_review_is_sentences_with_every_gap_filled(seed, given_stars):
    text = write(FILM, given_stars=given_stars, seed=seed)

    assert text[0].isupper()
    assert text[-1] in ".!?"
    assert not set("{}") & set(text)
    assert "  " not in text
    assert 10 < len(text) < 600


@given(SEEDS, STARS)
def test_it_names_no_decade_but_the_films_own(seed, given_stars):
    text = write(FILM, given_stars=given_stars, seed=seed)

    assert set(re.findall(r"\d{4}s", text)) <= {"1970s"}


@given(SEEDS, STARS)
def test_it_speaks_of_nothing_that_is_not_known(seed, given_stars):
    text = write(Facts(title="Alien"), given_stars=given_stars, seed=seed)

    said = [*phrases.BASED_ON.values(), *phrases.SETTING.values()]
    said += [
        sentence for moods in phrases.GENRE.values() for each in moods.values() for sentence in each
    ]
    assert not [sentence for sentence in said if sentence in text]
    assert not re.search(r"\d{4}s|minutes it|It runs for", text)


def test_director_genre_decade_and_length_are_mentioned_now_and_then():
    texts = " ".join(write(FILM, given_stars=seed % 5 + 1, seed=seed) for seed in range(300))

    assert "Ridley Scott" in texts
    assert "1970s" in texts
    assert "140 minutes" in texts
    assert any(sentence in texts for sentence in phrases.GENRE["Horror"]["good"])


@given(st.text(min_size=1), SEEDS, STARS)
def test_a_title_is_quoted_whatever_it_holds(title, seed, given_stars):
    assert write(Facts(title=title, director="{title"), given_stars=given_stars, seed=seed)


@given(SEEDS, st.none() | st.floats(0, 10))
def test_stars_are_one_to_five(seed, rating):
    assert stars(Facts(title="", rating=rating), random=Random(seed)) in range(1, 6)


def test_better_films_get_more_stars():
    def mean(rating: float) -> float:
        return (
            sum(stars(Facts("", rating=rating), random=Random(seed)) for seed in range(500)) / 500
        )

    assert mean(2) < mean(5) < mean(8.5)


def test_texts_differ():
    texts = {write(FILM, given_stars=seed % 5 + 1, seed=seed) for seed in range(1000)}

    assert len(texts) > 950
