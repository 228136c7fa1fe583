"""Reviews, and the names they are signed with."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.serializers.resource import Resource
from cinema.films.models import Film
from cinema.reviews.models import Review, Reviewer


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
