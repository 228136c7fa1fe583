"""The views of a project that has never heard of planning, of every kind that real ones have."""

from django.db import transaction
from django.db.models import Count, Prefetch, Value
from django.db.models.functions import Concat
from django.urls import include, path
from django.views.decorators.cache import cache_page, never_cache
from rest_framework import (
    filters,
    generics,
    pagination,
    permissions,
    routers,
    serializers,
    views,
    viewsets,
)
from rest_framework.decorators import action, api_view
from rest_framework.response import Response

from tests.db.reads.urls import BookSerializer, Pages, TagSerializer, page
from tests.shelf.models import Author, Book, Chapter, Tag, Thriller

BOOKS = Book.objects.order_by("pk")


class Open:
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    filter_backends = ()
    pagination_class = None


class SlimSerializer(BookSerializer):
    class Meta:
        model = Book
        fields = ("id", "author")


class Shelf(Open, viewsets.ModelViewSet):
    """The ordinary viewset, with filters of its own and what people add to one."""

    queryset = BOOKS
    serializer_class = BookSerializer
    pagination_class = Pages
    filter_backends = [filters.OrderingFilter]
    planned_reads = True

    @action(detail=False, planned_reads=False)
    def unplanned(self, request):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    @action(detail=True, serializer_class=SlimSerializer)
    def slim(self, request, pk):
        return Response(self.get_serializer(self.get_object()).data)

    @action(detail=True)
    def apart(self, request, pk):
        return Response(TagSerializer(self.get_object().tags.all(), many=True).data)

    @action(detail=False, filter_backends=[filters.SearchFilter])
    def recent(self, request):
        return self.list(request)

    @action(detail=True, methods=["post"])
    def publish(self, request, pk):
        book = self.get_object()
        Book.objects.filter(pk=pk).update(title=Concat("title", Value("!")))
        book.tags.create(name="published")
        book.key = "shown once"
        return Response({**self.get_serializer(book).data, "key": book.key})

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def rename_author(self, request, pk):
        book = self.get_object()
        before = book.author.name
        Author.objects.filter(pk=book.author_id).update(name=f"{before} the Younger")
        return Response(self.get_serializer(book).data)

    @action(detail=False, methods=["post"])
    def find(self, request):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    @action(detail=False, methods=["post"])
    def several(self, request):
        serializer = self.get_serializer(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=201)


class ByAction(Open, viewsets.ModelViewSet):
    """Its serializers are known for some actions alone."""

    queryset = BOOKS

    def get_serializer_class(self):
        return {"list": SlimSerializer, "retrieve": BookSerializer}[self.action]


class OwnList(Open, viewsets.ReadOnlyModelViewSet):
    """Its list never asks for filters."""

    queryset = BOOKS
    serializer_class = BookSerializer

    def list(self, request):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)


class ReadList(Open, viewsets.ReadOnlyModelViewSet):
    """Its list has looked at the rows before they are serialized."""

    queryset = BOOKS
    serializer_class = BookSerializer

    def list(self, request):
        books = [book for book in self.get_queryset() if book.title]
        return Response(self.get_serializer(books, many=True).data)


class LookedAt(Open, viewsets.ReadOnlyModelViewSet):
    """Its list reads more of the rows than its serializer does."""

    queryset = BOOKS.select_related("editor")
    serializer_class = SlimSerializer

    def list(self, request):
        books = self.filter_queryset(self.get_queryset())
        blurbs = [(book.blurb, book.editor and book.editor.name) for book in books]
        return Response([self.get_serializer(books, many=True).data, blurbs])


class OwnObject(Open, generics.RetrieveAPIView):
    queryset = BOOKS
    serializer_class = BookSerializer

    def get_object(self):
        return Book.objects.get(pk=self.kwargs["pk"])


class Optimised(Open, generics.ListAPIView):
    """Loads by hand what nothing reads, and not all that something does."""

    queryset = BOOKS.select_related("author", "editor").prefetch_related("tags", "marks")
    serializer_class = BookSerializer


class Custom(Open, generics.ListAPIView):
    """Loads by hand, and means what it says."""

    serializer_class = BookSerializer

    def get_queryset(self):
        ones = Prefetch("chapters", Chapter.everything.filter(number=1))
        marks = Prefetch("marks", to_attr="all_marks")
        return BOOKS.prefetch_related(ones, marks)


class AsList(Open, generics.ListAPIView):
    serializer_class = BookSerializer

    def get_queryset(self):
        return list(BOOKS.all())


class AsUnion(Open, generics.ListAPIView):
    serializer_class = BookSerializer

    def get_queryset(self):
        return Book.objects.filter(state="new").union(Book.objects.filter(state="used"))


class Raw(Open, generics.ListAPIView):
    serializer_class = BookSerializer

    def get_queryset(self):
        return Book.objects.raw("SELECT * FROM shelf_book ORDER BY id")


class Values(Open, generics.ListAPIView):
    serializer_class = TagSerializer
    queryset = Tag.objects.values("id", "name")


class Locked(Open, generics.RetrieveUpdateAPIView):
    queryset = Book.objects.select_for_update()
    serializer_class = BookSerializer

    @transaction.atomic
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)


