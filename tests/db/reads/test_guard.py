"""The guard names what rendering reads beside the plan, and does what the setting says."""

import logging

import django
import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection
from rest_framework import pagination, serializers, viewsets
from rest_framework.test import APIRequestFactory

from matinee.exceptions import ReadsError
from matinee.reads import _guard, unplanned
from matinee.reads.drf import PlannedReads, PlannedSerializer, plan_for
from matinee.reads.drf._rendering import rendering
from tests.shelf.models import Author, Book, Chapter, Mark, Note, Shop, Tag, Thriller, Visit

pytestmark = pytest.mark.django_db

SIX_ONE = pytest.mark.skipif(django.VERSION < (6, 1), reason="fetch modes came with Django 6.1")


@pytest.fixture(autouse=True)
def nothing_reported(monkeypatch):
    monkeypatch.setattr(_guard, "_reported", {})


@pytest.fixture
def on_miss(settings):
    """Set what is to be done about a query that was not foreseen."""

    def to(what):
        settings.MATINEE = {"reads": {"on_miss": what}}

    return to


@pytest.fixture
def reported(caplog):
    """Return what was reported."""
    caplog.set_level(logging.WARNING, "matinee.reads")
    return lambda: [record for record in caplog.records if record.name == "matinee.reads"]


def of(model, *fields, **asked):
    """Return a serializer of *model*, with methods that no analysis can look into."""
    attributes = {"Meta": type("Meta", (), {"model": model, "fields": [*fields, *asked]})}
    for name, ask in asked.items():
        attributes[name] = serializers.SerializerMethodField()
        attributes[f"get_{name}"] = unseen(ask)
    bases = (PlannedSerializer, serializers.ModelSerializer)
    return type(f"{model.__name__}S", bases, attributes)


def quietly(ask):
    try:
        return ask()
    except Exception:  # noqa: BLE001  as projects do
        return None


def unseen(ask):
    """Return a method that evaluates *ask*, an expression of ``row``: a text, not code to read."""
    return lambda self, row: eval(ask, {**globals(), "row": row})


EditorS = of(Book, "title", editor_name="row.editor.name if row.editor else None")


def rendered(serializer_class, queryset, **kwargs):
    return serializer_class(queryset, many=True, **kwargs).data


def plain(serializer_class, queryset):
    with unplanned():
        return rendered(serializer_class, queryset)


# Naming.


class TitleS(serializers.ModelSerializer):
    editor = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "editor"]

    def get_editor(self, book):
        return getattr(book, "edi" + self.context["rest"]).name


class TagS(PlannedSerializer, serializers.ModelSerializer):
    books = TitleS(many=True)

    class Meta:
        model = Tag
        fields = ["name", "books"]


def test_a_query_that_was_not_foreseen_is_reported_with_field_line_and_sql(library, reported):
    library(3)

    rendered(TagS, Tag.objects.all(), context={"rest": "tor"})

    (record,) = reported()
    line = TitleS.get_editor.__code__.co_firstlineno + 1
    assert record.place == _guard.Place(
        ("TagS.books", "TitleS.editor"), f"{__file__}:{line} in get_editor"
    )
    assert record.count == 3
    assert 'FROM "shelf_author"' in record.sql
    assert record.getMessage().startswith(
        f"TagS ran 3 queries its plan did not foresee, for TagS.books > TitleS.editor, {__file__}"
    )
    assert "@needs(" in record.getMessage()


def test_a_place_is_reported_once_in_a_while(library, reported, monkeypatch):
    library(3)
    for _ in range(3):
        rendered(EditorS, Book.objects.all())
    assert [record.count for record in reported()] == [3]
    monkeypatch.setattr(_guard, "QUIET_S", 0)
    rendered(EditorS, Book.objects.all())
    assert len(reported()) == 2


