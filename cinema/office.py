"""What all pages for staff share."""

from django.contrib import admin
from django.db import DataError
from django.db.models import FETCH_PEERS, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

__all__ = ["LinkInline", "OfficeAdmin"]

admin.site.site_header = _("Cinema office")
admin.site.site_title = _("Cinema office")


class OfficeAdmin(admin.ModelAdmin):
    """A model's pages, whose queries do not grow with their rows."""

    list_per_page = 50
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        # Django sends a lookup it does not understand to ?e=1. Some it only meets too late: the
        # year 9999 has no next one, and PostgreSQL stores no NUL character.
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            return HttpResponseRedirect(f"{request.path}?e=1")


class LinkInline(admin.TabularInline):
    """Rows to look at, to add and to delete; the related objects of all take one query each."""

    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).fetch_mode(FETCH_PEERS)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # A form for each row would look up the label of each row's choice by itself.
        return False
