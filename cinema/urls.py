"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("cinema.films.urls")),
    path("programme/", include("cinema.programme.urls")),
    path("reviews/", include("cinema.reviews.urls")),
    path("bookings/", include("cinema.bookings.urls")),
    path("api/", include("cinema.api.urls")),
    path("backstage/", include("cinema.backstage.urls")),
    path("accounts/login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
