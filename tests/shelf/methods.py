"""Methods in the style of real projects' serializers, each with what it reads, found by hand.

``figures()`` reads them all, runs them over rows that were loaded by their plans, and says how many
were understood, and how many sent a query that nobody foresaw.
"""

import contextlib
import copy
import functools
import itertools
import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from rest_framework import serializers

from matinee.reads import Kind, needs
from matinee.reads.drf import plan_for
from matinee.reads.drf._inspect import inspect
from matinee.reads.plan import Plan
from matinee.reads.shape import Shape
from tests.shelf.models import Author, Book, Chapter, Cover, Tag, Visit

# The model, with the properties and methods that models grow.


class Volume(Book):
    class Meta:
        proxy = True
        app_label = "shelf"

    def __str__(self) -> str:
        return f"{self.title} by {self.author}" if self.author_id else self.title

    @property
    def full_title(self):
        return f"{self.title} ({self.get_state_display()})"

    @cached_property
    def tag_names(self):
        return [tag.name for tag in self.tags.all()]

    @property
    def original(self):
        return self.sequel_to or self

    @property
    def root(self):
        return self.sequel_to.sequel_to.title if self.sequel_to else None

    @property
    def used_siblings(self):
        return Book.objects.filter(author=self.author_id, state="used")

    @property
    def visible_chapters(self):
        return self.chapters.filter(removed=False)

    @property
    @needs("blurb")
    def stated(self):
        return eval("self.blurb")

    def chapter_titles(self, *, limit=None):
        titles = [chapter.title for chapter in self.chapters.all()]
        return titles[:limit] if limit else titles

    def summary(self):
        return count_words(self.pk)

    def depth(self):
        return 1 + Volume.depth(self.sequel_to) if self.sequel_to else 0


def count_words(pk):
    return sum(len(c.title) for c in Chapter.everything.filter(book_id=pk))


def label_of(thing, prefix=""):
    return f"{prefix}{thing.name.title()}"


def first_of(things):
    for thing in things:
        return thing
    return None


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Card:
    """A helper that keeps what it is given."""

    def __init__(self, book, *, loud=False):
        self.book = book
        self.loud = loud

    @property
    def value(self):
        return self.text().upper() if self.loud else self.text()

    def text(self):
        return f"{self.book.title}: {self.book.state}"


@dataclass
class Pair:
    left: Any
    right: Any

    def names(self):
        return [self.left.name, self.right.name] if self.left else []


class Span(NamedTuple):
    first: Any
    last: Any


class Role:
    word = ""

    @classmethod
    def applies_to(cls, book):
        return book.state == "new"

    @classmethod
    def primary(cls, book):
        return next((each.word for each in cls.__subclasses__() if each.applies_to(book)), "none")


class Owner(Role):
    word = "owner"

    @classmethod
    def applies_to(cls, book):
        return bool(book.author and book.author.name)


class Reader(Role):
    word = "reader"


SHELVES = {"new": "front", "used": "back"}
RULES = (Owner, Reader)


