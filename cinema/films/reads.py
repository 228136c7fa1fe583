"""What each page about films reads. The templates touch what is named here, and nothing else."""

from rest_framework import serializers

from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer


class GenreName(serializers.ModelSerializer):
    class Meta:
        model = Genre
        fields = ["id", "name"]


class DistributorName(serializers.ModelSerializer):
    class Meta:
        model = Distributor
        fields = ["id", "name"]


class DirectorName(serializers.ModelSerializer):
    class Meta:
        model = Director
        fields = ["id", "name"]


class HallName(serializers.ModelSerializer):
    class Meta:
        model = Hall
        fields = ["id", "name"]


class ScreeningTime(serializers.ModelSerializer):
    hall = HallName()

    class Meta:
        model = Screening
        fields = ["id", "during", "hall"]


class ReviewStars(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "stars"]


class FilmTile(serializers.ModelSerializer):
    """A film as other pages point to it: a poster and a title."""

    genre = GenreName()

    class Meta:
        model = Film
        fields = ["id", "title", "released", "genre"]


class FilmCard(serializers.ModelSerializer):
    """A film in the catalogue."""

    genre = GenreName()
    distributor = DistributorName()
    byline = serializers.CharField()
    reviews = ReviewStars(many=True)
    screenings = ScreeningTime(many=True)

    class Meta:
        model = Film
        fields = [
            "id",
            "title",
            "released",
            "minutes",
            "imdb_rating",
            "genre",
            "distributor",
            "byline",
            "reviews",
            "screenings",
        ]


class Credit(serializers.ModelSerializer):
    director = DirectorName()

    class Meta:
        model = Direction
        fields = ["id", "generated", "director"]


class AuthorName(serializers.ModelSerializer):
    class Meta:
        model = Reviewer
        fields = ["id", "name"]


class FilmReview(serializers.ModelSerializer):
    author = AuthorName()

    class Meta:
        model = Review
        fields = ["id", "stars", "text", "written_at", "generated", "author"]


class FilmScreening(serializers.ModelSerializer):
    hall = HallName()

    class Meta:
        model = Screening
        fields = ["id", "during", "price", "original_version", "hall"]


class FilmPage(serializers.ModelSerializer):
    """Everything that is known of one film."""

    genre = GenreName()
    distributor = DistributorName()
    direction_set = Credit(many=True)
    reviews = FilmReview(many=True)
    screenings = FilmScreening(many=True)

    class Meta:
        model = Film
        fields = [
            "id",
            "source_row",
            "title",
            "released",
            "certificate",
            "minutes",
            "based_on",
            "setting",
            "genre",
            "distributor",
            "direction_set",
            "budget",
            "us_gross",
            "worldwide_gross",
            "dvd_sales",
            "imdb_rating",
            "imdb_votes",
            "tomatoes",
            "mended",
            "reviews",
            "screenings",
        ]


class DirectedFilm(FilmTile):
    class Meta(FilmTile.Meta):
        fields = [*FilmTile.Meta.fields, "minutes", "imdb_rating"]


class DirectedBy(serializers.ModelSerializer):
    film = DirectedFilm()

    class Meta:
        model = Direction
        fields = ["id", "generated", "film"]


class DirectorPage(serializers.ModelSerializer):
    direction_set = DirectedBy(many=True)

    class Meta:
        model = Director
        fields = ["id", "name", "direction_set"]
