import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Director",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "director",
                "verbose_name_plural": "directors",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Distributor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "distributor",
                "verbose_name_plural": "distributors",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Genre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "genre",
                "verbose_name_plural": "genres",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Direction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("generated", models.BooleanField(default=False, verbose_name="generated")),
                (
                    "director",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="films.director",
                        verbose_name="director",
                    ),
                ),
            ],
            options={
                "verbose_name": "direction",
                "verbose_name_plural": "directions",
                "ordering": ["generated", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_row",
                    models.PositiveIntegerField(
                        blank=True,
                        editable=False,
                        help_text="Which row of films.csv this film was read from; 1 is the first film.",
                        null=True,
                        unique=True,
                        verbose_name="row in the data",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "released",
                    models.DateField(blank=True, db_index=True, null=True, verbose_name="released"),
                ),
                (
                    "certificate",
                    models.CharField(blank=True, max_length=20, verbose_name="certificate"),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(900),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                ("based_on", models.CharField(blank=True, max_length=60, verbose_name="based on")),
                ("setting", models.CharField(blank=True, max_length=60, verbose_name="setting")),
                (
                    "budget",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="budget, US dollars"
                    ),
                ),
                (
                    "us_gross",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="US gross, US dollars"
                    ),
                ),
                (
                    "worldwide_gross",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="worldwide gross, US dollars"
                    ),
                ),
                (
                    "dvd_sales",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="US DVD sales, US dollars"
                    ),
                ),
                (
                    "imdb_rating",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=3,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="IMDb rating, of 10",
                    ),
                ),
                (
                    "imdb_votes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="IMDb votes"),
                ),
                (
                    "tomatoes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="Rotten Tomatoes, %",
                    ),
                ),
                (
                    "mended",
                    models.JSONField(
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="What the import changed in the source's words, and why.",
                        verbose_name="mended",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "directors",
                    models.ManyToManyField(
                        related_name="films",
                        through="films.Direction",
                        to="films.director",
                        verbose_name="directors",
                    ),
                ),
                (
                    "distributor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films",
                        to="films.distributor",
                        verbose_name="distributor",
                    ),
                ),
                (
                    "genre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films",
                        to="films.genre",
                        verbose_name="genre",
                    ),
                ),
            ],
            options={
                "verbose_name": "film",
                "verbose_name_plural": "films",
                "ordering": ["title", "released", "pk"],
            },
        ),
        migrations.AddField(
            model_name="direction",
            name="film",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="films.film", verbose_name="film"
            ),
        ),
        migrations.AddConstraint(
            model_name="direction",
            constraint=models.UniqueConstraint(
                fields=("film", "director"), name="film_director_once"
            ),
        ),
    ]