class TagS(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ("name",)


class AuthorS(serializers.ModelSerializer):
    country = serializers.StringRelatedField()

    class Meta:
        model = Author
        fields = ("name", "country")


class CoverS(serializers.ModelSerializer):
    class Meta:
        model = Cover
        fields = ("art",)


class Base(serializers.ModelSerializer):
    """What the serializers of a project share."""

    separator = ", "

    def joined(self, things):
        return self.separator.join(thing.name for thing in things)

    @property
    def request(self):
        return self.context["request"]

    @staticmethod
    def shelf(state):
        return SHELVES.get(state, "floor")


# The methods.


@dataclass(frozen=True)
class Case:
    """One method.

    Attributes:
        reads: What it reads: columns, relations whose rows are read ("tags[]"), questions to
            managers; "author.*" is the whole object.
        notes: What the plan must say that it cannot do.
    """

    function: Callable[[Any, Any], Any]
    reads: frozenset[str]
    notes: frozenset[Kind]


CASES: dict[str, Case] = {}


def reads(*names: str, note: Kind | None = None, also: Kind | None = None) -> Any:
    """Label a method with what it reads."""

    def label(function):
        notes = frozenset(each for each in (note, also) if each)
        CASES[function.__name__] = Case(function, frozenset(names), notes)
        return function

    return label


@reads("title")
def plain_column(self, book):
    return book.title


@reads()
def constant(self, book):
    return "book"


@reads("id")
def primary_key(self, book):
    return f"/books/{book.pk}/"


@reads("author")
def foreign_key_column(self, book):
    return book.author_id


@reads("author.name")
def chain(self, book):
    return book.author.name if book.author else None


@reads("author.country.name")
def long_chain(self, book):
    if book.author is None or book.author.country is None:
        return None
    return book.author.country.name


@reads("author.name", "title")
def both_branches(self, book):
    author = book.author
    if author:
        return author.name
    return book.title


@reads("author.name")
def handled_exception(self, book):
    try:
        return book.author.name
    except AttributeError:
        return ""


@reads("cover.art")
def missing_one_to_one(self, book):
    try:
        return book.cover.art
    except ObjectDoesNotExist:
        return None


@reads("cover.colours")
def hasattr_of_one_to_one(self, book):
    return book.cover.colours if hasattr(book, "cover") else 0


@reads()
def annotation(self, book):
    return getattr(book, "chapter_count", None)


@reads("chapters[]", note=Kind.HINT)
def annotation_with_an_eager_default(self, book):
    return getattr(book, "chapter_count", book.chapters.count())


@reads("chapters[]")
def annotation_or_count(self, book):
    if hasattr(book, "chapter_count"):
        return book.chapter_count
    return book.chapters.count()


@reads()
def annotation_by_attribute(self, book):
    return (book.chapter_count or 0) if hasattr(book, "chapter_count") else 0


@reads("author.id", note=Kind.HINT)
def key_over_the_relation(self, book):
    return book.author.id if book.author else None


@reads("tags.name")
def comprehension(self, book):
    return [tag.name for tag in book.tags.all()]


@reads("tags.name")
def joined_names(self, book):
    return ", ".join(tag.name for tag in book.tags.all() if tag.name)


@reads("chapters.title", "chapters.number")
def loop(self, book):
    found = {}
    for chapter in book.chapters.all():
        found[chapter.number] = chapter.title
    return found


@reads("chapters[]")
def count(self, book):
    return book.chapters.count()


@reads("tags[]")
def exists(self, book):
    return book.tags.exists()


@reads("chapters[]")
def length(self, book):
    return len(book.chapters.all())


@reads("chapters.number")
def total(self, book):
    return sum(chapter.number for chapter in book.chapters.all())


@reads("chapters.title")
def ordered_first(self, book):
    first = book.chapters.first()
    return first.title if first else None


@reads("chapters.last()", "chapters.title")
def last(self, book):
    last = book.chapters.last()
    return last.title if last else None


@reads("tags.name")
def position(self, book):
    tags = book.tags.all()
    return tags[0].name if tags else None


@reads("chapters.title")
def slice_of_all(self, book):
    return [chapter.title for chapter in book.chapters.all()[:2]]


@reads("chapters.filter(number__gte=1).exists()")
def filtered_exists(self, book):
    return book.chapters.filter(number__gte=1).exists()


@reads("chapters.filter(number=0).order_by('title')", "chapters.title")
def filtered_rows(self, book):
    return [c.title for c in book.chapters.filter(number=0).order_by("title")]


@reads("tags.values_list('name', flat=True)")
def values_list(self, book):
    return list(book.tags.values_list("name", flat=True))


@reads("chapters.filter(removed=False).count()")
def property_with_a_question(self, book):
    return book.visible_chapters.count()


@reads("title", "state")
def property_of_the_model(self, book):
    return book.full_title


@reads("tags.name")
def cached_property_of_the_model(self, book):
    return sorted(book.tag_names)


@reads("chapters.title")
def method_of_the_model(self, book):
    return book.chapter_titles(limit=1)


@reads("sequel_to.title", "title")
def object_or_itself(self, book):
    return book.original.title


@reads("sequel_to.sequel_to.title")
def self_relation_twice(self, book):
    try:
        return book.root
    except AttributeError:
        return None


@reads("title", "author.name", "author.country.name", "author")
def printed(self, book):
    return str(book)


@reads("author.name", "author.country.name", "title")
def f_string(self, book):
    return f"{book.title!r} by {book.author}"


@reads("author.name")
def module_function(self, book):
    return label_of(book.author, prefix="* ") if book.author else None


@reads("tags.name")
def function_with_rows(self, book):
    return label_of(first_of(book.tags.all())) if book.tags.exists() else None


@reads("tags.name")
def own_helper(self, book):
    return self.joined(book.tags.all())


@reads("state")
def static_helper(self, book):
    return self.shelf(book.state)


@reads("title", "state")
def helper_object(self, book):
    return Card(book, loud=True).value


@reads("author.name", "editor.name")
def dataclass_helper(self, book):
    return Pair(left=book.author, right=book.editor).names()


@reads("chapters.number")
def named_tuple(self, book):
    numbers = [chapter.number for chapter in book.chapters.all()] or [0]
    span = Span(min(numbers), max(numbers))
    return span.last - span.first


@reads("author.name", "state")
def class_chosen_at_run_time(self, book):
    return Role.primary(book)


@reads("author.name", "state")
def classes_in_a_constant(self, book):
    return [rule.word for rule in RULES if rule.applies_to(book)]


@reads("state")
def constant_table(self, book):
    return SHELVES[book.state]


@reads("tags.name")
def nested_many(self, book):
    return TagS(book.tags.all(), many=True).data


@reads("author.name", "author.country.name")
def nested_one(self, book):
    return AuthorS(book.author, context=self.context).data if book.author else None


@reads("cover.art")
def nested_represented(self, book):
    return CoverS().to_representation(book.cover) if hasattr(book, "cover") else None


@reads("chapters.note_set.text")
def nested_loops(self, book):
    return [note.text for chapter in book.chapters.all() for note in chapter.note_set.all()]


@reads("chapters.number", "chapters.title")
def sorted_by_key(self, book):
    return [c.title for c in sorted(book.chapters.all(), key=lambda c: c.number)]


@reads("chapters.number", "chapters.title")
def sorted_by_attrgetter(self, book):
    chapters = sorted(book.chapters.all(), key=operator.attrgetter("number"))
    return {n: len(list(g)) for n, g in itertools.groupby(chapters, key=lambda c: c.title)}


@reads("chapters.title", "chapters.number")
def grouped(self, book):
    groups = defaultdict(list)
    for index, chapter in enumerate(book.chapters.all()):
        groups[index % 2].append(chapter)
    return {key: max(c.number for c in found) for key, found in groups.items()} and [
        c.title for found in groups.values() for c in found
    ]


@reads("tags.name")
def mapped(self, book):
    return list(map(lambda tag: tag.name.upper(), filter(None, book.tags.all())))  # noqa: C417


@reads("author.name", "editor.name")
def unpacked(self, book):
    author, editor = book.author, book.editor
    return [each.name for each in (author, editor) if each]


@reads("author.bio")
def walrus(self, book):
    return author.bio[:10] if (author := book.author) else ""


@reads("state", "author.name", "title")
def matched(self, book):
    match book:
        case Book(state="new", title=title):
            return title
        case Book(author=Author(name=name)):
            return name
        case _:
            return None


@reads("title")
@logged
def decorated(self, book):
    return book.title.strip()


@reads("extra")
def into_json(self, book):
    return book.extra.get("pages", {}).get("text")


@reads("title")
def link(self, book):
    try:
        return self.request.build_absolute_uri(reverse("book", args=[book.title]))
    except NoReverseMatch:
        return None


@reads("author", "title")
def of_the_user(self, book):
    user = self.context["request"].user
    return book.title if user.is_authenticated and book.author_id == user.pk else None


@reads("blurb")
def stated_property(self, book):
    return book.stated


@reads("author.country.name")
@needs("author__country__name")
def stated_method(self, book):
    return eval("book.author and book.author.country and book.author.country.name")


@reads("title", "tags.name")
def generator(self, book):
    def parts():
        yield book.title
        yield from (tag.name for tag in book.tags.all())

    return "/".join(parts())


@reads("author.books.title")
def there_and_back(self, book):
    return [b.title for b in book.author.books.all()] if book.author else []


@reads("editor.name")
def imported_inside(self, book):
    from tests.shelf.methods import label_of as label

    return label(book.editor)


@reads("marks.text")
def generic_relation(self, book):
    return [mark.text for mark in book.marks.all()]


# What no plan can help: a query of its own for each row.


@reads(note=Kind.APART)
def independent_query(self, book):
    return Chapter.objects.filter(book=book).count()


@reads("id", note=Kind.APART)
def function_with_the_key_alone(self, book):
    return book.summary()


@reads("author", note=Kind.APART)
def query_in_a_property(self, book):
    return book.used_siblings.count()


@reads("title", note=Kind.APART)
def manager_with_methods(self, book):
    return Visit.objects.filter(by=book.title).first()


@reads("author", note=Kind.APART)
def looked_up_model(self, book):
    model = apps.get_model("shelf", "Author")
    return model.objects.filter(pk=book.author_id).exists()


@reads("id", note=Kind.APART)
def by_the_user(self, book):
    return self.context["request"].user.groups.filter(pk=book.pk).exists()


@reads("id", note=Kind.APART)
def shortcut(self, book):
    return get_object_or_404(Book, pk=book.pk).title


# What cannot be seen.


@reads("*", note=Kind.UNSEEN)
def handed_to_a_library(self, book):
    return json.dumps(book, default=lambda each: each.title)


@reads("*", note=Kind.UNSEEN)
def computed_name(self, book):
    return getattr(book, self.context["attribute"])


@reads("*", note=Kind.UNSEEN)
def evaluated(self, book):
    return eval("book.author and book.author.name")


@reads("*", note=Kind.UNSEEN)
def its_dictionary(self, book):
    return min(book.__dict__)


@reads("*", note=Kind.UNSEEN)
def copied(self, book):
    return copy.deepcopy(book).title


@reads("*", note=Kind.UNSEEN)
def callback_from_the_context(self, book):
    return self.context["label"](book)


@reads("sequel_to.sequel_to.sequel_to[]", note=Kind.UNSEEN)
def up_the_tree(self, book):
    depth = 0
    while book.sequel_to:
        book, depth = book.sequel_to, depth + 1
    return depth


@reads("sequel_to.sequel_to[]", note=Kind.UNSEEN)
def recursion(self, book):
    return book.depth()


@reads(note=Kind.UNSEEN)
def rows_made_elsewhere(self, book):
    return [tag.name for tag in getattr(book, "top_tags", [])]


@reads("*", "title", note=Kind.UNSEEN)
def saved(self, book):
    book.refresh_from_db(fields=["title"])
    return book.title


@reads("title", note=Kind.UNSEEN)
def view_from_the_context(self, book):
    return self.context["view"].label(book.title)


@reads("tags.*", note=Kind.UNSEEN)
def rows_handed_to_a_library(self, book):
    return json.dumps(list(book.tags.all()), default=str)


# What is easily missed.


class Formatter:
    def __call__(self, thing):
        return thing.name


class Deep(Card):
    def __init__(self, book):
        super().__init__(book)
        self.tags = list(book.tags.all())

    def __getattr__(self, name):
        return getattr(self.book, name)

    @classmethod
    def of(cls, book):
        return cls(book)


class First:
    def chosen(self, book):
        return book.author

    def describe(self, book):
        return str(self.chosen(book))


class Second(First):
    def chosen(self, book):
        return super().chosen(book) or book.editor


class Wrapped:
    def __init__(self, book):
        self.book = book

    def __enter__(self):
        return self.book.author

    def __exit__(self, *args):
        return None

    def __eq__(self, other):
        return self.book.editor.name == other

    def __hash__(self):
        return hash(self.book)

    def __getitem__(self, key):
        return self.book.editor.bio


@contextlib.contextmanager
def opened(book):
    yield book.author


formatter = Formatter()
BYLINE, EDITED = "by {}", "by {0.editor.name}"
FORMATS = {"new": label_of, "used": formatter}


@reads("author.name")
def format_string(self, book):
    return BYLINE.format(book.author.name if book.author else "")


@reads("*", note=Kind.UNSEEN)
def format_string_that_follows(self, book):
    return EDITED.format(book)


@reads("author.name", "author.country.name")
def percent(self, book):
    return "%s" % book.author  # noqa: UP031


@reads("tags.name")
def printed_rows(self, book):
    return " ".join(map(str, book.tags.all()))


@reads("tags.books.title")
def rows_of_rows(self, book):
    return [b.title for tag in book.tags.all() for b in tag.books.all()]


@reads("chapters.note_set.text")
def sum_of_lists(self, book):
    notes = sum((list(c.note_set.all()) for c in book.chapters.all()), [])  # noqa: RUF017
    return [note.text for note in notes]


@reads("editor.name", "author.name")
def getattr_in_a_loop(self, book):
    return [getattr(getattr(book, name, None), "name", None) for name in ("author", "editor")]


@reads("editor.country.name")
def attrgetter_with_a_path(self, book):
    try:
        return operator.attrgetter("editor.country.name")(book)
    except AttributeError:
        return None


@reads("author.name", "editor.name")
def spread_arguments(self, book):
    found = [label_of(*[book.editor])]
    return found + ([label_of(*(book.author, "* "))] if book.author else [])


@reads("editor.name")
def callable_object(self, book):
    return formatter(book.editor)


@reads("editor.name", "state")
def dispatch_table(self, book):
    return FORMATS.get(book.state, label_of)(book.editor)


@reads("author.name")
def under_a_context_manager(self, book):
    with opened(book) as author:
        return author.name if author else None


@reads("tags.name", "blurb")
def delegating_helper(self, book):
    helper = Deep.of(book)
    return [tag.name for tag in helper.tags] + [helper.blurb]


@reads("author.name", "editor.name")
def unpacked_named_tuple(self, book):
    first, last = Span(book.author, book.editor)
    return [each.name for each in (first, last) if each]


@reads("editor.name")
def kept_on_self(self, book):
    self._editor = book.editor
    return self._editor.name


@reads("editor.bio")
def kept_on_the_object(self, book):
    if not hasattr(book, "_bio"):
        book._bio = book.editor
    return book._bio.bio


@reads("editor.*", note=Kind.UNSEEN)
def kept_elsewhere(self, book):
    self.context["editor"] = book.editor
    return self.context["editor"].name


@reads("author[]", note=Kind.UNSEEN)
def shared_variable(self, book):
    found = None

    def look():
        nonlocal found
        found = book.author

    look()
    return found.name if found else None


@reads("tags.name", "chapters.title")
def zipped(self, book):
    return [
        f"{t.name}{c.title}" for t, c in zip(book.tags.all(), book.chapters.all(), strict=False)
    ]


@reads("chapters.number", "chapters.title")
def extreme(self, book):
    latest = max(book.chapters.all(), key=lambda c: c.number, default=None)
    return latest and latest.title


@reads("chapters.title")
def star_unpacking(self, book):
    first, *rest = [*book.chapters.all(), None]
    return [each.title for each in [first, *rest] if each]


@reads("author.name")
def local_lambda(self, book):
    name = lambda thing: thing.name  # noqa: E731
    return name(book.author) if book.author else None


@reads("tags.name")
def inner_recursion(self, book):
    def walk(tags):
        return [tags[0].name, *walk(tags[1:])] if tags else []

    return walk(list(book.tags.all()))


@reads(note=Kind.APART)
def through_rows(self, book):
    return book.tags.through.objects.filter(book=book).count()


@reads("id", note=Kind.APART)
def its_own_class(self, book):
    return type(book).objects.get(pk=book.pk).title and book.__class__.objects.count()


@reads(note=Kind.APART)
def raw_sql(self, book):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0]


