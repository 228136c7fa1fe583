"""Views that answer by one statement, and when they do not."""

import json

import pytest
from django.db.models import Prefetch
from django.middleware.http import ConditionalGetMiddleware
from django.urls import path
from rest_framework import generics, pagination, permissions, renderers, serializers
from rest_framework.test import APIClient, APIRequestFactory

from matinee.reads import needs, unplanned
from matinee.reads._guard import UnforeseenQueryError
from matinee.reads.drf import PlannedReads
from tests.db.reads.urls import BookSerializer, page
from tests.shelf.models import Book, Chapter


class Open:
    filter_backends = ()
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    renderer_classes = (renderers.JSONRenderer, renderers.BrowsableAPIRenderer)


class Numbers(pagination.PageNumberPagination):
    page_size = 4


class Offsets(pagination.LimitOffsetPagination):
    default_limit = 3


class Cursors(pagination.CursorPagination):
    page_size = 3
    ordering = "-title"


class Wrapped(Numbers):
    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        response.data = {"data": {"rows": data, "number": len([1])}, "none": None, 1: [1.5]}
        return response


class Books(Open, PlannedReads, generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer
    pagination_class = None
    json_reads = True


class OneBook(Open, PlannedReads, generics.RetrieveAPIView):
    queryset = Book.objects.all()
    serializer_class = BookSerializer
    json_reads = True


class Sparse(BookSerializer):
    def get_fields(self):
        fields = super().get_fields()
        wanted = self.context["request"].query_params.get("fields")
        return fields if wanted is None else {name: fields[name] for name in wanted.split(",")}


class Linked(BookSerializer):
    url = serializers.HyperlinkedIdentityField("book", lookup_field="title")

    class Meta(BookSerializer.Meta):
        fields = ("url", "id", "tags")


class TitleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ("id", "title")


class Denied(permissions.BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.title != "Book 1"


def pages(base, **attributes):
    return type("JsonView", (base,), attributes).as_view()


def both(route, base, **attributes):
    """Return two routes, one that answers as JSON and one that does not."""
    return [
        path(f"json/{route}", pages(base, **attributes)),
        path(f"plain/{route}", pages(base, json_reads=False, **attributes)),
    ]


urlpatterns = [
    *both("all/", Books),
    *both("numbers/", Books, pagination_class=Numbers),
    *both("offsets/", Books, pagination_class=Offsets),
    *both("cursors/", Books, pagination_class=Cursors),
    *both("wrapped/", Books, pagination_class=Wrapped),
    *both("sparse/", Books, serializer_class=Sparse),
    *both("linked/", Books, serializer_class=Linked),
    *both("linked/<int:pk>/", OneBook, serializer_class=Linked),
    *both("one/<int:pk>/", OneBook),
    *both("denied/<int:pk>/", OneBook, permission_classes=(Denied,)),
    *both(
        "title/<int:pk>/", OneBook, serializer_class=TitleSerializer, permission_classes=(Denied,)
    ),
    *both("none/", Books, queryset=Book.objects.none()),
    path("books/<title>/", page, name="book"),
]


@pytest.fixture
def get(library, settings):
    library(7)
    settings.ROOT_URLCONF = __name__
    client = APIClient()

    def get(path, **headers):
        plain = client.get(f"/plain/{path}", headers=headers)
        got = client.get(f"/json/{path}", headers=headers)
        assert got.status_code == plain.status_code
        theirs = {"Content-Length", "Server-Timing"}
        for name in (got.headers.keys() | plain.headers.keys()) - theirs:
            assert got.headers.get(name) == plain.headers.get(name)
        body, want = (
            each.content.decode().replace("http://testserver/json/", "http://testserver/plain/")
            for each in (got, plain)
        )
        return got, json.loads(body), json.loads(want)

    return get


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("all/", 1),
        ("numbers/", 2),
        ("numbers/?page=2", 2),
        ("offsets/", 2),
        ("offsets/?limit=2&offset=3", 2),
        ("offsets/?offset=90", 1),
        ("cursors/", 2),
        ("wrapped/", 2),
        ("sparse/?fields=id,tags", 1),
        ("linked/", 1),
        ("none/", 0),
    ],
)
def test_a_list_is_answered_by_one_statement(path, queries, get, assert_reads):
    get(path)
    with assert_reads(queries):
        APIClient().get(f"/json/{path}")
    _, got, want = get(path)
    assert got == want


@pytest.mark.parametrize(
    ("path", "queries"), [("one/{}/", 1), ("linked/{}/", 1), ("denied/{}/", 2)]
)
def test_one_object_is_answered_by_one_statement_after_permissions_have_looked_at_it(
    path, queries, get, assert_reads
):
    book = Book.objects.get(title="Book 4")
    _, got, want = get(path.format(book.pk))
    assert got == want
    with assert_reads(queries):
        APIClient().get("/json/" + path.format(book.pk))


def test_an_object_that_permissions_look_at_answers_for_itself_if_it_has_all(get, assert_reads):
    book = Book.objects.get(title="Book 4")
    _, got, want = get(f"title/{book.pk}/")
    assert got == want
    with assert_reads(1):
        APIClient().get(f"/json/title/{book.pk}/")


