"""Reviews made up from parts: what they state of a film is true of it. No database."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from . import phrases

__all__ = ["Facts", "review", "stars"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a review may mention; None and "" stand for what nobody knows."""

    title: str
    year: int | None = None
    minutes: int | None = None
    genre: str = ""
    based_on: str = ""
    setting: str = ""
    director: str = ""
    rating: float | None = None
    votes: int = 0


def stars(facts: Facts, *, random: Random) -> int:
    """Draw one to five stars around the film's rating of ten."""
    middle = 3.2 if facts.rating is None else (facts.rating - 1) / 8.2 * 4 + 1
    return max(1, min(5, round(random.gauss(middle, 0.85))))


def review(facts: Facts, *, given: int, random: Random) -> str:
    """Write one to six sentences for *given* stars."""
    mood = "bad" if given <= 2 else "good" if given >= 4 else "fair"
    middle = [part for part in _about(facts, mood=mood, random=random) if part]
    random.shuffle(middle)
    sentences = [random.choice(phrases.OPENINGS[mood])]
    sentences += middle[: random.choice((0, 1, 1, 2, 2, 3))]
    if random.random() < 0.35:
        sentences.append(random.choice(phrases.VISITS))
    if len(sentences) == 1 or random.random() < 0.6:
        sentences.append(random.choice(phrases.CLOSINGS[mood]))
    return " ".join(sentences).replace("{title}", facts.title)


def _about(facts: Facts, *, mood: str, random: Random) -> Iterator[str]:
    """Yield a sentence on each thing that is known."""
    if facts.director:
        yield random.choice(phrases.DIRECTOR[mood]).replace("{director}", facts.director)
    if facts.year:
        yield random.choice(phrases.DECADE[mood]).replace("{decade}", f"{facts.year // 10 * 10}s")
    yield random.choice(phrases.GENRE.get(facts.genre, phrases.ANY_GENRE)[mood])
    yield _length(facts.minutes, mood=mood)
    yield phrases.BASED_ON.get(facts.based_on, "")
    yield phrases.SETTING.get(facts.setting, "") * (mood != "bad")
    yield random.choice(phrases.CRAFT[mood])


def _length(minutes: int | None, *, mood: str) -> str:
    if minutes is None or 95 <= minutes <= 135:
        return ""
    if minutes < 95:
        return f"At {minutes} minutes it knows when to stop." * (mood != "bad")
    verdict = "I felt every one" if mood == "bad" else "I did not look at my watch once"
    return f"It runs for {minutes} minutes, and {verdict}."
