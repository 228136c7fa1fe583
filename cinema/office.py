"""What all pages for staff share."""

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import DataError, transaction
from django.db.models import FETCH_PEERS, ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from matinee.conflicts.admin import ShowsConflicts

__all__ = ["LinkInline", "OfficeAdmin"]

admin.site.site_header = _("Cinema office")
admin.site.site_title = _("Cinema office")


class Choice(AutocompleteSelect):
    """A field to type into that survives a value which is no key at all."""

    def optgroups(self, name: str, value: list[str], attr: dict | None = None) -> list:
        try:
            return super().optgroups(name, value, attr)
        except ValueError:  # the form says so beside the field; here there is nothing to show
            return super().optgroups(name, [], attr)


class OfficeAdmin(ShowsConflicts, admin.ModelAdmin):
    """A model's pages, whose queries do not grow with their rows; races are errors of forms."""

    list_per_page = 50
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        # Django sends a lookup it does not understand to ?e=1. Some it only meets too late: the
        # year 9999 has no next one, and PostgreSQL stores no NUL character.
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            return HttpResponseRedirect(f"{request.path}?e=1")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: object
    ) -> ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Choice(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class LinkInline(admin.TabularInline):
    """Rows to look at, to add and to delete; the related objects of all take one query each."""

    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).fetch_mode(FETCH_PEERS)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # A form for each row would look up the label of each row's choice by itself.
        return False