def test_one_object_of_two_is_an_error_as_ever(get):
    Book.objects.update(title="The same")
    view = pages(OneBook, lookup_field="title")
    with pytest.raises(Book.MultipleObjectsReturned):
        view(APIRequestFactory().get("/"), title="The same")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_can_be_changed_is_told_of_what_is_there_and_of_nothing_else(get, accept):
    view = pages(type("Change", (OneBook, generics.RetrieveUpdateAPIView), {}))
    for pk, told in ((Book.objects.first().pk, True), (0, False)):
        response = view(APIRequestFactory().options("/", headers={"accept": accept}), pk=pk)
        assert ("actions" in response.data) is told


def test_permissions_of_objects_are_asked(get):
    response, *_ = get(f"denied/{Book.objects.get(title='Book 1').pk}/")
    assert response.status_code == 403


def test_what_is_not_there_is_not_found(get):
    response, *_ = get("one/0/")
    assert response.status_code == 404


def test_the_data_of_a_response_can_be_read(get):
    response, got, _ = get("all/")
    assert response.data == got
    assert [row["title"] for row in response.data] == [row["title"] for row in got]
    assert len(response.data) == 7


def test_data_that_was_changed_is_what_is_rendered(get):
    class Changed(Books):
        def finalize_response(self, request, response, *args, **kwargs):
            response = super().finalize_response(request, response, *args, **kwargs)
            response.data[0]["title"] = "Changed"
            return response

    response = Changed.as_view()(APIRequestFactory().get("/"))
    response.render()

    assert json.loads(response.content)[0]["title"] == "Changed"


@pytest.mark.parametrize("accept", ["text/html", "application/json; indent=4"])
def test_other_formats_are_made_of_instances(accept, get, assert_reads):
    with assert_reads(3):  # the books, with their authors; chapters; tags
        response = APIClient().get("/json/all/", headers={"accept": accept})
    assert response.status_code == 200
    assert b"Book 6" in response.content


def test_an_answer_that_is_unchanged_is_not_sent_again(get):
    response, *_ = get("all/")
    first = ConditionalGetMiddleware(lambda _request: response)(APIRequestFactory().get("/"))
    again = ConditionalGetMiddleware(lambda _request: response)(
        APIRequestFactory().get("/", headers={"if-none-match": first["ETag"]})
    )
    assert again.status_code == 304


def test_the_statement_names_the_view_that_asks(get, assert_reads):
    class Odd(Books):
        pass

    Odd.__name__ = "Odd */ DROP %s 'x"
    with assert_reads(1) as receipt:
        Odd.as_view()(APIRequestFactory().get("/")).render()
    assert receipt.queries[0].sql.startswith("/* Odd DROP s x */ SELECT ")


def test_the_receipt_says_what_was_answered_by_one_statement(get, assert_reads):
    with assert_reads(1) as receipt:
        APIClient().get("/json/all/")
    assert [str(mark) for mark in receipt.marks] == ["BookSerializer: 1 query"]


def test_unplanned_views_answer_from_instances(get, assert_reads):
    with unplanned(), assert_reads(1 + 5 + 7 + 7):  # author, chapters and tags of each book
        APIClient().get("/json/all/")


def test_hand_written_rows_are_those_that_are_answered(get):
    class Chosen(Books):
        queryset = Book.objects.prefetch_related(
            Prefetch("chapters", Chapter.objects.filter(number=0))
        )

    response = Chosen.as_view()(APIRequestFactory().get("/")).render()

    assert {len(row["chapters"]) for row in json.loads(response.content)} == {0, 1}


class Mistaken(serializers.ModelSerializer):
    """States that it needs less than it does."""

    state = serializers.SerializerMethodField()

    @needs("number")
    def get_state(self, chapter):
        return f"{chapter.number} {chapter.removed}"

    class Meta:
        model = Chapter
        fields = ("id", "state")


class BookOfMistaken(serializers.ModelSerializer):
    chapters = Mistaken(many=True)

    class Meta:
        model = Book
        fields = ("id", "chapters")


@pytest.mark.parametrize("view", [Books, type("Plain", (Books,), {"json_reads": False})])
def test_a_query_that_code_runs_beside_the_statement_is_named(view, library, settings):
    library(1)
    settings.MATINEE = {"reads": {"on_miss": "raise"}}
    asking = type("Asking", (view,), {"serializer_class": BookOfMistaken})

    with pytest.raises(UnforeseenQueryError, match=r"Mistaken\.state") as error:
        asking.as_view()(APIRequestFactory().get("/")).render()

    assert "in get_state" in str(error.value)
    assert "BookOfMistaken.chapters" in str(error.value)


def test_what_a_base_class_says_counts_wherever_it_stands_among_them():
    class Rules:
        json_reads = True
        planned_reads = False

    class First(PlannedReads, Rules, generics.ListAPIView):
        pass

    class Last(Rules, PlannedReads, generics.ListAPIView):
        pass

    class Below(First):
        json_reads = False

    assert (First.json_reads, First.planned_reads) == (True, False)
    assert (Last.json_reads, Last.planned_reads) == (True, False)
    assert (Below.json_reads, Below.planned_reads) == (False, False)
