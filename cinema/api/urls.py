from django.urls import include, path
from rest_framework.routers import DefaultRouter

from cinema.api import views

router = DefaultRouter(use_regex_path=False)
router.APIRootView = views.Root
router.include_format_suffixes = False
router.register("films", views.FilmViewSet)
router.register("directors", views.DirectorViewSet)
router.register("genres", views.GenreViewSet)
router.register("distributors", views.DistributorViewSet)
router.register("halls", views.HallViewSet)
router.register("screenings", views.ScreeningViewSet)
router.register("reviews", views.ReviewViewSet)
router.register("bookings", views.BookingViewSet)

api = [
    path("", include(router.urls)),
    path("schema/", views.Description.as_view(), name="schema"),
    path("docs/", views.Docs.as_view(), name="docs"),
]

urlpatterns = [
    # The browsable API looks for its login under this namespace, at the top.
    path("auth/", include("rest_framework.urls")),
    path("", include((api, "api"))),
]
