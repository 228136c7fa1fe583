"""What somebody could have reads say to somebody else, or keep of them."""

import copy
import datetime as dt
import gc
import json
import pickle
import weakref

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections, models
from django.db.models import F, FilteredRelation, Q
from django.db.models.manager import BaseManager
from django.middleware.http import ConditionalGetMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.utils import timezone
from rest_framework import generics, permissions, serializers
from rest_framework.test import APIRequestFactory

from matinee.reads import request_value
from matinee.reads.drf import PlannedReads, plan_for, related
from matinee.reads.drf._json import answering, why_not
from matinee.reads.projection import OMIT, RAISE
from matinee.reads.sqljson import NEEDS, Statement
from tests import _databases
from tests.db.reads.conftest import render
from tests.db.reads.test_serializers import of
from tests.shelf.models import TENANT, Author, Book, Kind, Mark, Memo, Notice, OfTenant


class Books(PlannedReads, generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    filter_backends = ()
    pagination_class = None
    json_reads = True


def ask(serializer_class, **attributes):
    """Have a view answer a request of nobody's; return the request and the response."""
    request = APIRequestFactory().get("/")
    view = type("View", (Books,), {"get_serializer_class": lambda _self: serializer_class})
    return request, view.as_view(**attributes)(request).render()


# Tenants.


class TenantRows(models.QuerySet):
    def __init__(self, model=None, query=None, using=None, hints=None):
        super().__init__(model, query, using, hints)
        if query is None:
            self.query.add_q(Q(tenant=TENANT.get()))


def by_a_filtered_relation(manager):
    mine = FilteredRelation("book__memos", condition=Q(book__memos__tenant=TENANT.get()))
    return BaseManager.get_queryset(manager).annotate(mine=mine).filter(mine__pk=F("pk"))


def by_an_annotation(manager):
    rows = BaseManager.get_queryset(manager).alias(mine=F("tenant") - TENANT.get())
    return rows.filter(mine=0)


# How a manager may choose the rows of the tenant that asks.
MANAGERS = {
    "a filter": {},
    "a filtered relation": {"get_queryset": by_a_filtered_relation},
    "an annotation": {"get_queryset": by_an_annotation},
    "its querysets": {"get_queryset": BaseManager.get_queryset, "_queryset_class": TenantRows},
}


class Asking(serializers.ModelSerializer):
    texts = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ("id", "texts")

    def get_texts(self, book):
        return [memo.text for memo in book.memos.filter(text__startswith="of").order_by("pk")]


BookMemos = of(Book, "id", memos=of(Memo, "text")(many=True))


def from_json(rows):
    found = json.loads(answering(BookMemos(), rows).json(rows))
    return [[memo["text"] for memo in book["memos"]] for book in found]


def from_instances(rows):
    found = render(BookMemos(plan_for(BookMemos()).apply(rows), many=True))
    return [[memo["text"] for memo in book["memos"]] for book in found]


def from_objects_that_stay(_rows, kept=[]):  # noqa: B006  that is the point
    if not kept:
        kept += plan_for(Asking()).apply(Book.objects.order_by("pk"))
    return [book["texts"] for book in render(Asking(kept, many=True))]


def strangers(ask):
    """Return the texts that tenants, who take turns, were given of others."""
    found = set()
    for tenant in (1, 2, 1, 3, 2):
        token = TENANT.set(tenant)
        try:
            texts = {text for texts in ask(Book.objects.order_by("pk")) for text in texts}
        finally:
            TENANT.reset(token)
        found |= texts ^ {f"of tenant {tenant}"}
    return found


@pytest.fixture
def memos(library):
    library(3)
    books = Book.objects.all()
    Memo.everything.bulk_create(
        Memo(book=book, text=f"of tenant {tenant}", tenant=tenant)
        for book in books
        for tenant in (1, 2, 3)
    )


@pytest.mark.parametrize("ask", [from_json, from_instances])
@pytest.mark.parametrize("manager", MANAGERS)
def test_no_tenant_sees_the_rows_of_another(manager, ask, memos, monkeypatch):
    for name, value in MANAGERS[manager].items():
        monkeypatch.setattr(OfTenant, name, value)

    assert strangers(ask) == set()


def test_a_statement_that_did_not_ask_again_would_show_them(memos, monkeypatch):
    monkeypatch.setattr(Statement, "current", lambda statement: statement)

    assert strangers(from_json) == {f"of tenant {n}" for n in (1, 2, 3)}


def test_objects_that_outlive_a_tenant_are_asked_again(memos):
    kept = []

    assert strangers(lambda rows: from_objects_that_stay(rows, kept)) == set()


def test_rows_that_run_out_are_still_asked_for_all_at_once(library, assert_reads):
    library(3)
    later = timezone.now() + dt.timedelta(hours=1)
    Notice.everything.bulk_create(
        Notice(book=book, text="now", until=later) for book in Book.objects.all()
    )

    class Counting(serializers.ModelSerializer):
        notices = serializers.SerializerMethodField()

        class Meta:
            model = Book
            fields = ("notices",)

        def get_notices(self, book):
            return book.notices.filter(text="now").count()

    with assert_reads(2):
        found = render(Counting(plan_for(Counting()).apply(Book.objects.all()), many=True))
    assert found == [{"notices": 1}] * 3


@isolate_apps("tests.shelf")
def test_related_rows_are_those_of_the_managers_class(db, equal, read):
    class Shown(models.Manager):
        def __init__(self, shown=None):
            super().__init__()
            self.shown = shown

        def get_queryset(self):
            rows = super().get_queryset()
            return rows if self.shown is None else rows.filter(shown=self.shown)

    class Parent(models.Model):
        class Meta:
            app_label = "shelf"

    class Child(models.Model):
        parent = models.ForeignKey(Parent, models.CASCADE, related_name="children")
        shown = models.BooleanField()
        objects = Shown(True)  # Django's related managers know nothing of the argument

        class Meta:
            app_label = "shelf"

    with connection.schema_editor() as editor:
        editor.create_model(Parent)
        editor.create_model(Child)
    parent = Parent.objects.create()
    for shown in (True, False):
        Child.objects.create(parent=parent, shown=shown)
    parents = of(Parent, "id", children=of(Child, "shown")(many=True))

    (row,) = equal(parents, Parent.objects.all())
    read(parents, Parent.objects.all())

    assert len(row["children"]) == 2


# What is kept.


def unfit(book):
    return book.chapters.filter(number=1).count()


def serializer_class(count=None):
    method = {"get_count": lambda _self, book: count(book)} if count else {}
    fields = {"count": serializers.SerializerMethodField()} if count else {}
    cls = of(Book, "id", "title", **fields)
    return type(cls.__name__, (cls,), method)


def shaped(cls):
    """Return a serializer class whose fields may differ from request to request."""
    nested = of(Author, "name", shout=serializers.ReadOnlyField())

    def get_fields(self):
        held = self.context.get("request")
        field = serializers.CharField(source="title", default=lambda: held)
        return {**super(cls, self).get_fields(), "name": field, "author": nested()}

    return type(cls.__name__, (cls,), {"get_fields": get_fields})


@pytest.mark.parametrize("shape", [lambda cls: cls, shaped], ids=["fixed", "shaped"])
@pytest.mark.parametrize("count", [None, unfit])
def test_requests_are_gone_when_they_are_answered(count, shape, library):
    library(1)
    cls, gone = shape(serializer_class(count)), []
    assert bool(why_not(cls(), Book.objects.all())) is (count is unfit)
    for _ in range(3):
        request, _ = ask(cls)
        gone.append(weakref.ref(request))
        del request, _
    gc.collect()

    assert [each() for each in gone] == [None] * 3


Secretive = of(
    Author,
    "name",
    books=related(
        of(Book, "title")(many=True),
        "books",
        where=Q(title__contains=request_value(lambda request: request.secret)),
    ),
)


# How objects are kept, and the queries of three of them afterwards.
WAYS = {
    "pickled": (lambda rows: pickle.loads(pickle.dumps(rows)), 0),
    "copied": (lambda rows: [copy.copy(row) for row in rows], 0),
    "copied deep": (copy.deepcopy, 3),  # Django empties each queryset that it copies so
}


@pytest.mark.parametrize("way", WAYS)
def test_objects_that_are_kept_hold_what_was_read(way, library, assert_reads):
    library(3)
    cls = of(Book, "id", author=of(Author, "name")(), memos=of(Memo, "text")(many=True))
    rows = list(plan_for(cls()).apply(Book.objects.all()))
    expected = render(cls(rows, many=True))
    kept, queries = WAYS[way]
    again = kept(rows)

    with assert_reads(queries):
        assert render(cls(again, many=True)) == expected


def test_pickled_objects_hold_nothing_of_the_request(library):
    library(2)
    request = APIRequestFactory().get("/")
    request.secret = "not to be kept"
    rows = list(plan_for(Secretive(context={"request": request})).apply(Author.objects.all()))

    assert b"not to be kept" not in pickle.dumps(rows)
    assert b"not to be kept" in pickle.dumps([request.secret, *rows])


def test_the_data_of_an_answer_can_be_cached(library):
    library(2)
    _, response = ask(of(Book, "id", "title"))

    again = pickle.loads(pickle.dumps(response.data))

    assert again == response.data == render(of(Book, "id", "title")(Book.objects.all(), many=True))


# Markers of ours, and text that is code elsewhere, as somebody's data.

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg/onload=alert(1)>",
    "javascript:alert(1)//\u2028\u2029",
    "{{7*7}}${7*7}<!--%s%(a)s",
    "'; DROP TABLE shelf_book; --",
    '"NaN"', "NaN", "Infinity",
    OMIT, RAISE, NEEDS,
]  # fmt: skip


