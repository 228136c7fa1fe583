from django.conf import settings
from django.urls import path

from cinema.backstage import views

app_name = "backstage"
urlpatterns = []

if settings.CINEMA_BACKSTAGE:
    urlpatterns += [path("compare/", views.compare, name="compare")]

if settings.CINEMA_BREAK_IT:
    urlpatterns += [
        path("break/", views.break_it, name="break"),
        path("break/<slug:name>/", views.do_break, name="do_break"),
    ]
