"""Films, and what they belong to."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Avg, Count, Max, Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.serializers.resource import Resource
from cinema.api.serializers.reviews import FilmReview
from cinema.films.models import FILM_COUNT, Direction, Director, Distributor, Film, Genre
from matinee.reads import request_value
from matinee.reads.drf import computed, related

NOT_NEGATIVE = {"min_value": 0}
WHO_ASKS = request_value(lambda request: request.user)
# The oldest film there is, and further ahead than any cinema plans.
RELEASE_DAYS = [MinValueValidator(date(1888, 1, 1)), MaxValueValidator(date(2100, 12, 31))]


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
    """A film with its directors and latest reviews. Money is in US dollars, as the data has it."""

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
    stars = computed(Avg("reviews__stars"), allow_null=True, help_text=_("The reviews' average."))
    my_stars = computed(
        Max("reviews__stars", filter=Q(reviews__author__user=WHO_ASKS)),
        allow_null=True,
        help_text=_("What you gave it in your own review."),
    )
    review_count = computed(Count("reviews"))
    reviews = related(
        FilmReview(many=True),
        "reviews",
        limit=3,
        help_text=_("The latest three; the film's own answer has all."),
    )

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
            "stars",
            "my_stars",
            "review_count",
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
    """A film with all its reviews, who is credited, and what the import mended."""

    page = serializers.CharField(
        source="get_absolute_url", read_only=True, help_text=_("The film's page on this site.")
    )
    credits = Credit(source="direction_set", many=True, read_only=True)
    reviews = FilmReview(many=True, read_only=True)

    class Meta(FilmSerializer.Meta):
        fields = [*FilmSerializer.Meta.fields, "page", "credits", "mended"]


class CountedResource(Resource):
    film_count = computed(FILM_COUNT)


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
