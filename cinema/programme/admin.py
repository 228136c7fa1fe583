"""Halls and screenings for staff."""

import datetime as dt

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.office import LinkInline, OfficeAdmin
from matinee.ranges.admin import RangeAdminMixin

from .models import Hall, Screening


class ScreeningInline(LinkInline):
    model = Screening
    autocomplete_fields = ["film"]
    readonly_fields = ["generated"]
    verbose_name_plural = _("screenings from today for two weeks")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Screening]:
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        weeks = today, today + dt.timedelta(weeks=2)
        return super().get_queryset(request).filter(during__lower__range=weeks)


@admin.register(Hall)
class HallAdmin(OfficeAdmin):
    list_display = ["name", "seats", "screenings"]
    search_fields = ["name"]
    ordering = ["name"]  # counting drops the model's own order
    inlines = [ScreeningInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        return super().get_queryset(request).annotate(screening_count=Count("screenings"))

    @admin.display(description=_("screenings"), ordering="screening_count")
    def screenings(self, hall: Hall) -> int:
        return hall.screening_count


@admin.register(Screening)
class ScreeningAdmin(RangeAdminMixin, OfficeAdmin):
    list_display = [
        "during",
        "hall",
        "film",
        "price",
        "original_version",
        "generated",
    ]
    list_display_links = ["during", "film"]
    list_select_related = ["film", "hall"]
    list_filter = ["hall", "original_version", "generated", "during"]
    date_hierarchy = "during__lower"
    search_fields = ["film__title", "hall__name"]
    autocomplete_fields = ["film", "hall"]
    readonly_fields = ["generated"]