@reads("chapters.note_set.filter(text='x').exists()")
def question_to_rows(self, book):
    return any(c.note_set.filter(text="x").exists() for c in book.chapters.all())


@reads("author.books.exclude(state='new').count()")
def question_beyond_a_relation(self, book):
    return book.author.books.exclude(state="new").count() if book.author else 0


@reads("chapters.filter(number=3)", "chapters[]")
def chapters_twice(self, book):
    found = book.chapters.all()
    if found:
        found = found.filter(number=3)
    return len(found)


@reads("tags.name")
def next_of_rows(self, book):
    return getattr(next(iter(book.tags.all()), None), "name", None)


@reads("chapters.number", "chapters.title")
def set_default(self, book):
    groups = {}
    for chapter in book.chapters.all():
        groups.setdefault(chapter.number, []).append(chapter)
    return [chapter.title for group in groups.values() for chapter in group]


@reads("author.name", "author.country.name", "editor.name", "editor.country.name")
def overridden_helper(self, book):
    return Second().describe(book)


@reads("marks.target[]", note=Kind.UNSEEN)
def generic_foreign_key(self, book):
    return [mark.target.title for mark in book.marks.all()]


@reads("tags.name")
def sequence_pattern(self, book):
    match list(book.tags.all()):
        case [first, *_]:
            return first.name
    return None


