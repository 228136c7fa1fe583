"""The resources. None of them says how its rows are fetched: its serializer does."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
)
from rest_framework.routers import APIRootView
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from cinema.api import filters
from cinema.api.permissions import AuthorsWrite, StaffWrites, VisitorsBook
from cinema.api.serializers import bookings, films, programme, reviews
from cinema.api.sparse import PARAMETER, wanted_fields
from cinema.bookings.models import Booking
from cinema.films.models import Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review
from matinee.reads.drf import PlannedReads


class PrivateToAccounts:
    """Lets no shared cache keep what somebody logged in was answered."""

    @method_decorator(csp_override(settings.API_CSP))
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True)
        return response


class HouseRules(PrivateToAccounts):
    """What holds for every resource: who writes, what it is called, and sparse fields."""

    permission_classes = [StaffWrites]
    json_reads = True
    lookup_value_converter = "int"
    # Where one row shows more than a row of the list does.
    detail_serializer_class: type | None = None

    def get_view_name(self) -> str:
        names = self.queryset.model._meta
        return capfirst(names.verbose_name if self.detail else names.verbose_name_plural)

    def get_serializer_class(self) -> type:
        if self.detail_serializer_class is None or self.action == "list":
            return super().get_serializer_class()
        return self.detail_serializer_class

    def get_serializer_context(self) -> dict[str, Any]:
        request = getattr(self, "request", None)
        return {**super().get_serializer_context(), PARAMETER: wanted_fields(request)}


class Root(PrivateToAccounts, APIRootView):
    name = _("API")
    description = _("Everything there is to ask for. Each list says how it is filtered.")


class Description(PrivateToAccounts, SpectacularAPIView):
    """The schema, as YAML or JSON."""


class Docs(PrivateToAccounts, SpectacularSwaggerView):
    url_name = "api:schema"


class FilmViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("Every film the house knows of, with what is known of it.")
    queryset = Film.objects.all()
    serializer_class = films.FilmSerializer
    detail_serializer_class = films.FilmDetailSerializer
    filterset_class = filters.FilmFilter


class DirectorViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("Directors; each one's own answer lists their films.")
    queryset = Director.objects.all()
    serializer_class = films.DirectorSerializer
    detail_serializer_class = films.DirectorDetailSerializer
    filterset_class = filters.DirectorFilter


class GenreViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("Genres, and how many films each has.")
    queryset = Genre.objects.all()
    serializer_class = films.GenreSerializer
    filterset_class = filters.GenreFilter


class DistributorViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("Distributors, and how many films each has.")
    queryset = Distributor.objects.all()
    serializer_class = films.DistributorSerializer
    filterset_class = filters.DistributorFilter


class HallViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("The halls of the house.")
    queryset = Hall.objects.all()
    serializer_class = programme.HallSerializer
    filterset_class = filters.HallFilter


class ScreeningViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("What is shown where and when. Halls cannot be booked twice.")
    queryset = Screening.objects.order_by("during", "hall__name", "pk")
    serializer_class = programme.ScreeningSerializer
    filterset_class = filters.ScreeningFilter


class ReviewViewSet(PlannedReads, HouseRules, ModelViewSet):
    description = _("What visitors say. Who is logged in writes their own, one a film.")
    queryset = Review.objects.all()
    serializer_class = reviews.ReviewSerializer
    filterset_class = filters.ReviewFilter
    permission_classes = [AuthorsWrite]


class BookingViewSet(
    PlannedReads,
    HouseRules,
    CreateModelMixin,
    RetrieveModelMixin,
    ListModelMixin,
    DestroyModelMixin,
    GenericViewSet,
):
    description = _("Your own seats. To change them is to give them back and to book others.")
    queryset = Booking.objects.order_by("booked_at", "pk")
    serializer_class = bookings.BookingSerializer
    filterset_class = filters.BookingFilter
    permission_classes = [VisitorsBook]

    def get_queryset(self) -> QuerySet[Booking]:
        """Return the visitor's bookings, and for who is not logged in none."""
        return super().get_queryset().filter(visitor=self.request.user.pk or 0)
