"""The shapes of what the API shows, and what it takes.

A relation is shown nested under its name and written by its id (``genre``, ``genre_id``), so the
answer to a GET can be changed and PUT back.
"""

from datetime import UTC, date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.sparse import SparseFields
from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer

NOT_NEGATIVE = {"min_value": 0}
# The oldest film there is, and further ahead than any cinema plans.
RELEASE_DAYS = [MinValueValidator(date(1888, 1, 1)), MaxValueValidator(date(2100, 12, 31))]


def on_the_clock(moment: datetime) -> None:
    """Refuse the hour that is skipped when the clocks go forward; DRF shifts it in silence."""
    if moment.astimezone(UTC) != moment:
        raise serializers.ValidationError(_("The clocks go forward: there is no such time."))


SCREENING_TIMES = [
    on_the_clock,
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC)),
]


class Resource(SparseFields, serializers.ModelSerializer):
    def save(self, **kwargs):
        with transaction.atomic():  # many-to-many rows are written after the row itself
            return super().save(**kwargs)


class GenreRef(serializers.ModelSerializer):
    """A genre, as what belongs to it names it."""

    class Meta:
        model = Genre
        fields = ["id", "name"]
        read_only_fields = fields


class DistributorRef(serializers.ModelSerializer):
    """A distributor, as its films name it."""

    class Meta:
        model = Distributor
        fields = ["id", "name"]
        read_only_fields = fields


class DirectorRef(serializers.ModelSerializer):
    """A director, as films name one."""

    class Meta:
        model = Director
        fields = ["id", "name"]
        read_only_fields = fields


class AuthorRef(serializers.ModelSerializer):
    """A reviewer's pen name. Whose account it is stays in the house."""

    class Meta:
        model = Reviewer
        fields = ["id", "name"]
        read_only_fields = fields


class FilmReview(serializers.ModelSerializer):
    """A review as its film shows it."""

    author = AuthorRef(read_only=True)

    class Meta:
        model = Review
        fields = ["id", "stars", "text", "written_at", "author"]
        read_only_fields = fields


class Credit(serializers.ModelSerializer):
    """A director of a film, and whether that is a fact or made up for the demonstration."""

    director = DirectorRef(read_only=True)

    class Meta:
        model = Direction
        fields = ["director", "generated"]
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A film",
            request_only=True,
            value={
                "title": "The Third Man",
                "released": "1949-09-01",
                "minutes": 104,
                "genre_id": 3,
                "director_ids": [14],
                "imdb_rating": "8.1",
            },
        )
    ]
)
class FilmSerializer(Resource):
    """A film with its directors and reviews. Money is in US dollars, as the data has it."""

    url = serializers.HyperlinkedIdentityField(view_name="api:film-detail")
    genre = GenreRef(read_only=True, allow_null=True)
    genre_id = IdField(
        source="genre", queryset=Genre.objects.all(), required=False, allow_null=True
    )
    distributor = DistributorRef(read_only=True, allow_null=True)
    distributor_id = IdField(
        source="distributor", queryset=Distributor.objects.all(), required=False, allow_null=True
    )
    directors = DirectorRef(many=True, read_only=True)
    director_ids = IdField(
        source="directors", queryset=Director.objects.all(), many=True, required=False
    )
    reviews = FilmReview(many=True, read_only=True)

    class Meta:
        model = Film
        fields = [
            "url",
            "id",
            "title",
            "released",
            "certificate",
            "minutes",
            "based_on",
            "setting",
            "genre",
            "genre_id",
            "distributor",
            "distributor_id",
            "directors",
            "director_ids",
            "imdb_rating",
            "imdb_votes",
            "tomatoes",
            "budget",
            "us_gross",
            "worldwide_gross",
            "dvd_sales",
            "reviews",
            "changed_at",
        ]
        extra_kwargs = {
            "released": {"validators": RELEASE_DAYS},
            "imdb_rating": {"min_value": 0, "max_value": 10},
            "tomatoes": {"max_value": 100},
            "budget": NOT_NEGATIVE,
            "us_gross": NOT_NEGATIVE,
            "worldwide_gross": NOT_NEGATIVE,
            "dvd_sales": NOT_NEGATIVE,
        }


