"""What the lists can be narrowed and ordered by. What is not named here cannot be asked.

A parameter nobody knows, or a value that cannot be meant, is a 400 which names the parameter:
a misspelt filter that is passed over in silence answers with every film there is.
"""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Expression, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

from cinema.api.sparse import PARAMETER
from cinema.bookings.models import Booking
from cinema.films.models import FILM_COUNT, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review
from matinee.ranges.filters import RangeFilter

MAX_ID = 2**63 - 1
LONGEST_SEARCH = 100
MOST_NAMED = 10
FIRST_YEAR, LAST_YEAR = 1880, 2200
START = "during__lower"


class KnownParameters(DjangoFilterBackend):
    """Filters of a FilterSet, and nothing but them. One row is not filtered: it has its id."""

    def get_filterset_class(self, view, queryset=None):
        return None if _is_of_one_row(view) else super().get_filterset_class(view, queryset)

    def filter_queryset(self, request, queryset, view):
        filterset = self.get_filterset_class(view, queryset)
        known = {PARAMETER, api_settings.URL_FORMAT_OVERRIDE, *_pages(view)}
        known.update(filterset.base_filters if filterset else ())
        if unknown := sorted(request.query_params.keys() - known)[:MOST_NAMED]:
            message = _("There is no such parameter. Known are: %(known)s.")
            said = message % {"known": ", ".join(sorted(known))}
            raise ValidationError({name[:LONGEST_SEARCH]: [said] for name in unknown})
        return super().filter_queryset(request, queryset, view)


def _is_of_one_row(view) -> bool:
    return getattr(view, "detail", False)


def _pages(view) -> list[str]:
    """Return the parameters by which *view* is asked for a page."""
    if _is_of_one_row(view) or view.paginator is None:
        return []
    return [view.paginator.page_query_param, view.paginator.page_size_query_param]


class WholeNumber(filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, *, label: str, min_value: int, max_value: int, **kwargs) -> None:
        bounds = {"min_value": min_value, "max_value": max_value}
        super().__init__(label=label, **bounds, **kwargs)
        shape = {"type": "integer", "minimum": min_value, "maximum": max_value}
        extend_schema_field({**shape, "description": label})(self)

    def get_max_validator(self):
        return None  # each filter states its own bounds


class Id(WholeNumber):
    """A row by its id, without asking whether it exists: nobody's films are an empty list."""

    def __init__(self, label: str, **kwargs) -> None:
        super().__init__(label=label, min_value=1, max_value=MAX_ID, **kwargs)


