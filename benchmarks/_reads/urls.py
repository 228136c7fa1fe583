"""The ways that are measured over HTTP."""

from django.urls import path

from benchmarks._reads.ways import PLAIN

urlpatterns = [path(f"{way.slug}/", way.view) for way in PLAIN if way.served]