class OfAuthor(Open, viewsets.ReadOnlyModelViewSet):
    """Its rows depend on the URL; on a fake request there are none."""

    serializer_class = BookSerializer

    def get_queryset(self):
        return Book.objects.filter(author=self.kwargs["author"]).order_by("pk")


class Cursor(pagination.CursorPagination):
    page_size = 4
    ordering = ("state", "id")


class ByCursor(Open, generics.ListAPIView):
    pagination_class = Cursor
    queryset = Book.objects.all()
    serializer_class = SlimSerializer


class LookingPages(Pages):
    def paginate_queryset(self, queryset, request, view=None):
        rows = super().paginate_queryset(queryset, request, view)
        self.blurbs = [book.blurb for book in rows]
        return rows


class ByLookingPages(Open, generics.ListAPIView):
    pagination_class = LookingPages
    queryset = BOOKS
    serializer_class = SlimSerializer


class Gate(permissions.BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.blurb is not None


class Guarded(Open, generics.RetrieveAPIView):
    queryset = BOOKS
    serializer_class = SlimSerializer
    permission_classes = [Gate]


class Failing(Open, generics.ListAPIView):
    """Its serializer cannot be made without an object."""

    queryset = BOOKS
    serializer_class = BookSerializer

    def get_serializer(self, *args, **kwargs):
        args[0]
        return super().get_serializer(*args, **kwargs)


class Labelled(BookSerializer):
    labels = TagSerializer(many=True, read_only=True)
    chapter_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Book
        fields = ("id", "title", "author", "author_id", "chapter_count", "labels")


class Counting(Open, generics.ListCreateAPIView):
    """Its rows carry what only its queryset gives them."""

    queryset = BOOKS.annotate(chapter_count=Count("chapters")).prefetch_related(
        Prefetch("tags", to_attr="labels")
    )
    serializer_class = Labelled


class CountingOne(Open, generics.RetrieveUpdateAPIView):
    queryset = Counting.queryset
    serializer_class = Labelled

    def perform_update(self, serializer):
        book = serializer.save()
        book.tags.create(name="later")
        Chapter.objects.create(book=book, number=9, title="later")


class Thrillers(Open, generics.ListAPIView):
    queryset = Thriller.objects.order_by("pk")
    serializer_class = BookSerializer


class LeftAlone(Open, generics.ListAPIView):
    queryset = BOOKS
    serializer_class = BookSerializer
    planned_reads = False


class Closed(Open, generics.ListAPIView):
    """Takes nothing when it is made."""

    queryset = BOOKS
    serializer_class = BookSerializer

    def __init__(self):
        super().__init__()


class Registered(type):
    """Lets no class be made that it has not heard of."""

    def __new__(meta, name, bases, names):
        if name == "Odd" and any(base.__name__ == "Odd" for base in bases):
            raise RuntimeError("There is an Odd already.")
        return super().__new__(meta, name, bases, names)


class Odd(Open, generics.ListAPIView, metaclass=Registered):
    queryset = BOOKS
    serializer_class = BookSerializer


class AsJSON(Open, generics.ListAPIView):
    queryset = BOOKS
    serializer_class = BookSerializer
    json_reads = True


class AsOddJSON(AsJSON):
    queryset = Book.objects.extra(select={"odd": "1"}).order_by("pk")


class OwnJSON(AsJSON):
    def get(self, request):
        return Response(self.get_serializer(list(self.get_queryset()), many=True).data)


class Plain(Open, views.APIView):
    def get(self, request):
        return Response(SlimSerializer(BOOKS, many=True).data)


@api_view(["GET"])
def function(request):
    return Response(SlimSerializer(BOOKS, many=True).data)


router = routers.SimpleRouter()
router.register("shelf", Shelf, "shelf")
router.register("by-action", ByAction, "by-action")
router.register("own-list", OwnList, "own-list")
router.register("read-list", ReadList, "read-list")
router.register("looked-at", LookedAt, "looked-at")
router.register(r"authors/(?P<author>\d+)/books", OfAuthor, "of-author")
urlpatterns = [
    path("", include(router.urls)),
    path("own-object/<int:pk>/", OwnObject.as_view()),
    path("optimised/", Optimised.as_view()),
    path("custom/", Custom.as_view()),
    path("as-list/", AsList.as_view()),
    path("as-union/", AsUnion.as_view()),
    path("raw/", Raw.as_view()),
    path("values/", Values.as_view()),
    path("locked/<int:pk>/", Locked.as_view()),
    path("by-cursor/", ByCursor.as_view()),
    path("by-looking-pages/", ByLookingPages.as_view()),
    path("guarded/<int:pk>/", Guarded.as_view()),
    path("failing/", Failing.as_view()),
    path("counting/", Counting.as_view()),
    path("counting/<int:pk>/", CountingOne.as_view()),
    path("thrillers/", Thrillers.as_view()),
    path("left-alone/", LeftAlone.as_view()),
    path("as-json/", AsJSON.as_view()),
    path("as-odd-json/", AsOddJSON.as_view()),
    path("own-json/", OwnJSON.as_view()),
    path("closed/", Closed.as_view()),
    path("odd/", Odd.as_view()),
    path("never/", never_cache(Optimised.as_view())),
    path("cached/", never_cache(cache_page(0)(ByCursor.as_view()))),
    path("plain/", Plain.as_view()),
    path("function/", function),
    path("authors/<int:pk>/", page, name="author"),
]

handler500 = page
