"""What ``manage.py check`` says of a project's serializers and views, with no database to ask."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

SETTINGS = """
    SECRET_KEY = "only-for-tests"
    INSTALLED_APPS = [
        "django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "matinee", "films",
    ]
    ROOT_URLCONF = "site_.urls"
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 1}
    }
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    USE_TZ = True
    MATINEE = {"reads": {"baseline": BASELINE}}
"""
MODELS = """
    from django.db import models


    class Studio(models.Model):
        name = models.TextField()


    class Genre(models.Model):
        name = models.TextField()


    class Film(models.Model):
        title = models.TextField()
        studio = models.ForeignKey(Studio, models.CASCADE)
        genres = models.ManyToManyField(Genre)


    class Review(models.Model):
        film = models.ForeignKey(Film, models.CASCADE, related_name="reviews")
        stars = models.IntegerField()
"""
SERIALIZERS = """
    import json

    from rest_framework import serializers

    from films.models import Film, Studio
    from matinee.reads import needs


    class Lean(serializers.ModelSerializer):
        class Meta:
            model = Film
            fields = ["title"]


    class Full(serializers.ModelSerializer):
        studio = serializers.CharField(source="studio.name")
        genres = serializers.SlugRelatedField("name", many=True, read_only=True)

        class Meta:
            model = Film
            fields = ["title", "studio", "genres"]


    class Good(serializers.ModelSerializer):
        good = serializers.SerializerMethodField()

        class Meta:
            model = Film
            fields = ["title", "good"]

        def get_good(self, film):
            return film.reviews.filter(stars__gte=4).count()


    class Unseen(serializers.ModelSerializer):
        dump = serializers.SerializerMethodField()
        rivals = serializers.SerializerMethodField()

        class Meta:
            model = Film
            fields = ["title", "dump", "rivals"]

        def get_dump(self, film):
            return json.dumps(film)

        def get_rivals(self, film):
            return Film.objects.exclude(pk=film.pk).count()


    class Misspelt(serializers.ModelSerializer):
        studio_name = serializers.SerializerMethodField()

        class Meta:
            model = Film
            fields = ["title", "studio_name"]

        @needs("studio__nmae")
        def get_studio_name(self, film):
            return film.studio.name


    class Needy(serializers.ModelSerializer):
        class Meta:
            model = Studio
            fields = ["name"]

        def __init__(self, *args, kind, **kwargs):
            super().__init__(*args, **kwargs)
"""
VIEWS = """
    from rest_framework import generics, views

    from films.models import Film
    from films.serializers import Full, Good, Lean
    from matinee.reads.drf import PlannedReads


    class Lists(generics.ListAPIView):
        queryset = Film.objects.select_related("studio")
        serializer_class = Full


    class Wasteful(PlannedReads, generics.ListAPIView):
        serializer_class = Lean

        def get_queryset(self):
            return Film.objects.select_related("studio").prefetch_related("genres")


    class Defeated(PlannedReads, generics.ListAPIView):
        queryset = Film.objects.prefetch_related("reviews")
        serializer_class = Good


    class Asks(generics.ListAPIView):
        serializer_class = Full

        def get_queryset(self):
            first = Film.objects.get(pk=1)
            return Film.objects.exclude(pk=first.pk).select_related("studio")


    class Guesses(generics.ListAPIView):
        serializer_class = Full

        def get_queryset(self):
            wanted = self.request.headers["X-Wanted"].split(",")
            return Film.objects.prefetch_related(*wanted)


    class AsList(PlannedReads, generics.ListAPIView):
        serializer_class = Lean

        def get_queryset(self):
            return []


    class Function(views.APIView):
        def get(self, request):
            return None


    class Fine(PlannedReads, generics.ListAPIView):
        queryset = Film.objects.all()
        serializer_class = Full