def test_what_the_plan_reads_is_not_reported(library, reported, on_miss):
    library(3)
    on_miss("raise")

    class ChapterS(serializers.ModelSerializer):
        class Meta:
            model = Chapter
            fields = ["title", "note_set"]

    class WithChapters(PlannedSerializer, serializers.ModelSerializer):
        chapters = ChapterS(many=True)

        class Meta:
            model = Book
            fields = ["title", "author", "chapters"]

    assert rendered(WithChapters, Book.objects.all())
    assert rendered(WithChapters, list(Book.objects.all()))
    assert reported() == []


def test_nothing_is_watched_outside_of_rendering(library, on_miss):
    library(3)
    on_miss("raise")
    rows = list(plan_for(EditorS()).apply(Book.objects.all()))
    assert [book.editor.name for book in rows]
    assert connection.execute_wrappers == [
        each for each in connection.execute_wrappers if not isinstance(each, _guard.Watch)
    ]


def test_what_is_not_planned_by_choice_is_not_watched(library, on_miss):
    library(3)
    on_miss("raise")
    with unplanned():
        assert rendered(EditorS, Book.objects.all())


def test_a_query_outside_of_a_field_is_nobodys_miss(library, on_miss, reported):
    library(2)
    on_miss("raise")
    with rendering(EditorS(), "EditorS"):
        assert Tag.objects.count()
    assert reported() == []


# Views.


class HiddenS(serializers.ModelSerializer):
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "author", "asked"]

    get_asked = unseen("row.editor.name if row.editor_id else None")


