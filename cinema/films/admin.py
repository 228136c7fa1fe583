"""Films, and the people and companies that made them, for staff."""

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.office import LinkInline, OfficeAdmin

from .models import Direction, Director, Distributor, Film, Genre


class DecadeFilter(admin.SimpleListFilter):
    title = _("decade")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: OfficeAdmin) -> list[tuple[str, str]]:
        return [(str(year), gettext("%ds") % year) for year in range(2010, 1900, -10)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Film]) -> QuerySet[Film]:
        known = {value for value, _ in self.lookup_choices}
        if self.value() not in known:
            return queryset
        first = int(self.value())
        return queryset.filter(released__year__range=(first, first + 9))


class MendedFilter(admin.SimpleListFilter):
    title = _("mended")
    parameter_name = "mended"

    def lookups(self, request: HttpRequest, model_admin: OfficeAdmin) -> list[tuple[str, object]]:
        return [("yes", _("Mended by the import")), ("no", _("As the data has it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Film]) -> QuerySet[Film]:
        match self.value():
            case "yes":
                return queryset.exclude(mended=[])
            case "no":
                return queryset.filter(mended=[])
        return queryset


class DirectionInline(LinkInline):
    model = Direction
    autocomplete_fields = ["director"]
    verbose_name = _("director")
    verbose_name_plural = _("directors")


@admin.register(Film)
class FilmAdmin(OfficeAdmin):
    list_display = [
        "title",
        "released",
        "director_names",
        "genre",
        "distributor",
        "certificate",
        "imdb_rating",
        "is_mended",
    ]
    list_select_related = ["genre", "distributor"]
    list_filter = ["genre", DecadeFilter, MendedFilter, "certificate", "setting", "based_on"]
    search_fields = ["title", "directors__name"]
    search_help_text = _("Search titles and directors.")
    date_hierarchy = "released"
    autocomplete_fields = ["genre", "distributor"]
    inlines = [DirectionInline]
    readonly_fields = ["mends", "source_row", "changed_at"]
    fieldsets = [
        (None, {"fields": ["title", "released", "genre", "certificate", "minutes"]}),
        (_("Origin"), {"fields": ["distributor", "based_on", "setting"]}),
        (_("Reception"), {"fields": ["imdb_rating", "imdb_votes", "tomatoes"]}),
        (_("Money"), {"fields": ["budget", "us_gross", "worldwide_gross", "dvd_sales"]}),
        (_("Data"), {"fields": ["mends", "source_row", "changed_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Film]:
        directions = Direction.objects.filter(film=OuterRef("pk"))
        names = ArraySubquery(directions.values("director__name"))
        return super().get_queryset(request).annotate(director_names=names)

    @admin.display(description=_("directors"), empty_value="-")
    def director_names(self, film: Film) -> str:
        return ", ".join(film.director_names)

    @admin.display(description=_("mended"), boolean=True)
    def is_mended(self, film: Film) -> bool:
        return bool(film.mended)

    @admin.display(description=_("what the import changed"))
    def mends(self, film: Film) -> SafeString | str:
        if not film.mended:
            return _("Nothing: the film is as the data has it.")
        notes = format_html_join("", "<li>{}</li>", ((note,) for note in film.mended))
        return format_html("<ul>{}</ul>", notes)


@admin.register(Direction)
class DirectionAdmin(OfficeAdmin):
    list_display = ["film", "director", "generated"]
    list_select_related = ["film", "director"]
    list_filter = ["generated"]
    search_fields = ["film__title", "director__name"]
    autocomplete_fields = ["film", "director"]


class NameAdmin(OfficeAdmin):
    """Things that are a name and have films."""

    list_display = ["name", "films"]
    search_fields = ["name"]
    ordering = ["name"]  # counting drops the model's own order

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(film_count=Count("films"))

    @admin.display(description=_("films"), ordering="film_count")
    def films(self, named: Genre | Distributor | Director) -> int:
        return named.film_count


@admin.register(Genre)
class GenreAdmin(NameAdmin):
    pass


@admin.register(Distributor)
class DistributorAdmin(NameAdmin):
    pass


@admin.register(Director)
class DirectorAdmin(NameAdmin):
    pass
