import datetime

from django.db import migrations, models

import matinee.ranges.constraints
import matinee.ranges.fields

FILL = """
UPDATE programme_screening SET during = tstzrange(starts_at, ends_at, '[)')
"""
FILL_BACK = """
UPDATE programme_screening SET starts_at = lower(during), ends_at = upper(during)
"""


class Migration(migrations.Migration):
    """From a start and an end to one range, and back."""

    dependencies = [
        ("programme", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint("screening", "screening_ends_after_start"),
        migrations.AddField(
            "screening",
            "during",
            matinee.ranges.fields.DateTimeRangeField(null=True, verbose_name="during"),
        ),
        migrations.AlterField(
            "screening", "starts_at", models.DateTimeField(null=True, db_index=True)
        ),
        migrations.AlterField("screening", "ends_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, FILL_BACK),
        migrations.AlterModelOptions(
            "screening",
            {
                "ordering": ["during", "hall"],
                "verbose_name": "screening",
                "verbose_name_plural": "screenings",
            },
        ),
        migrations.RemoveField("screening", "starts_at"),
        migrations.RemoveField("screening", "ends_at"),
        migrations.AlterField(
            "screening",
            "during",
            matinee.ranges.fields.DateTimeRangeField(verbose_name="during"),
        ),
        migrations.AddIndex(
            "screening",
            models.Index(models.F("during__lower"), name="screening_start"),
        ),
        migrations.AddConstraint(
            "screening",
            matinee.ranges.constraints.NoOverlap(
                "hall", "during", name="screening_one_at_a_time", names="object"
            ),
        ),
        migrations.AddConstraint(
            "screening",
            matinee.ranges.constraints.Bounded(
                "during",
                name="screening_has_an_end",
                within=(
                    datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
                    datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC),
                ),
                bounds="[)",
                not_empty=True,
            ),
        ),
    ]
