"""What visitors say of a film."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reviewer(models.Model):
    """Who wrote a review: a visitor's pen name, with an account or without."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviewer",
        verbose_name=_("account"),
    )
    generated = models.BooleanField(_("generated"), default=False, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    film = models.ForeignKey(
        "films.Film", models.CASCADE, related_name="reviews", verbose_name=_("film")
    )
    author = models.ForeignKey(
        Reviewer, models.CASCADE, related_name="reviews", verbose_name=_("author")
    )
    stars = models.PositiveSmallIntegerField(
        _("stars, of 5"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(_("text"), max_length=4000)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    generated = models.BooleanField(_("generated"), default=False, editable=False)

    class Meta:
        ordering = ["-written_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["film", "author"],
                name="one_review_per_author",
                violation_error_message=_("This author has reviewed this film already."),
            ),
            models.CheckConstraint(
                condition=models.Q(stars__range=(1, 5)), name="stars_from_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return "★" * self.stars + "☆" * (5 - self.stars)
