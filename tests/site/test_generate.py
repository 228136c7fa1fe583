"""What is invented around the films: co-directors, a programme, reviews."""

import datetime as dt
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone

from cinema.films import codirectors
from cinema.films.models import Direction, Director, Film, Genre
from cinema.programme import generate as programme
from cinema.programme.models import Hall, Screening
from cinema.programme.timetable import CLEANING
from cinema.reviews import generate as reviews
from cinema.reviews.models import Review, Reviewer

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 20)  # the clocks change on the 25th


@pytest.fixture(autouse=True)
def films():
    genre = Genre.objects.create(name="Drama")
    Film.objects.bulk_create(
        Film(
            source_row=row,
            title=f"Film {row}",
            released=dt.date(1990 + row % 10, 1, 1),
            genre=genre,
            minutes=None if row % 3 else 80 + row,
            imdb_rating="8.0" if row % 2 else "5.0",
            imdb_votes=row * 1000,
        )
        for row in range(1, 101)
    )
    Director.objects.bulk_create(Director(name=f"Director {number}") for number in range(20))
    directors = list(Director.objects.all())
    Direction.objects.bulk_create(
        Direction(film=film, director=directors[film.source_row % 20])
        for film in Film.objects.filter(source_row__lte=80)
    )


def days() -> set[dt.date]:
    starts = Screening.objects.values_list("during__lower", flat=True)
    return {timezone.localdate(start) for start in starts}


def screenings() -> list[tuple]:
    return list(
        Screening.objects.order_by("during", "hall__name").values_list(
            "during__lower",
            "during__upper",
            "hall__name",
            "film__source_row",
            "price",
            "original_version",
        )
    )


