"""Reviews and those who write them, for staff."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from cinema.office import OfficeAdmin

from .models import Review, Reviewer


@admin.register(Reviewer)
class ReviewerAdmin(OfficeAdmin):
    list_display = ["name", "user", "reviews", "generated"]
    list_select_related = ["user"]
    list_filter = ["generated", ("user", admin.EmptyFieldListFilter)]
    search_fields = ["name", "user__username"]
    ordering = ["name"]  # counting drops the model's own order
    autocomplete_fields = ["user"]
    readonly_fields = ["generated"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reviewer]:
        return super().get_queryset(request).annotate(review_count=Count("reviews"))

    @admin.display(description=_("reviews"), ordering="review_count")
    def reviews(self, reviewer: Reviewer) -> int:
        return reviewer.review_count


@admin.register(Review)
class ReviewAdmin(OfficeAdmin):
    list_display = ["film", "author", "stars", "beginning", "written_at", "generated"]
    list_select_related = ["film", "author"]
    list_filter = ["stars", "generated", "written_at"]
    search_fields = ["film__title", "author__name", "text"]
    date_hierarchy = "written_at"
    autocomplete_fields = ["film", "author"]
    readonly_fields = ["generated"]

    @admin.display(description=_("text"))
    def beginning(self, review: Review) -> str:
        return Truncator(review.text).words(12)