class Year(WholeNumber):
    def __init__(self, label: str, **kwargs) -> None:
        super().__init__(label=label, min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class Rating(filters.NumberFilter):
    def __init__(self, **kwargs) -> None:
        bounds = {"min_value": 0, "max_value": 10, "max_digits": 3, "decimal_places": 1}
        super().__init__(field_name="imdb_rating", **bounds, **kwargs)

    def get_max_validator(self):
        return None


class Day(filters.DateFilter):
    """A date as ISO 8601 writes it; how a reader's language writes dates is ambiguous."""

    def __init__(self, *args, **kwargs) -> None:
        years = [
            MinValueValidator(date(FIRST_YEAR, 1, 1)),
            MaxValueValidator(date(LAST_YEAR, 12, 31)),
        ]
        super().__init__(*args, input_formats=["%Y-%m-%d"], validators=years, **kwargs)


class YesNo(filters.TypedChoiceFilter):
    """true or false; django-filter's own takes every other word for no filter at all."""

    def __init__(self, label: str, **kwargs) -> None:
        choices = [("true", _("yes")), ("false", _("no"))]
        coerce = "true".__eq__
        super().__init__(label=label, choices=choices, coerce=coerce, **kwargs)
        extend_schema_field({"type": "boolean", "description": label})(self)


class Search(filters.CharFilter):
    def __init__(self, field_name: str) -> None:
        super().__init__(
            field_name=field_name,
            lookup_expr="icontains",
            max_length=LONGEST_SEARCH,
            label=_("Part of the name, in capitals or not"),
        )


class Ordering(filters.OrderingFilter):
    """By the columns named, empty ones last. Ties have an order, so pages never overlap.

    Or by what is computed: ``Ordering("name", film_count=Count("films"))``.
    """

    def __init__(self, *names: str, **computed: Expression) -> None:
        super().__init__(fields=[(name, name) for name in (*names, *computed)])
        self.computed = computed

    def filter(self, qs: QuerySet, value: list[str] | None) -> QuerySet:
        if not value:
            return qs
        terms = [
            F(name.removeprefix("-")).desc(nulls_last=True)
            if name.startswith("-")
            else F(name).asc(nulls_last=True)
            for name in dict.fromkeys(value)
        ]
        asked = {name.removeprefix("-") for name in value} & self.computed.keys()
        qs = qs.alias(**{name: self.computed[name] for name in asked})
        return qs.order_by(*terms, "pk")


class FilmFilter(FilterSet):
    search = Search("title")
    genre = Id(_("Genre, by id"))
    distributor = Id(_("Distributor, by id"))
    director = Id(_("Director, by id"), field_name="directors")
    certificate = filters.CharFilter(max_length=20, label=_("Certificate, as written"))
    decade = Year(
        _("Decade of release, by its first year: 1990"),
        field_name="released",
        method="in_decade",
        step_size=10,
    )
    year_min = Year(_("Released in or after"), field_name="released", lookup_expr="year__gte")
    year_max = Year(_("Released in or before"), field_name="released", lookup_expr="year__lte")
    released_after = Day(field_name="released", lookup_expr="gte", label=_("Released on or after"))
    released_before = Day(
        field_name="released", lookup_expr="lte", label=_("Released on or before")
    )
    rating_min = Rating(lookup_expr="gte", label=_("IMDb rating, at least"))
    rating_max = Rating(lookup_expr="lte", label=_("IMDb rating, at most"))
    ordering = Ordering(
        "title",
        "released",
        "minutes",
        "imdb_rating",
        "imdb_votes",
        "tomatoes",
        "budget",
        "us_gross",
        "worldwide_gross",
    )

    class Meta:
        model = Film
        fields: list[str] = []

    def in_decade(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        years = (date(value, 1, 1), date(value + 9, 12, 31))
        return queryset.filter(**{f"{name}__range": years})


class DirectorFilter(FilterSet):
    search = Search("name")
    ordering = Ordering("name", film_count=FILM_COUNT)

    class Meta:
        model = Director
        fields: list[str] = []


class GenreFilter(FilterSet):
    search = Search("name")
    ordering = Ordering("name", film_count=FILM_COUNT)

    class Meta:
        model = Genre
        fields: list[str] = []


class DistributorFilter(FilterSet):
    search = Search("name")
    ordering = Ordering("name", film_count=FILM_COUNT)

    class Meta:
        model = Distributor
        fields: list[str] = []


class HallFilter(FilterSet):
    search = Search("name")
    ordering = Ordering("name", "seats")

    class Meta:
        model = Hall
        fields: list[str] = []


class ScreeningFilter(FilterSet):
    film = Id(_("Film, by id"))
    hall = Id(_("Hall, by id"))
    day = Day(START, method="on_day", label=_("The day it starts, house time"))
    from_day = Day(START, method="since", label=_("Starts on this day or later"))
    to_day = Day(START, method="until", label=_("Starts on this day or earlier"))
    during_contains = RangeFilter(
        field_name="during", lookup_expr="contains", label=_("Running at this time")
    )
    original_version = YesNo(_("In the original version"))
    ordering = Ordering(START, "price")

    class Meta:
        model = Screening
        fields: list[str] = []

    def on_day(self, queryset: QuerySet, name: str, value: date) -> QuerySet:
        return self.until(self.since(queryset, name, value), name, value)

    def since(self, queryset: QuerySet, name: str, value: date) -> QuerySet:
        return queryset.filter(**{f"{name}__gte": _midnight(value)})

    def until(self, queryset: QuerySet, name: str, value: date) -> QuerySet:
        return queryset.filter(**{f"{name}__lt": _midnight(value + timedelta(days=1))})


class ReviewFilter(FilterSet):
    film = Id(_("Film, by id"))
    author = Id(_("Author, by id"))
    stars = WholeNumber(min_value=1, max_value=5, label=_("Stars, exactly"))
    stars_min = WholeNumber(
        field_name="stars", lookup_expr="gte", min_value=1, max_value=5, label=_("Stars, at least")
    )
    generated = YesNo(_("Made up for the demonstration"))
    ordering = Ordering("written_at", "stars")

    class Meta:
        model = Review
        fields: list[str] = []


class BookingFilter(FilterSet):
    screening = Id(_("Screening, by id"))
    ordering = Ordering("booked_at", "seats")

    class Meta:
        model = Booking
        fields: list[str] = []


def _midnight(day: date) -> datetime:
    """Return the instant *day* begins in the house's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