@reads("tags.name", "tags.books[]")
def walrus_in_a_generator(self, book):
    if any((found := tag).name for tag in book.tags.all()):
        return found.books.count()
    return 0


@reads("cover.colours", "editor.name")
def try_else_finally(self, book):
    try:
        cover = book.cover
    except ObjectDoesNotExist:
        cover = None
    finally:
        name = book.editor.name
    return cover.colours if cover else name


@reads("title", "author.name")
def awaitable_parts(self, book):
    titles = [book.title]
    titles += [book.author.name] if book.author else []
    assert titles, book.title
    return titles[-1]


@reads("chapters.aggregate(models.Max('number'))")
def aggregate(self, book):
    return book.chapters.aggregate(models.Max("number"))


@reads("shops.visits.by", "shops.visits.of('x')")
def method_of_a_manager(self, book):
    return [visit.by for shop in book.shops.all() for visit in shop.visits.of("x")]


@reads("author.name", "editor.name", "editor.bio")
def special_methods(self, book):
    wrapped = Wrapped(book)
    with wrapped as author:
        name = author.name if author else ""
    return [name, wrapped == "x", wrapped[0]]


# Reading and running them.


@dataclass(frozen=True)
class Result:
    """What became of one method.

    Attributes:
        reads: What the analysis found, in the words of the labels.
        notes: What the plan says that it cannot do.
        silent: The queries that ran for the rows and that neither the plan nor a note speaks of.
    """

    reads: frozenset[str]
    notes: frozenset[Kind]
    silent: tuple[str, ...]

    @property
    def resolved(self) -> bool:
        return not self.notes & {Kind.UNSEEN, Kind.APART}


