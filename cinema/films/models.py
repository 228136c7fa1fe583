"""Films, and the people and companies that made them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

# Of a genre, a distributor or a director; read, and ordered by, where it is asked for.
FILM_COUNT = Count("films")


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name


class Distributor(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("distributor")
        verbose_name_plural = _("distributors")

    def __str__(self) -> str:
        return self.name


class Director(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("director")
        verbose_name_plural = _("directors")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("films:director", args=[self.pk, slugify(self.name) or "director"])


class Film(models.Model):
    """One film as the data set tells it; what it does not tell is NULL or empty."""

    source_row = models.PositiveIntegerField(
        _("row in the data"),
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Which row of films.csv this film was read from; 1 is the first film."),
    )
    title = models.CharField(_("title"), max_length=200)
    released = models.DateField(_("released"), null=True, blank=True, db_index=True)
    certificate = models.CharField(_("certificate"), max_length=20, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(900)],
    )
    based_on = models.CharField(_("based on"), max_length=60, blank=True)
    setting = models.CharField(_("setting"), max_length=60, blank=True)
    genre = models.ForeignKey(
        Genre, models.PROTECT, null=True, blank=True, related_name="films", verbose_name=_("genre")
    )
    distributor = models.ForeignKey(
        Distributor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="films",
        verbose_name=_("distributor"),
    )
    directors = models.ManyToManyField(
        Director, through="Direction", related_name="films", verbose_name=_("directors")
    )
    budget = models.PositiveBigIntegerField(_("budget, US dollars"), null=True, blank=True)
    us_gross = models.PositiveBigIntegerField(_("US gross, US dollars"), null=True, blank=True)
    worldwide_gross = models.PositiveBigIntegerField(
        _("worldwide gross, US dollars"), null=True, blank=True
    )
    dvd_sales = models.PositiveBigIntegerField(_("US DVD sales, US dollars"), null=True, blank=True)
    imdb_rating = models.DecimalField(
        _("IMDb rating, of 10"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )
    imdb_votes = models.PositiveIntegerField(_("IMDb votes"), null=True, blank=True)
    tomatoes = models.PositiveSmallIntegerField(
        _("Rotten Tomatoes, %"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    mended = models.JSONField(
        _("mended"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("What the import changed in the source's words, and why."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["title", "released", "pk"]
        verbose_name = _("film")
        verbose_name_plural = _("films")

    def __str__(self) -> str:
        return f"{self.title} ({self.released.year})" if self.released else self.title

    def get_absolute_url(self) -> str:
        return reverse("films:film", args=[self.pk, slugify(self.title) or "film"])

    @property
    def byline(self) -> str:
        """Who directed it, as posters say."""
        return ", ".join(director.name for director in self.directors.all())


class Direction(models.Model):
    """That a director made a film. Some co-directors are generated, and say so."""

    film = models.ForeignKey(Film, models.CASCADE, verbose_name=_("film"))
    director = models.ForeignKey(Director, models.CASCADE, verbose_name=_("director"))
    generated = models.BooleanField(_("generated"), default=False)

    class Meta:
        ordering = ["generated", "pk"]
        verbose_name = _("direction")
        verbose_name_plural = _("directions")
        constraints = [
            models.UniqueConstraint(fields=["film", "director"], name="film_director_once")
        ]

    def __str__(self) -> str:
        return f"{self.film_id} - {self.director_id}"