class Hidden(PlannedReads, viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = HiddenS
    pagination_class = pagination.LimitOffsetPagination
    filter_backends = ()
    permission_classes = ()
    authentication_classes = ()


def answered(actions, *, data=None, accept="application/json", **kwargs):
    method = next(iter(actions))
    request = getattr(APIRequestFactory(), method)("/", data, headers={"accept": accept})
    return Hidden.as_view(actions)(request, **kwargs).render()


@pytest.mark.parametrize("query", [None, {"limit": 2}], ids=["whole", "paged"])
def test_lists_are_watched(library, reported, query):
    library(3)
    assert answered({"get": "list"}, data=query).status_code == 200
    (record,) = reported()
    assert record.getMessage().startswith("Hidden.list ran ")
    assert record.place.path == ("HiddenS.asked",)
    assert record.count == (2 if query else 3)


def test_single_objects_are_watched(library, on_miss):
    library(1)
    on_miss("raise")
    with pytest.raises(ReadsError, match=r"HiddenS\.asked"):
        answered({"get": "retrieve"}, pk=Book.objects.get().pk)


def test_the_answer_to_a_write_is_watched_and_the_write_is_not(library, reported):
    library(1)
    pk = Book.objects.get().pk
    assert answered({"patch": "partial_update"}, data={"title": "New"}, pk=pk).status_code == 200
    assert Book.objects.get().title == "New"
    (record,) = reported()
    assert record.count == 1


def test_the_forms_of_the_browsable_api_are_not_watched(library, reported, on_miss):
    library(2)
    on_miss("raise")
    Book.objects.update(editor=None)  # so that no field asks
    pk = Book.objects.first().pk
    page = answered({"get": "retrieve", "put": "update"}, pk=pk, accept="text/html")
    assert "<select" in page.content.decode()
    assert reported() == []


# Each way to miss, under each setting.

MISSES = {
    "foreign key": (Book, "row.editor.name"),
    "reverse one-to-one, and none": (Book, "row.cover.art if hasattr(row, 'cover') else None"),
    "generic foreign key": (Mark, "type(row.target).__name__"),
    "parent of a child model": (Visit, "row.place.shop.place_ptr.name"),
    "relation of a child model": (Shop, "row.owner.name"),
    "reverse foreign key": (Book, "[each.title for each in row.chapters.all()]"),
    "many-to-many": (Book, "[each.name for each in row.tags.all()]"),
    "generic relation": (Book, "[each.text for each in row.marks.all()]"),
    "relation of a proxy": (Thriller, "[each.name for each in row.tags.all()]"),
    "relation of what was healed": (Note, "[each.name for each in row.chapter.book.tags.all()]"),
    "count": (Book, "row.tags.count()"),
    "filter": (Book, "[each.name for each in row.tags.filter(name__gt='Tag 0')]"),
    "first": (Book, "row.chapters.order_by('number').first().number if row.author else None"),
}
ALONE = {
    **MISSES,
    "a query of its own": (Book, "Author.objects.filter(name=row.title).exists()"),
    "a column": (Book, "row.refresh_from_db(fields=['title'])"),
}


@pytest.mark.parametrize("kind", ALONE)
def test_raise_names_the_field_whatever_it_missed(library, on_miss, kind):
    library(4)
    on_miss("raise")
    model, ask = ALONE[kind]
    serializer_class = of(model, "id", asked=ask)

    with pytest.raises(ReadsError, match=rf"for {model.__name__}S\.asked") as caught:
        rendered(serializer_class, model.objects.order_by("pk"))

    assert caught.value.code == "reads.miss"
    assert not isinstance(caught.value, (AttributeError, LookupError))


@pytest.mark.parametrize("kind", ALONE)
def test_warn_answers_as_without_a_plan(library, on_miss, reported, kind):
    library(4)
    model, ask = ALONE[kind]
    serializer_class = of(model, "id", asked=ask)
    expected = plain(serializer_class, model.objects.order_by("pk"))

    assert rendered(serializer_class, model.objects.order_by("pk")) == expected
    assert {record.place.path[-1] for record in reported()} == {f"{model.__name__}S.asked"}


def test_an_error_that_the_project_swallows_is_raised_in_the_end(library, on_miss):
    library(2)
    on_miss("raise")

    with pytest.raises(ReadsError, match=r"BookS\.asked"):
        rendered(of(Book, asked="quietly(lambda row=row: row.editor.name)"), Book.objects.all())


class LonelyS(PlannedSerializer, serializers.ModelSerializer):
    """One field asks for itself, which the plan notes; the other is not seen."""

    namesakes = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["namesakes", "asked"]

    def get_namesakes(self, book):
        return Author.objects.filter(name=book.title).count()

    get_asked = unseen("row.editor.name")


def test_what_the_plan_notes_already_is_not_reported_again(library, reported, on_miss):
    library(2)
    assert "a query of its own for each row" in str(plan_for(LonelyS()))

    rendered(LonelyS, Book.objects.all())

    assert [record.place.path for record in reported()] == [("LonelyS.asked",)]
    on_miss("raise")
    with pytest.raises(ReadsError, match=r"LonelyS\.asked"):
        rendered(LonelyS, Book.objects.all())


def test_a_null_needs_no_query(library, on_miss):
    library(2)
    Book.objects.update(editor=None)
    Mark.objects.update(object_id=-1)
    on_miss("raise")
    assert rendered(EditorS, Book.objects.all())[0]["editor_name"] is None


@pytest.mark.parametrize("what", ["warn", "raise"])
def test_async_code_that_may_not_ask_is_told_for_which_field(library, on_miss, what):
    library(2)
    on_miss(what)
    books = list(Book.objects.all())

    async def watched():
        with rendering(EditorS(), "EditorS"):
            return rendered(EditorS, books)

    with pytest.raises(SynchronousOnlyOperation) as caught:
        async_to_sync(watched)()
    assert "BookS.editor_name" in caught.value.__notes__[0]


# Healing.


# A generic relation is read a model at a time; two of these follow several relations.
QUERIES = {
    "generic foreign key": 3,
    "parent of a child model": 3,
    "relation of what was healed": 4,
    "first": 3,
}


@SIX_ONE
@pytest.mark.parametrize("kind", MISSES)
def test_heal_loads_for_all_rows_at_once(library, on_miss, reported, assert_reads, kind):
    library(4)
    on_miss("heal")
    model, ask = MISSES[kind]
    serializer_class = of(model, "id", asked=ask)
    expected = plain(serializer_class, model.objects.order_by("pk"))
    assert reported() == []

    with assert_reads(QUERIES.get(kind, 2)):
        found = rendered(serializer_class, model.objects.order_by("pk"))

    assert found == expected
    assert all("rows at once" in record.getMessage() for record in reported())
    assert '@needs("' in reported()[0].getMessage()