"""
URLS = """
    from django.urls import path

    from films import serializers, views

    urlpatterns = [
        path(f"{name.lower()}/", getattr(views, name).as_view())
        for name in ("Lists", "Wasteful", "Defeated", "Asks", "Guesses", "AsList", "Function", "Fine")
    ]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    baseline = str(folder / "baseline.txt")
    for name, text in {
        "site_/__init__.py": "",
        "site_/settings.py": SETTINGS.replace("BASELINE", "''"),
        "site_/known.py": SETTINGS.replace("BASELINE", repr(baseline)),
        "site_/no_urls.py": "from site_.settings import *\ndel ROOT_URLCONF\n",
        "site_/urls.py": URLS,
        "films/__init__.py": "",
        "films/models.py": MODELS,
        "films/serializers.py": SERIALIZERS,
        "films/views.py": VIEWS,
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    return folder


def run(project: Path, *arguments: str, settings: str = "settings"):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", *arguments],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": f"site_.{settings}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def findings(project):
    done = run(project, "matinee", "audit", "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


def about(findings, name):
    return [
        (each["id"], each["file"], each["line"], each["message"])
        for each in findings
        if each["message"].startswith(name)
    ]


def line_of(source: str, text: str) -> int:
    lines = dedent(source).split("\n")
    (found,) = [number for number, line in enumerate(lines, 1) if text in line]
    return found


def test_a_relation_that_nobody_loads_is_named_with_the_line_to_write(findings):
    ((number, file, line, message),) = about(findings, "Lists")
    assert (number, file) == ("matinee.W115", "films/views.py")
    assert line == line_of(VIEWS, 'queryset = Film.objects.select_related("studio")')
    assert message == "Lists reads genres for each row, asked for by Full.genres."
    (hint,) = [each["hint"] for each in findings if each["message"] == message]
    assert hint == 'class Lists(PlannedReads, ...), or .prefetch_related("genres").'


def test_loading_that_is_for_nothing_is_named(findings):
    assert [(number, message) for number, _, _, message in about(findings, "Wasteful")] == [
        (
            "matinee.W116",
            'Wasteful: prefetch_related("genres") is for nothing: nothing of it is read.',
        ),
        (
            "matinee.W116",
            'Wasteful: select_related("studio") is for nothing: nothing of it is read.',
        ),
    ]


def test_a_prefetch_that_a_method_defeats_is_named_with_its_question(findings):
    ((number, _, _, message),) = about(findings, "Defeated")
    assert number == "matinee.W117"
    assert message == (
        'Defeated: prefetch_related("reviews") is defeated by reviews.filter(stars__gte=4).count().'
    )


def test_a_view_that_asks_the_database_is_looked_at_in_its_source(findings):
    ((number, _, line, message),) = about(findings, "Asks")
    assert number == "matinee.W115"
    assert line == line_of(VIEWS, "first = Film.objects.get(pk=1)") - 1
    assert message == "Asks reads genres for each row, asked for by Full.genres."


def test_a_view_that_cannot_be_looked_at_is_listed_as_not_checked(findings):
    ((number, file, _, message),) = about(findings, "Guesses")
    assert (number, file) == ("matinee.I118", "films/views.py")
    assert message.startswith("Guesses was not checked: KeyError")


def test_what_a_method_needs_and_nobody_stated_is_named_though_no_view_uses_it(findings):
    ((number, file, line, message),) = about(findings, "Unseen.dump")
    assert (number, file) == ("matinee.W111", "films/serializers.py")
    assert line == line_of(SERIALIZERS, "return json.dumps(film)")
    assert message == "Unseen.dump: dumps is handed the Film"


def test_a_query_for_each_row_is_named(findings):
    ((number, _, line, message),) = about(findings, "Unseen.rivals")
    assert number == "matinee.W112"
    assert line == line_of(SERIALIZERS, "return Film.objects.exclude")
    assert "Film.objects" in message


def test_a_serializer_that_cannot_be_made_is_listed_as_not_checked(findings):
    ((number, _, line, message),) = about(findings, "Needy")
    assert number == "matinee.I118"
    assert line == line_of(SERIALIZERS, "class Needy")
    assert "kind" in message


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("AsList", "AsList cannot be planned: get_queryset() returns a list."),
        ("Function", "Function cannot be planned: no generic view, so no serializer to go by."),
    ],
)
def test_the_audit_lists_views_that_cannot_be_planned(name, why, findings):
    assert [(number, message) for number, _, _, message in about(findings, f"{name} ")] == [
        ("matinee.I119", why)
    ]


def test_needs_that_are_not_there_are_an_error_that_names_the_nearest(findings):
    ((number, file, line, message),) = [
        (each["id"], each["file"], each["line"], each["message"])
        for each in findings
        if "nmae" in each["message"]
    ]
    assert (number, file) == ("matinee.E114", "films/serializers.py")
    assert line == line_of(SERIALIZERS, "class Misspelt")
    assert message.endswith("Do you mean name?")


def test_what_is_right_is_passed_over(findings):
    assert about(findings, "Fine") == about(findings, "Full") == about(findings, "Good") == []


def test_check_says_the_same_and_needs_no_database(project, findings):
    done = run(project, "django", "check")
    reported = [each for each in findings if each["id"].startswith("matinee.W1")]
    for each in reported:
        assert f"{each['file']}:{each['line']}: ({each['id']}) {each['message']}" in done.stderr
    assert len(reported) == 7
    assert "nmae" in done.stderr
    assert done.returncode == 1  # for what is an error


def test_what_is_in_the_baseline_is_passed_over_by_check(project):
    missing = run(project, "django", "check", settings="known")
    assert "matinee audit --write-baseline" in missing.stderr
    assert missing.returncode != 0
    written = run(project, "django", "matinee", "audit", "--write-baseline", settings="known")
    assert written.returncode == 0, written.stderr
    quiet = run(project, "django", "check", settings="known")
    assert quiet.stderr == ""
    models = project / "films/serializers.py"
    models.write_text(
        models.read_text().replace("film.reviews.filter(stars__gte=4).count()", "vars(film)")
    )
    changed = run(project, "django", "check", settings="known")
    models.write_text(dedent(SERIALIZERS))
    assert "Good.good" in changed.stderr
    assert "Unseen" not in changed.stderr


def test_a_project_without_urls_is_checked_too(project):
    done = run(project, "django", "check", settings="no_urls")

    assert "Traceback" not in done.stderr
    assert "Needy was not checked" in done.stderr, "a control: serializers are"
