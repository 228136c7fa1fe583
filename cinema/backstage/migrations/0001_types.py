from django.db import migrations

from matinee.ranges.operations import CreateInetRange


class Migration(migrations.Migration):
    initial = True
    operations = [CreateInetRange()]