class TestProgramme:
    def test_it_runs_from_a_week_ago_until_two_weeks_ahead(self):
        programme.generate(today=TODAY)

        assert days() == {TODAY + dt.timedelta(day) for day in range(-7, 15)}

    def test_a_second_run_on_the_day_adds_nothing(self):
        programme.generate(today=TODAY)

        assert programme.is_complete(today=TODAY)
        assert programme.generate(today=TODAY) == 0

    def test_a_run_on_another_day_extends_it_as_one_long_run_would(self):
        programme.generate(today=TODAY)
        assert not programme.is_complete(today=TODAY + dt.timedelta(3))
        programme.generate(today=TODAY + dt.timedelta(3))
        extended = screenings()
        Screening.objects.all().delete()
        programme.generate(today=TODAY + dt.timedelta(3))
        first = TODAY - dt.timedelta(4)

        assert screenings() == [row for row in extended if timezone.localdate(row[0]) >= first]

    def test_after_a_long_pause_it_starts_again_around_today(self):
        programme.generate(today=TODAY)
        later = TODAY + dt.timedelta(100)
        programme.generate(today=later)

        assert max(days()) == later + dt.timedelta(14)
        assert min(day for day in days() if day > TODAY + dt.timedelta(14)) == later - dt.timedelta(
            7
        )

    def test_the_same_seed_gives_the_same_programme(self):
        programme.generate(today=TODAY)
        first = screenings()
        Screening.objects.all().delete()
        programme.generate(today=TODAY)

        assert screenings() == first

    def test_another_seed_gives_another_programme(self):
        programme.generate(today=TODAY)
        first = screenings()
        Screening.objects.all().delete()
        programme.generate(today=TODAY, seed="other")

        assert screenings() != first

    def test_a_hall_is_clean_before_each_screening(self):
        programme.generate(today=TODAY)
        for hall in Hall.objects.all():
            rows = hall.screenings.order_by("during")
            assert rows.count() > 22 * 2
            for one, other in pairwise(rows):
                assert other.during.lower - one.during.upper >= CLEANING

    def test_nothing_is_put_where_staff_booked_the_hall(self):
        programme.generate(today=TODAY)
        Screening.objects.all().delete()
        hall = Hall.objects.first()
        midnight = timezone.make_aware(dt.datetime.combine(TODAY, dt.time()))
        party = Screening.objects.create(
            hall=hall,
            film=Film.objects.first(),
            during=(midnight, midnight + dt.timedelta(hours=23, minutes=59)),
            price=5,
        )
        programme.generate(today=TODAY)

        assert [
            s for s in hall.screenings.all() if timezone.localdate(s.during.lower) == TODAY
        ] == [party]
        assert Screening.objects.count() > 200

    def test_only_good_films_are_shown_and_all_is_marked_as_generated(self):
        programme.generate(today=TODAY)

        assert not Screening.objects.exclude(film__imdb_rating="8.0").exists()
        assert not Screening.objects.exclude(generated=True).exists()

    def test_without_films_nothing_is_made(self):
        Film.objects.all().delete()

        assert programme.generate(today=TODAY) == 0

    def test_it_takes_six_statements(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            programme.generate(today=TODAY)

    def test_the_command_says_what_it_made(self):
        out = StringIO()
        call_command("generate_programme", stdout=out)
        call_command("generate_programme", stdout=out)

        made, nothing = out.getvalue().splitlines()
        assert made == f"{Screening.objects.count()} screenings invented."
        assert nothing == "Nothing to do."


class TestReviews:
    def written(self) -> list[tuple]:
        return list(
            Review.objects.order_by("film__source_row", "author__name").values_list(
                "film__source_row", "author__name", "stars", "text", "written_at"
            )
        )

    def test_the_same_seed_gives_the_same_reviews(self):
        reviews.generate(today=TODAY)
        first = self.written()
        Review.objects.all().delete()
        reviews.generate(today=TODAY)

        assert len(first) > 100
        assert self.written() == first

    def test_another_seed_gives_other_reviews(self):
        reviews.generate(today=TODAY)
        first = self.written()
        Review.objects.all().delete()
        reviews.generate(today=TODAY, seed="other")

        assert self.written() != first

    def test_a_second_run_adds_nothing(self):
        assert reviews.generate(today=TODAY) == Review.objects.count()
        assert reviews.generate(today=TODAY + dt.timedelta(1)) == 0

    def test_they_are_written_before_today_and_marked_as_generated(self):
        reviews.generate(today=TODAY)
        for review in Review.objects.all():
            assert timezone.localdate(review.written_at) < TODAY
            assert review.generated
        assert not Reviewer.objects.exclude(generated=True).exists()

    def test_known_films_have_more_of_them(self):
        reviews.generate(today=TODAY)
        known = Review.objects.filter(film__source_row__gt=50).count()

        assert known > Review.objects.filter(film__source_row__lte=50).count()

    def test_a_visitor_who_took_a_pen_name_is_credited_with_nothing(self):
        visitor = Reviewer.objects.create(name=reviews.PEN_NAMES[0])
        reviews.generate(today=TODAY)

        assert not visitor.reviews.exists()
        assert Reviewer.objects.count() == 40

    def test_a_review_names_the_director_of_the_data_only(self):
        invented = Director.objects.create(name="Nobody At All")
        Direction.objects.bulk_create(
            Direction(film=film, director=invented, generated=True) for film in Film.objects.all()
        )
        reviews.generate(today=TODAY)

        assert not Review.objects.filter(text__contains="Nobody At All").exists()
        assert Review.objects.filter(text__contains="Director ").exists()

    def test_the_command_says_what_it_made(self):
        out = StringIO()
        call_command("generate_reviews", stdout=out)
        call_command("generate_reviews", stdout=out)

        made, nothing = out.getvalue().splitlines()
        assert made == f"{Review.objects.count()} reviews invented."
        assert nothing == "Nothing to do."


class TestCoDirectors:
    def pairs(self) -> set[tuple[int, str]]:
        generated = Direction.objects.filter(generated=True)
        return set(generated.values_list("film__source_row", "director__name"))

    def test_some_directed_films_get_another_director_who_is_marked(self):
        made = codirectors.generate()

        assert made == len(self.pairs()) > 0
        assert all(row <= 80 for row, _ in self.pairs())

    def test_the_same_seed_gives_the_same_pairs(self):
        codirectors.generate()
        first = self.pairs()
        Direction.objects.filter(generated=True).delete()
        codirectors.generate()

        assert self.pairs() == first

    def test_a_second_run_adds_nothing(self):
        codirectors.generate()

        assert codirectors.generate() == 0
