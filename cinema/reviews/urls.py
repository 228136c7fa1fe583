from django.urls import path

from cinema.reviews import views

app_name = "reviews"
urlpatterns = [path("<int:film_pk>/", views.write, name="write")]