@pytest.mark.parametrize("text", CORPUS)
def test_what_somebody_stored_is_told_as_it_is(text, db, equal):
    extra = {text: [text, {text: text}], "\x01matinee": "omit"}
    author = Author.objects.create(name=text[:50], bio=text)
    before = Book.objects.create(title="Before", blurb=text, extra=json.loads(OMIT))
    Book.objects.create(title=text[:50], blurb=text, extra=extra, author=author, sequel_to=before)
    Kind.objects.create(text=text, data=extra, ratio=1.5)
    twice = method(lambda book: book.blurb * 2)
    fields = {
        "name": serializers.CharField(source="author.bio", read_only=True),
        "before": serializers.ReadOnlyField(source="sequel_to.extra"),
        "data": serializers.JSONField(source="sequel_to.extra", read_only=True),
    }

    equal(of(Book, "title", "blurb", "extra", **fields), Book.objects.order_by("pk"))
    equal(of(Book, "title", "extra", **fields, twice=twice), Book.objects.order_by("pk"))
    rows = Kind.objects.all()
    _, response = ask(of(Kind, "text", "data", "ratio"), queryset=rows)
    assert json.loads(response.content) == render(
        of(Kind, "text", "data", "ratio")(rows, many=True)
    )


def method(function):
    class Made(serializers.Field):
        def to_representation(self, instance):
            return function(instance)

    return Made(source="*", read_only=True)


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html"])
def test_the_headers_of_an_answer_are_those_of_plain_drf(accept, library):
    library(2)

    def headers(*, json_reads):
        request = RequestFactory().get("/", headers={"accept": accept})
        view = type("View", (Books,), {"serializer_class": of(Book, "title")})
        answer = ConditionalGetMiddleware(
            SecurityMiddleware(lambda r: view.as_view(json_reads=json_reads)(r).render())
        )
        response = answer(request)
        return dict(response.headers)

    plain, ours = headers(json_reads=False), headers(json_reads=True)
    assert {**ours, "ETag": ""} == {**plain, "ETag": ""}
    assert ours["X-Content-Type-Options"] == "nosniff"
    assert ours["Vary"]


