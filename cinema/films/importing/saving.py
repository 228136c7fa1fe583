"""Rows to the database: what is new is added, what differs is set back, the rest is not touched."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from cinema.films.models import Direction, Director, Distributor, Film, Genre

from .notes import Note
from .parsing import FilmRow

__all__ = ["Report", "save"]

_BATCH = 500
_COLUMNS = (
    "title",
    "released",
    "certificate",
    "minutes",
    "based_on",
    "setting",
    "budget",
    "us_gross",
    "worldwide_gross",
    "dvd_sales",
    "imdb_rating",
    "imdb_votes",
    "tomatoes",
    "genre_id",
    "distributor_id",
    "mended",
)


@dataclass(slots=True)
class Report:
    """What a run did: films by what became of them, and every note in the file's order."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    notes: list[Note] = field(default_factory=list)

    def refuse(self, note: Note) -> None:
        self.notes.append(note)
        self.refused += 1


def save(rows: Iterable[FilmRow | Note]) -> Report:
    """Bring the films to what *rows* say; a film is known by its row.

    A row that the database refuses is noted and the others are saved. Run it in a transaction to
    save all or nothing. About ten statements for each 500 rows.
    """
    report = Report()
    names = _Names()
    for batch in batched(rows, _BATCH, strict=False):
        _save_batch(batch, names=names, report=report)
    return report


def _save_batch(batch: Iterable[FilmRow | Note], *, names: "_Names", report: Report) -> None:
    rows = []
    for item in batch:
        if isinstance(item, Note):
            report.refuse(item)
        else:
            report.notes += item.notes
            rows.append(item)
    names.learn(rows)
    films = {row.row: _film(row, names=names) for row in rows}
    known = {known.pop("source_row"): known for known in _known(films)}
    new = [film for row, film in films.items() if row not in known]
    changed = [film for row, film in films.items() if row in known and _values(film) != known[row]]
    lines = {row.row: row.line for row in rows}
    report.added += _upsert(new, lines=lines, report=report)
    report.changed += _upsert(changed, lines=lines, report=report)
    report.same += len(films) - len(new) - len(changed)
    _save_directions(rows, names=names)


def _film(row: FilmRow, *, names: "_Names") -> Film:
    return Film(
        source_row=row.row,
        genre_id=names.genres.get(row.genre),
        distributor_id=names.distributors.get(row.distributor),
        mended=[note.sentence() for note in row.notes],
        changed_at=timezone.now(),
        **row.values,
    )


def _known(films: Iterable[int]) -> Iterable[dict[str, object]]:
    return Film.objects.filter(source_row__in=list(films)).values("source_row", *_COLUMNS)


def _values(film: Film) -> dict[str, object]:
    return {name: getattr(film, name) for name in _COLUMNS}


def _upsert(films: list[Film], *, lines: dict[int, int], report: Report) -> int:
    """Save *films*, halving them around any the database refuses; return how many were saved."""
    if not films:
        return 0
    try:
        with transaction.atomic():
            Film.objects.bulk_create(
                films,
                update_conflicts=True,
                unique_fields=["source_row"],
                update_fields=[*(name.removesuffix("_id") for name in _COLUMNS), "changed_at"],
            )
    except DatabaseError as error:
        if len(films) == 1:
            row = films[0].source_row
            reason = f"the database refused it: {str(error).splitlines()[0]}"
            report.refuse(Note(row, lines[row], "refused", reason))
            return 0
        middle = len(films) // 2
        halves = films[:middle], films[middle:]
        return sum(_upsert(half, lines=lines, report=report) for half in halves)
    return len(films)


def _save_directions(rows: list[FilmRow], *, names: "_Names") -> None:
    """Make each film's director the one its row names; generated co-directors stay."""
    wanted = {row.row: names.directors.get(row.director) for row in rows}
    films = dict(
        Film.objects.filter(source_row__in=wanted).order_by().values_list("pk", "source_row")
    )
    pairs = {(pk, wanted[row]) for pk, row in films.items() if wanted[row]}
    known = {
        (film, director): pk
        for pk, film, director in Direction.objects.filter(film__in=films, generated=False)
        .order_by()
        .values_list("pk", "film", "director")
    }
    if stale := [pk for pair, pk in known.items() if pair not in pairs]:
        Direction.objects.filter(pk__in=stale).delete()
    Direction.objects.bulk_create(
        (Direction(film_id=film, director_id=name) for film, name in sorted(pairs - known.keys())),
        update_conflicts=True,
        unique_fields=["film", "director"],
        update_fields=["generated"],
    )


class _Names:
    """Primary keys of genres, distributors and directors by name, made as they turn up."""

    def __init__(self) -> None:
        self.genres: dict[str, int] = {}
        self.distributors: dict[str, int] = {}
        self.directors: dict[str, int] = {}

    def learn(self, rows: list[FilmRow]) -> None:
        _learn(Genre, self.genres, rows, lambda row: row.genre)
        _learn(Distributor, self.distributors, rows, lambda row: row.distributor)
        _learn(Director, self.directors, rows, lambda row: row.director)


def _learn(
    model: type[models.Model],
    known: dict[str, int],
    rows: list[FilmRow],
    name_of: Callable[[FilmRow], str],
) -> None:
    new = sorted({name_of(row) for row in rows} - known.keys() - {""})
    if not new:
        return
    manager = model._default_manager
    manager.bulk_create((model(name=name) for name in new), ignore_conflicts=True)
    known |= dict(manager.filter(name__in=new).values_list("name", "pk"))
