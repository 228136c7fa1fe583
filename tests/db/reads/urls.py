"""Views over the shelf: planned ones, one that is not, and somewhere for hyperlinks to go."""

from django.http import HttpResponse
from django.urls import include, path
from rest_framework import generics, pagination, permissions, routers, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from matinee.reads.drf import PlannedReads
from tests.shelf.models import Author, Book, Chapter, Tag


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ("id", "name")


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ("id", "name")


class ChapterSerializer(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ("id", "number", "title")


class BookSerializer(serializers.ModelSerializer):
    author = AuthorSerializer(read_only=True)
    author_id = serializers.PrimaryKeyRelatedField(
        source="author", queryset=Author.objects.all(), write_only=True, required=False
    )
    chapters = ChapterSerializer(many=True, read_only=True)
    tags = TagSerializer(many=True, read_only=True)

    class Meta:
        model = Book
        fields = ("id", "title", "author", "author_id", "chapters", "tags")


class Pages(pagination.PageNumberPagination):
    page_size = 4
    page_size_query_param = "size"


class BookViewSet(PlannedReads, viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer
    pagination_class = Pages
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()

    @action(detail=True, methods=["post"])
    def rename(self, request, pk):
        book = self.get_object()
        book.title = request.data["title"]
        book.save()
        return Response(self.get_serializer(book).data)


class NewBooks(PlannedReads, generics.ListCreateAPIView):
    """Its rows are a part of all; what is written may leave it."""

    serializer_class = BookSerializer
    pagination_class = None
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()

    def get_queryset(self):
        return Book.objects.filter(state="new").order_by("pk")

    def perform_create(self, serializer):
        book = serializer.save(state="used")
        book.tags.add(Tag.objects.create(name="added after the save"))


class NewBook(PlannedReads, generics.RetrieveUpdateDestroyAPIView):
    queryset = Book.objects.filter(title__startswith="Book")
    serializer_class = BookSerializer
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()


class Unplanned(generics.ListAPIView):
    queryset = Book.objects.all()
    serializer_class = BookSerializer


class Broken(PlannedReads, generics.ListAPIView):
    serializer_class = BookSerializer

    def get_queryset(self):
        return Book.objects.filter(title=self.kwargs["title"])


class AsList(PlannedReads, generics.ListAPIView):
    serializer_class = TagSerializer
    permission_classes = (permissions.AllowAny,)

    def get_queryset(self):
        return list(Tag.objects.order_by("pk"))


def page(request, **kwargs):
    return HttpResponse()


router = routers.SimpleRouter()
router.register("shelf", BookViewSet)
urlpatterns = [
    path("", include(router.urls)),
    path("new/", NewBooks.as_view()),
    path("new/<int:pk>/", NewBook.as_view()),
    path("unplanned/", Unplanned.as_view()),
    path("broken/<title>/", Broken.as_view()),
    path("list/", AsList.as_view()),
    path("books/<title>/", page, name="book"),
    path("authors/<int:pk>/", page, name="author"),
    path("named/<name>/", page, name="named"),
]
