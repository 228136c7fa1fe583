"""What the catalogue can be asked."""

from collections.abc import Iterable

from django import forms
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.films.models import Film, Genre

LONGEST_SEARCH = 100
DECADES = range(2010, 1900, -10)
RATINGS = range(9, 4, -1)

# Every order ends in the key: pages must neither repeat a film nor leave one out.
ORDERS = {
    "": [F("next_at").asc(nulls_last=True), F("imdb_votes").desc(nulls_last=True), "pk"],
    "title": ["title", "released", "pk"],
    "rating": [F("imdb_rating").desc(nulls_last=True), F("imdb_votes").desc(nulls_last=True), "pk"],
    "newest": [F("released").desc(nulls_last=True), "title", "pk"],
    "oldest": [F("released").asc(nulls_last=True), "title", "pk"],
}


class CatalogueForm(forms.Form):
    """Filters of the catalogue. A field that makes no sense is said so, and does not filter."""

    title = forms.CharField(label=_("Title"), required=False, max_length=LONGEST_SEARCH)
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    decade = forms.ChoiceField(label=_("Decade"), required=False)
    rating = forms.ChoiceField(label=_("Rating"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Next on screen")),
            ("title", _("By title")),
            ("rating", _("Best rated")),
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
        ],
    )

    def __init__(self, *args, genres: Iterable[Genre], **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["title"].widget = forms.TextInput(
            {"type": "search", "maxlength": LONGEST_SEARCH, "autocomplete": "off"}
        )
        self.fields["genre"].choices = [
            ("", _("All genres")),
            *((str(genre.pk), genre.name) for genre in genres),
        ]
        self.fields["decade"].choices = [
            ("", _("All decades")),
            *((str(year), gettext("%ds") % year) for year in DECADES),
        ]
        self.fields["rating"].choices = [
            ("", _("Any rating")),
            *((str(least), gettext("%d and more") % least) for least in RATINGS),
        ]

    def asked(self) -> dict[str, str]:
        """Return what was asked and made sense, as the shortest query says it."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def films(self) -> QuerySet[Film]:
        asked = self.asked()
        films = Film.objects.all()
        if title := asked.get("title"):
            films = films.filter(title__icontains=title)
        if genre := asked.get("genre"):
            films = films.filter(genre=int(genre))
        if decade := asked.get("decade"):
            films = films.filter(released__year__range=(int(decade), int(decade) + 9))
        if rating := asked.get("rating"):
            films = films.filter(imdb_rating__gte=int(rating))
        order = asked.get("order", "")
        if not order:
            coming = Q(screenings__during__lower__gte=timezone.now())
            films = films.annotate(next_at=Min("screenings__during__lower", filter=coming))
        return films.order_by(*ORDERS[order])
