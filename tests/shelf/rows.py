"""A small library of odd books."""

import datetime as dt
from decimal import Decimal

from tests.shelf import models

# A value of each kind, and an odd one.
KIND = {
    "moment": dt.datetime(2026, 3, 29, 0, 59, 59, 120_000, dt.UTC),
    "day": dt.date(999, 1, 1),
    "time": dt.time(1, 2, 3, 450_000),
    "span": dt.timedelta(days=-400, seconds=5, microseconds=-3),
    "price": Decimal("2.70000000"),
    "ratio": 1e16,
    "code": "00000000-0000-0000-0000-000000000005",
    "data": {"bb": 1, "a": [1.0, 1e22, 12345678901234567890123, None], "aa": {}},
    "raw": b"\x00\xff" * 40,
    "address": "::ffff:10.1.2.3",
    "moments": [dt.datetime(1900, 1, 1, tzinfo=dt.UTC), None],
    "numbers": [1, None],
    "choice": "a",
    "flag": True,
    "big": 2**62,
    "text": 'a\x01\x1f\x7f\u2028\\"/\b\f\n\U0001f600</script>',
    "upload": "some file.txt",
}


def fill(count: int) -> None:
    """Make *count* books with all that can hang on a book, every third with much of it missing."""
    countries = [
        models.Country.objects.create(code=f"{i:02}", name=f"Country {i}") for i in range(3)
    ]
    authors = [
        models.Author.objects.create(
            name=f"Author {i}", bio="Long.", country=countries[i % 3] if i % 4 else None
        )
        for i in range(max(count, 3))
    ]
    tags = [models.Tag.objects.create(name=f"Tag {i}") for i in range(4)]
    before = None
    for i in range(count):
        missing = i % 3 == 2
        book = models.Book.objects.create(
            title=f"Book {i}",
            blurb="Blurb.",
            state="used" if i % 2 else "new",
            extra={"pages": {"text": i}},
            author=None if missing else authors[i],
            editor=authors[(i + 1) % len(authors)],
            sequel_to=before,
        )
        before = book if i % 2 else None
        for tag in tags[: i % 4]:
            models.BookTag.objects.create(book=book, tag=tag, weight=i)
        for number in range(0 if missing else 3):
            chapter = models.Chapter.objects.create(
                book=book, number=number, title=f"Chapter {number}", removed=number == 1
            )
            models.Note.objects.create(chapter=chapter, text=f"Note on {number}")
        if not missing:
            models.Cover.objects.create(book=book, art=f"Art {i}")
        models.Mark.objects.create(text=f"Mark {i}", target=book)
        models.Mark.objects.create(text=f"Mark on an author {i}", target=authors[i])
        shop = models.Shop.objects.create(
            name=f"Shop {i}", street="Main", stars=i, owner=authors[i], country=countries[i % 3]
        )
        shop.stock.add(book)
        models.Visit.objects.create(place=shop, by=f"Visitor {i}")
        models.Passport.objects.create(holder=authors[i], country=countries[i % 3])
        models.Watched.objects.create(name=f"Watched {i}", author=authors[i])
        archived = models.Archived.everything.create(title=f"Old {i}", removed=missing)
        models.Loan.objects.create(archived=archived, by=f"Reader {i}")
        models.Stamp.everything.create(book=book, text=f"Stamp {i}", removed=missing)
