from django.urls import path
from django.views.generic import RedirectView

from cinema.films import views

app_name = "films"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("films/", RedirectView.as_view(pattern_name="films:catalogue", query_string=True)),
    path("films/<int:pk>/", views.film, name="film"),
    path("films/<int:pk>/<slug:slug>/", views.film, name="film"),
    path("directors/<int:pk>/", views.director, name="director"),
    path("directors/<int:pk>/<slug:slug>/", views.director, name="director"),
    path("about/", views.about, name="about"),
]
