from datetime import date

from django.urls import path, register_converter

from cinema.programme import views

# No programme is older than cinema; and no clock is asked about years it cannot tell.
FIRST_YEAR, LAST_YEAR = 1895, 2200


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "programme"
urlpatterns = [
    path("", views.programme, name="today"),
    path("<day:day>/", views.programme, name="day"),
    path("<day:day>.json", views.listings, name="listings"),
]