def serializer_of(case: Case) -> type[Any]:
    """Return a serializer class with the method as its only field."""
    meta = type("Meta", (), {"model": Volume, "fields": ["value"]})
    body = {"value": serializers.SerializerMethodField(), "get_value": case.function, "Meta": meta}
    return type("VolumeS", (Base,), body)


def context() -> dict[str, Any]:
    """Return what the methods find in ``self.context``."""
    request = SimpleNamespace(
        user=get_user_model()(pk=1, username="reader"), build_absolute_uri=lambda path: path
    )
    view = SimpleNamespace(label=str.upper)
    return {"request": request, "view": view, "attribute": "title", "label": lambda b: b.title}


def result_of(case: Case) -> Result:
    """Read one method, and run it over the rows that its plan loads."""
    serializer = serializer_of(case)(context=context())
    reader = plan_for(serializer)
    shape = inspect(serializer, max_depth=10)
    rows = list(reader.apply(Volume.objects.order_by("pk")))
    sent: list[str] = []

    def note_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note_down):
        for row in rows:
            _run(serializer, row)
    notes = frozenset(note.kind for note in _notes(reader.plan))
    spoken_of = notes & {Kind.UNSEEN, Kind.APART}
    tables = tuple(_asked_tables(reader.plan))
    silent = [] if spoken_of else [sql for sql in sent if not any(t in sql for t in tables)]
    return Result(frozenset(_label(shape)), notes, tuple(silent))


