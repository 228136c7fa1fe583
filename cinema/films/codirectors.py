"""Invented co-directors, marked as such: the data names one director at most."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from .models import Direction, Film

__all__ = ["generate"]

SEED = "matinee"


@dataclass(frozen=True, slots=True)
class _Credit:
    film: int
    row: int
    director: int
    genre: int | None
    decade: int


def generate(*, seed: str = SEED) -> int:
    """Give about one in ten directed films one or two co-directors of its genre and decade.

    Returns how many were made: 0 where there are some already. Three statements.
    """
    if Direction.objects.filter(generated=True).exists():
        return 0
    made = [
        Direction(film_id=film, director_id=director, generated=True)
        for film, director in _plan(_credits(), seed=seed)
    ]
    return len(Direction.objects.bulk_create(made, batch_size=1000))


def _credits() -> list[_Credit]:
    rows = (
        Film.objects.filter(source_row__isnull=False, directors__isnull=False)
        .order_by("source_row", "directors")
        .values_list("pk", "source_row", "directors", "genre", "released__year")
    )
    return [
        _Credit(film, row, director, genre, (year or 0) // 10)
        for film, row, director, genre, year in rows
    ]


def _plan(credits_: list[_Credit], *, seed: str) -> list[tuple[int, int]]:
    """Choose (film, director) pairs; the same for the same seed and the same films."""
    peers = defaultdict(dict)
    for credit in credits_:
        peers[credit.genre, credit.decade][credit.director] = None
    pairs = []
    for credit in credits_:
        random = Random(f"{seed}/co-director/{credit.row}")  # noqa: S311
        chance = random.random()
        if chance > 0.1:
            continue
        others = [name for name in peers[credit.genre, credit.decade] if name != credit.director]
        chosen = random.sample(others, min(len(others), 2 if chance < 0.015 else 1))
        pairs += [(credit.film, director) for director in chosen]
    return pairs
