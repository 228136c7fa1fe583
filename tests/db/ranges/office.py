"""An admin of everything that has ranges, which only tests know."""

from django.contrib import admin
from django.urls import path

from matinee.ranges import MultiRange, Range
from matinee.ranges.admin import RangeAdminMixin
from tests.spans.models import Everything, Part

RANGES = ["ints", "bigs", "nums", "closed", "days", "during"]
MULTIRANGES = ["many_ints", "many_bigs", "many_nums", "many_days", "many_times"]

plain = admin.AdminSite("plain")
office = admin.AdminSite("office")
edited = admin.AdminSite("edited")


class Inline(admin.TabularInline):
    model = Part
    extra = 1


@admin.register(Everything, site=plain)
class PlainAdmin(admin.ModelAdmin):
    """Nothing is declared but what Django needs to be told."""

    list_display = ["id", *RANGES, *MULTIRANGES, "several", "free"]
    list_filter = ["during", "days", "ints", "many_times"]
    search_fields = ["name", "during", "ints"]
    exclude = ["several"]

    def free(self, row):
        """Return ranges that are of no field."""
        whole = MultiRange([Range(0, 10)])
        return None if row.many_ints is None else whole - row.many_ints


@admin.register(Everything, site=office)
class OfficeAdmin(RangeAdminMixin, admin.ModelAdmin):
    list_display = ["id", "during"]
    date_hierarchy = "during__lower"
    readonly_fields = ["during", "many_days"]
    fields = ["name", "during", "many_days", "ints"]
    inlines = [Inline]


@admin.register(Everything, site=edited)
class EditedAdmin(RangeAdminMixin, admin.ModelAdmin):
    list_display = ["id", "during", "days"]
    list_editable = ["during", "days"]
    date_hierarchy = "days__upper"
    exclude = ["several"]


urlpatterns = [path(f"{site.name}/", site.urls) for site in (plain, office, edited)]
