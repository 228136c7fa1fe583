"""A small library of odd books."""

from tests.shelf import models


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