def _run(serializer: Any, row: Any) -> None:
    value = serializer.fields["value"].to_representation(row)
    if isinstance(value, models.QuerySet | map | filter):
        list(value)


def _notes(plan: Plan) -> Iterator[Any]:
    yield from plan.notes
    for step in (*plan.joins, *plan.fetches):
        yield from _notes(step.plan) if step.plan else ()


def _asked_tables(plan: Plan) -> Iterator[str]:
    for step in (*plan.joins, *plan.fetches):
        if step.calls and step.hop.model:
            yield step.hop.model._meta.db_table
        yield from _asked_tables(step.plan) if step.plan else ()


def _label(shape: Shape, path: str = "") -> Iterator[str]:
    """Yield what *shape* wants in the words of the labels; keys that only link are not asked for."""
    if shape.whole:
        yield f"{path}*"
    yield from (f"{path}{column.name}" for column in shape.columns if column.asks)
    for relation in shape.relations:
        name = f"{path}{relation.hop.attribute}"
        yield from (f"{name}{call.text}" for call in relation.calls)
        inner = list(_label(relation.shape, f"{name}.")) if relation.shape else []
        yield from inner or ([f"{name}[]"] if relation.read else [])


def results() -> dict[str, Result]:
    """Return what became of every method; the shelf must hold some books."""
    return {name: result_of(case) for name, case in CASES.items()}


def figures() -> dict[str, float]:
    """Return the share of methods that were wholly understood, and the silent misses."""
    found = results().values()
    return {
        "methods": len(found),
        "methods_resolved": sum(each.resolved for each in found) / len(found),
        "methods_silent_miss": sum(bool(each.silent) for each in found),
    }
