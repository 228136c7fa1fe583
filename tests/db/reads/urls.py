"""Somewhere for hyperlinks to go."""

from django.http import HttpResponse
from django.urls import path


def page(request, **kwargs):
    return HttpResponse()


urlpatterns = [
    path("books/<title>/", page, name="book"),
    path("authors/<int:pk>/", page, name="author"),
    path("named/<name>/", page, name="named"),
]