class FilmDetailSerializer(FilmSerializer):
    """A film, and beside that who is credited and what the import mended."""

    page = serializers.CharField(
        source="get_absolute_url", read_only=True, help_text=_("The film's page on this site.")
    )
    credits = Credit(source="direction_set", many=True, read_only=True)

    class Meta(FilmSerializer.Meta):
        fields = [*FilmSerializer.Meta.fields, "page", "credits", "mended"]


class CountedResource(Resource):
    film_count = serializers.IntegerField(read_only=True)


class GenreSerializer(CountedResource):
    """A genre and the number of its films."""

    url = serializers.HyperlinkedIdentityField(view_name="api:genre-detail")

    class Meta:
        model = Genre
        fields = ["url", "id", "name", "film_count"]


class DistributorSerializer(CountedResource):
    """A distributor and the number of its films."""

    url = serializers.HyperlinkedIdentityField(view_name="api:distributor-detail")

    class Meta:
        model = Distributor
        fields = ["url", "id", "name", "film_count"]


class DirectorSerializer(CountedResource):
    """A director and the number of their films."""

    url = serializers.HyperlinkedIdentityField(view_name="api:director-detail")

    class Meta:
        model = Director
        fields = ["url", "id", "name", "film_count"]


class DirectedFilm(serializers.ModelSerializer):
    """A film as its director shows it."""

    url = serializers.HyperlinkedIdentityField(view_name="api:film-detail")
    genre = serializers.SlugRelatedField(slug_field="name", read_only=True, allow_null=True)

    class Meta:
        model = Film
        fields = ["url", "id", "title", "released", "genre", "imdb_rating"]
        read_only_fields = fields


class DirectorDetailSerializer(DirectorSerializer):
    """A director with their films."""

    page = serializers.CharField(
        source="get_absolute_url", read_only=True, help_text=_("The director's page on this site.")
    )
    films = DirectedFilm(many=True, read_only=True)

    class Meta(DirectorSerializer.Meta):
        fields = [*DirectorSerializer.Meta.fields, "page", "films"]


class HallSerializer(Resource):
    """A hall of the house."""

    url = serializers.HyperlinkedIdentityField(view_name="api:hall-detail")

    class Meta:
        model = Hall
        fields = ["url", "id", "name", "seats"]
        extra_kwargs = {"seats": {"min_value": 1}}