def test_the_etag_of_an_answer_is_of_what_its_reader_may_see(memos):
    tags = []
    for tenant in (1, 2, 1):
        token = TENANT.set(tenant)
        try:
            view = type("View", (Books,), {"serializer_class": BookMemos}).as_view()
            answer = ConditionalGetMiddleware(lambda request: view(request).render())  # noqa: B023
            tags.append(answer(RequestFactory().get("/"))["ETag"])
        finally:
            TENANT.reset(token)

    assert tags[0] == tags[2] != tags[1]


# Two databases.


@pytest.fixture(scope="module")
def other(django_db_setup, django_db_blocker):
    """Add a database to the project's."""
    with django_db_blocker.unblock():
        template = _databases.migrated_template()
        with _databases.clone("other", template=template) as name:
            connections.databases["other"] = {**connection.settings_dict, "NAME": name}
            yield "other"
            connections["other"].close()
            del connections.databases["other"], connections["other"]


@pytest.mark.django_db(databases=["default", "other"])
def test_content_types_have_the_keys_of_their_own_database(other):
    marked = of(Book, "title", marks=of(Mark, "text")(many=True))
    ContentType.objects.using(other).filter(model="book").update(model="was")
    ContentType.objects.using(other).create(id=10_000, app_label="shelf", model="book")
    ContentType.objects.clear_cache()
    for alias in ("default", other):
        kind = ContentType.objects.db_manager(alias).get_for_model(Book)
        book = Book.objects.using(alias).create(title=alias)
        Mark.objects.using(alias).create(text=f"in {alias}", object_id=book.pk, kind=kind)

    for alias in ("default", other, "default"):
        rows = Book.objects.using(alias).all()
        found = json.loads(answering(marked(), rows).json(rows))
        assert found == [{"title": alias, "marks": [{"text": f"in {alias}"}]}]
        assert render(marked(plan_for(marked()).apply(rows.all()), many=True)) == found
    ContentType.objects.clear_cache()
