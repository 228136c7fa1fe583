from django.urls import path

from cinema.bookings import views

app_name = "bookings"
urlpatterns = [
    path("", views.own, name="own"),
    path("screening/<int:screening_pk>/", views.seats, name="seats"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
