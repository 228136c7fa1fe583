"""What the code that answers a request does with its view."""

from types import SimpleNamespace

import pytest
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import generics, viewsets
from rest_framework.response import Response

from matinee.reads.drf._handlers import handler_of


def handler(cls, name):
    view = cls()
    view.request = SimpleNamespace()
    view.action = name if isinstance(view, viewsets.GenericViewSet) else None
    view.request.method = name.upper()
    return handler_of(view)


class Passing(viewsets.ModelViewSet):
    def list(self, request):
        answer = super().list(request)
        return Response({"rows": answer.data})

    @method_decorator(never_cache)
    def retrieve(self, request, pk):
        return super().retrieve(request, pk)

    def indirect(self, request):
        return self._answer(request)

    def _answer(self, request):
        return self.list(request)


class Own(viewsets.ModelViewSet):
    def list(self, request):
        return Response([self.get_serializer(each).data for each in self.get_queryset()])

    def retrieve(self, request, pk):
        return Response({"title": self.get_object().title})

    def within(self, request):
        def rows():
            return self.get_serializer(self.filter_queryset(self.queryset), many=True)

        return Response(rows().data)


class Handed(viewsets.ModelViewSet):
    def get_object(self):
        book = super().get_object()
        book.label = book.blurb[:10]
        return book

    def paginate_queryset(self, queryset):
        return [book for book in super().paginate_queryset(queryset) if book.blurb]


FACTS = ("serializes", "single", "paginates", "shipped")


@pytest.mark.parametrize(
    ("cls", "name", "facts"),
    [
        (viewsets.ModelViewSet, "list", "serializes paginates shipped"),
        (viewsets.ModelViewSet, "retrieve", "serializes single shipped"),
        (viewsets.ModelViewSet, "destroy", "single shipped"),
        (generics.ListAPIView, "get", "serializes paginates shipped"),
        (generics.RetrieveUpdateDestroyAPIView, "get", "serializes single shipped"),
        (generics.ListAPIView, "head", "serializes paginates shipped"),
        (generics.ListAPIView, "options", "shipped"),
        (Passing, "list", "serializes paginates shipped"),
        (Passing, "retrieve", "serializes single shipped"),
        (Passing, "indirect", "serializes paginates shipped"),
        (Own, "list", "serializes"),
        (Own, "retrieve", "single"),
        (Own, "within", "serializes"),
        (Handed, "list", "serializes paginates"),
        (Handed, "retrieve", "serializes single"),
    ],
)
def test_a_handler_is_known_by_what_it_calls(cls, name, facts):
    found = handler(cls, name)

    assert [fact for fact in FACTS if getattr(found, fact)] == facts.split()
