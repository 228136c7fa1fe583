"""What Python's own constructs and functions do with objects: one small function each.

PYTEST_DONT_REWRITE: an assertion is to be read as it is written.
"""

import collections
import functools
import itertools
import logging
import operator

import pytest
from django.shortcuts import get_list_or_404

from matinee.reads import Kind
from tests.shelf import methods
from tests.shelf.methods import Card, Case, inspect, serializer_of
from tests.shelf.models import Author

logger = logging.getLogger(__name__)
CASES = {}


def reads(*names, note=None):
    def label(function):
        CASES[function.__name__] = Case(
            function, frozenset(names), frozenset([note] if note else [])
        )
        return function

    return label


@reads("author.name")
def annotated_assignment(self, book):
    author: Author = book.author
    return author.name


@reads("author.name", "editor.name")
def assertion(self, book):
    assert book.author.name, book.editor.name


@reads("tags.name", "chapters[]")
def augmented_assignment(self, book):
    found = list(book.tags.all())
    found += book.chapters.all()
    return [each.name for each in found if hasattr(each, "name")]


@reads("author.name", "editor.name", "state")
def conditional(self, book):
    return (book.author if book.state else book.editor).name


@reads("author.name", "editor.name")
def set_display(self, book):
    return {each.name for each in {book.author, book.editor}}


@reads("chapters.filter(number=1)")
def negation(self, book):
    return not book.chapters.filter(number=1)


@reads("tags.name")
def minus(self, book):
    return -len([tag.name for tag in book.tags.all()])


@reads("tags.name")
def yield_from(self, book):
    def inner():
        yield from book.tags.all()

    return [tag.name for tag in inner()]


@reads("tags.name", "author[]")
def async_for(self, book):
    async def inner():
        async with book.author as _:
            async for tag in book.tags.all():
                await tag.name

    return inner()


@reads("author.name")
def exception_group(self, book):
    try:
        return book.author.name
    except* ValueError:
        pass
    return None


@reads("title")
def import_of_a_module(self, book):
    import tests.shelf.methods as m

    return m.label_of.__name__ + m.Card(book).book.title


@reads("tags.name")
def slices_of_containers(self, book):
    return [tag.name for tag in list(book.tags.all())[1:]]


@pytest.mark.parametrize(
    "into", [set, tuple, frozenset, reversed, iter, collections.deque, itertools.chain, list]
)
def test_copies_of_rows_hold_the_rows(into):
    def copied(self, book):
        return [tag.name for tag in into(book.tags.all())]

    assert found(copied) == ({"tags.name"}, set())


@reads("tags.name")
def counter(self, book):
    return collections.Counter(tag.name for tag in book.tags.all())


@reads("tags.name")
def islice(self, book):
    return [tag.name for tag in itertools.islice(book.tags.all(), 2)]


@reads("tags.name", "tags.id")
def dict_of_pairs(self, book):
    return [tag.name for tag in dict((tag.pk, tag) for tag in book.tags.all()).values()]  # noqa: C402


@reads("tags.name")
def chain_of_iterables(self, book):
    return [tag.name for tag in itertools.chain.from_iterable([book.tags.all()])]


@reads("chapters.number", "chapters.title")
def smallest(self, book):
    return min(book.chapters.all(), key=lambda chapter: chapter.number).title


@reads("tags.name")
def reduced(self, book):
    return functools.reduce(lambda text, tag: text + tag.name, book.tags.all(), "")


@reads("tags[]", "chapters[]")
def any_and_all(self, book):
    return any(book.tags.all()) and all(book.chapters.all())


@reads("author.name", "author.country.name", "editor.name", "editor.country.name")
def printed_and_logged(self, book):
    print(book.author)  # noqa: T201
    logger.warning("edited by %s", book.editor)


@reads("editor.name", "author.name", "author.country.name")
def formatted(self, book):
    return format(book.author) + repr(book.editor.name)


@reads("author.name")
def partial_function(self, book):
    return functools.partial(methods.label_of, book.author)()


@reads("tags.name", "tags.id")
def sorted_by_item(self, book):
    pairs = [(tag.pk, tag) for tag in book.tags.all()]
    return [pair[1].name for pair in sorted(pairs, key=operator.itemgetter(0))]


@reads("author.name")
def method_by_name(self, book):
    return operator.methodcaller("shout")(book.author)


@reads("author.name")
def attribute_set_by_name(self, book):
    card = Card(book)
    setattr(card, "author", book.author)  # noqa: B010
    return card.author.name


@reads("author[]")
def asked_of_what_class(self, book):
    return isinstance(book.author, Author) and id(book) and callable(book)


@reads(note=Kind.APART)
def list_or_404(self, book):
    return get_list_or_404(Author, books=book)


@reads("tags.get(pk=1)")
def object_or_404_of_rows(self, book):
    return methods.get_object_or_404(book.tags, pk=1)


@pytest.mark.parametrize("how", ["save", "delete", "asave", "adelete", "refresh_from_db"])
def test_writing_is_not_planned_for(how):
    def writes(self, book):
        return operator.methodcaller(how)(book)

    writes.__defaults__ = None

    assert found(writes) == ({"*"}, {Kind.UNSEEN})


@pytest.mark.parametrize("opaque", [eval, exec, vars, locals, globals])
def test_code_and_names_that_are_worked_out_are_not_seen(opaque):
    def worked_out(self, book):
        return opaque("book")

    assert found(worked_out) == ({"*"}, {Kind.UNSEEN})


@reads("tags.*", note=Kind.UNSEEN)
def relation_that_is_written(self, book):
    book.tags.add(*book.tags.all())


@reads("chapters.*", "chapters.filter(number=1)", "chapters.filter(number=2)", note=Kind.UNSEEN)
def united(self, book):
    return book.chapters.filter(number=1) | book.chapters.filter(number=2)


def found(function):
    shape = inspect(serializer_of(Case(function, frozenset(), frozenset()))(), max_depth=10)
    return set(methods._label(shape)), {note.kind for note in shape.notes}


@pytest.mark.parametrize("name", CASES)
def test_what_a_construct_reads_is_found(name):
    case = CASES[name]

    assert found(case.function) == (set(case.reads), set(case.notes))