class ScreenedFilm(serializers.ModelSerializer):
    """A film as the programme shows it."""

    genre = serializers.CharField(source="genre.name", read_only=True, allow_null=True)

    class Meta:
        model = Film
        fields = ["title", "minutes", "genre"]
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A screening",
            request_only=True,
            value={
                "film_id": 12,
                "hall_id": 1,
                "starts_at": "2026-12-24T20:15:00+01:00",
                "ends_at": "2026-12-24T22:05:00+01:00",
                "price": "11.50",
                "original_version": True,
            },
        )
    ]
)
class ScreeningSerializer(Resource):
    """A film in a hall, from its start until its end, at a price in euro."""

    url = serializers.HyperlinkedIdentityField(view_name="api:screening-detail")
    film = ScreenedFilm(read_only=True)
    film_id = IdField(source="film", queryset=Film.objects.all())
    film_url = serializers.HyperlinkedRelatedField(
        source="film", view_name="api:film-detail", read_only=True
    )
    hall_id = IdField(source="hall", queryset=Hall.objects.all())
    hall_name = serializers.CharField(source="hall.name", read_only=True)
    seats = serializers.IntegerField(source="hall.seats", read_only=True)

    class Meta:
        model = Screening
        fields = [
            "url",
            "id",
            "film",
            "film_id",
            "film_url",
            "hall_id",
            "hall_name",
            "seats",
            "starts_at",
            "ends_at",
            "price",
            "original_version",
            "generated",
        ]
        extra_kwargs = {
            "starts_at": {"validators": SCREENING_TIMES},
            "ends_at": {"validators": SCREENING_TIMES},
            "price": NOT_NEGATIVE,
        }

    def validate(self, attrs: dict) -> dict:
        if self._after(attrs, "starts_at") >= self._after(attrs, "ends_at"):
            raise serializers.ValidationError(
                {"ends_at": _("A screening must end after it starts.")}
            )
        return attrs

    def save(self, **kwargs) -> Screening:
        with transaction.atomic():
            self._refuse_double_booking()
            return super().save(**kwargs)

    def _refuse_double_booking(self) -> None:
        """Wait for whoever books the same hall, then look: two at once cannot both find it free."""
        attrs = self.validated_data
        hall = Hall.objects.select_for_update(no_key=True).get(pk=self._after(attrs, "hall").pk)
        others = hall.screenings.filter(
            starts_at__lt=self._after(attrs, "ends_at"), ends_at__gt=self._after(attrs, "starts_at")
        )
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if (other := others.first()) is not None:
            message = _("%(hall)s is taken by another screening: %(other)s.")
            raise serializers.ValidationError(
                {"starts_at": message % {"hall": hall, "other": other}}
            )

    def _after(self, attrs: dict, name: str):
        """Return the value *name* will have once *attrs* are saved."""
        return attrs[name] if name in attrs else getattr(self.instance, name)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A review",
            request_only=True,
            value={"film_id": 12, "stars": 5, "text": "The zither stays.", "pen_name": "Holly"},
        )
    ]
)
class ReviewSerializer(Resource):
    """What one visitor says of one film."""

    url = serializers.HyperlinkedIdentityField(view_name="api:review-detail")
    film = serializers.StringRelatedField(help_text=_("The film's title and year."))
    film_id = IdField(source="film", queryset=Film.objects.all())
    film_url = serializers.HyperlinkedRelatedField(
        source="film", view_name="api:film-detail", read_only=True
    )
    author = AuthorRef(read_only=True)
    pen_name = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=60,
        help_text=_("The name to sign with. Asked for once, with an account's first review."),
    )

    class Meta:
        model = Review
        fields = [
            "url",
            "id",
            "film",
            "film_id",
            "film_url",
            "author",
            "pen_name",
            "stars",
            "text",
            "written_at",
            "generated",
        ]
        read_only_fields = ["written_at"]

    def validate_film_id(self, film: Film) -> Film:
        if self.instance is not None and film.pk != self.instance.film_id:
            raise serializers.ValidationError(_("A review stays with its film. Write another one."))
        return film

    def validate(self, attrs: dict) -> dict:
        pen_name = attrs.pop("pen_name", "")
        if self.instance is None:
            attrs["author"] = self._author(pen_name)
            self._refuse_second(attrs)
        return attrs

    def create(self, validated_data: dict) -> Review:
        if validated_data["author"].pk is None:
            validated_data["author"].save()
        return super().create(validated_data)

    def _author(self, pen_name: str) -> Reviewer:
        user = self.context["request"].user
        if (reviewer := Reviewer.objects.filter(user=user).first()) is not None:
            return reviewer
        if not pen_name:
            raise serializers.ValidationError(
                {"pen_name": _("This is your first review. Choose a name to sign with.")}
            )
        if Reviewer.objects.filter(name=pen_name).exists():
            raise serializers.ValidationError(
                {"pen_name": _("Somebody signs with this name already. Choose another one.")}
            )
        return Reviewer(name=pen_name, user=user)

    def _refuse_second(self, attrs: dict) -> None:
        author = attrs["author"]
        if author.pk and Review.objects.filter(film=attrs["film"], author=author).exists():
            raise serializers.ValidationError(
                {"film_id": _("You have reviewed this film already. Change that review.")}
            )
