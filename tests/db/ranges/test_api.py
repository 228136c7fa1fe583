"""Ranges in a web API: written, read, changed in part, held against the model's constraints."""

import datetime as dt
import html
import json
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from rest_framework import permissions, renderers, routers, serializers, viewsets
from rest_framework.test import APIClient

from matinee.ranges import INFINITY, MultiRange, Range, drf
from matinee.ranges._constrained import ConstraintsValidator
from matinee.ranges.functions import RangeAgg
from matinee.reads.drf import PlannedReads, computed
from tests.spans.models import Booking, Everything, Hall, Measured, Part

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class EverythingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Everything
        fields = "__all__"


class BookingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Booking
        fields = ["id", "hall", "during", "who", "is_cancelled"]


class MeasuredSerializer(serializers.ModelSerializer):
    class Meta:
        model = Measured
        fields = "__all__"


class PartSerializer(serializers.ModelSerializer):
    whole = EverythingSerializer()

    class Meta:
        model = Part
        fields = ["id", "ints", "during", "whole"]


class Open:
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    filter_backends = ()
    pagination_class = None
    renderer_classes = (renderers.JSONRenderer, renderers.BrowsableAPIRenderer)


class Everythings(Open, viewsets.ModelViewSet):
    queryset = Everything.objects.order_by("pk")
    serializer_class = EverythingSerializer


class Bookings(Open, viewsets.ModelViewSet):
    queryset = Booking.everything.order_by("pk")
    serializer_class = BookingSerializer


class Measures(Open, viewsets.ModelViewSet):
    queryset = Measured.objects.order_by("pk")
    serializer_class = MeasuredSerializer


class Parts(Open, viewsets.ModelViewSet):
    queryset = Part.objects.order_by("pk")
    serializer_class = PartSerializer


class PlannedParts(PlannedReads, Parts):
    pass


class JsonParts(PlannedReads, Parts):
    json_reads = True


class Shouted(drf.IntegerRangeField):
    """A field of one's own, which PostgreSQL knows nothing of."""

    def to_representation(self, value):
        return str(value).upper()


class ShoutedSerializer(serializers.ModelSerializer):
    ints = Shouted()

    class Meta:
        model = Part
        fields = ["id", "ints"]


class ShoutedParts(JsonParts):
    serializer_class = ShoutedSerializer


router = routers.SimpleRouter()
for _name, _view in {
    "everything": Everythings,
    "bookings": Bookings,
    "measured": Measures,
    "parts": Parts,
    "planned": PlannedParts,
    "json": JsonParts,
    "shouted": ShoutedParts,
}.items():
    router.register(_name, _view, basename=_name)
urlpatterns = [path("", include(router.urls))]


@pytest.fixture
def client():
    return APIClient()


def post(client, where, **values):
    return client.post(f"/{where}/", values, format="json")


def patch(client, row, **values):
    return client.patch(f"/everything/{row.pk}/", values, format="json")


# What is written and read.


def test_what_is_sent_is_stored_and_answered(client):
    answer = post(
        client,
        "everything",
        ints={"lower": 1, "upper": 5, "bounds": "[]"},
        during="[2026-01-01 12:00+00,infinity)",
        many_days=[{"lower": "2026-01-01", "upper": "2026-01-02"}],
        closed={"empty": True},
        several=["[1,2]"],
    )

    assert answer.status_code == 201, answer.json()
    row = Everything.objects.get()
    assert row.ints == Range(1, 6)
    assert row.during == Range(NOON, INFINITY)
    assert row.many_days == MultiRange([Range(DAY, DAY + dt.timedelta(1))])
    assert row.closed.is_empty
    assert row.several == [Range(1, 3)]
    assert client.get(f"/everything/{row.pk}/").json() == answer.json()
    assert answer.json()["ints"] == {"lower": 1, "upper": 6, "bounds": "[)"}


def test_what_is_answered_can_be_put_back(client):
    row = Everything.objects.create(
        ints=(1, None),
        nums=Range(Decimal("0.10"), Decimal(3), "(]"),
        days=Range(empty=True),
        during=(NOON, NOON + HOUR),
        many_times=[(NOON, None)],
        many_bigs=[],
        several=[(1, 2)],
    )
    row.refresh_from_db()
    before = client.get(f"/everything/{row.pk}/").json()

    answer = client.put(f"/everything/{row.pk}/", before, format="json")

    assert (answer.status_code, answer.json()) == (200, before)
    found = Everything.objects.get()
    assert all(getattr(found, field.name) == getattr(row, field.name) for field in row._meta.fields)


def test_what_is_wrong_is_refused_and_not_stored(client):
    answer = post(client, "everything", ints={"lower": 1, "upper": "x"}, days="[2026-01-02,y)")

    assert answer.status_code == 400
    assert {name: set(parts) for name, parts in answer.json().items()} == {
        "ints": {"upper"},
        "days": {"upper"},
    }
    assert not Everything.objects.exists()


@pytest.mark.parametrize(
    "element", ["1e1000000", "NaN", "5874897-01-01", "x" * 10_240, 10**999, 1e308, [[[[]]]], {}]
)
def test_what_is_absurd_is_answered_with_400(client, element):
    for name in ("ints", "bigs", "days", "during"):
        assert post(client, "everything", **{name: {"upper": element}}).status_code == 400


# PATCH.


def test_patch_leaves_alone_the_ranges_that_are_not_sent(client):
    row = Everything.objects.create(ints=(1, 5), days=(DAY, None))

    assert patch(client, row, name="other").status_code == 200
    row.refresh_from_db()
    assert (row.ints, row.days) == (Range(1, 5), Range(DAY, None))


def test_patch_leaves_alone_the_parts_that_are_not_sent(client):
    row = Everything.objects.create(nums=Range(Decimal(1), Decimal(5), "(]"), ints=(1, 5))

    answer = patch(client, row, nums={"upper": 9}, ints={"bounds": "[]"})

    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.nums == Range(Decimal(1), Decimal(9), "(]")
    assert row.ints == Range(1, 6)


def test_patch_of_a_part_of_nothing_makes_a_range(client):
    row = Everything.objects.create(ints=None, nums=Range(empty=True), days=(None, DAY))

    patch(client, row, ints={"lower": 3}, nums={"lower": "0.5"}, days={"lower": "2025-12-31"})

    row.refresh_from_db()
    assert row.ints == Range(3, None)
    assert row.nums == Range(Decimal("0.5"), None)
    assert row.days == Range(dt.date(2025, 12, 31), DAY)


def test_patch_may_set_a_bound_to_none(client):
    row = Everything.objects.create(ints=(1, 5), days=(DAY, None))

    patch(client, row, ints={"upper": None}, days=None)

    row.refresh_from_db()
    assert (row.ints, row.days) == (Range(1, None), None)


def test_patch_holds_the_new_part_against_the_old_one(client):
    row = Everything.objects.create(ints=(5, 9))

    answer = patch(client, row, ints={"upper": 1})

    assert (answer.status_code, answer.json()) == (
        400,
        {"ints": {"lower": ["The lower bound must not come after the upper one."]}},
    )


def test_put_does_not_keep_parts(client):
    row = Everything.objects.create(ints=(5, 9))

    client.put(f"/everything/{row.pk}/", {"ints": {"upper": 20}}, format="json")

    row.refresh_from_db()
    assert row.ints == Range(None, 20, "()")


# Constraints.


def booked(hall, **others):
    return Booking.objects.create(hall=hall, during=(NOON, NOON + HOUR), **others)


def when(start, end):
    return {"lower": start.isoformat(), "upper": end.isoformat()}


def test_a_hall_is_not_booked_twice(client):
    hall, other = Hall.objects.create(name="One"), Hall.objects.create(name="Two")
    booked(hall)
    overlapping = when(NOON + HOUR / 2, NOON + 2 * HOUR)

    answer = post(client, "bookings", hall=hall.pk, during=overlapping)

    assert answer.status_code == 400
    assert answer.json().keys() == {"during"}
    assert "overlaps" in answer.json()["during"][0]
    assert post(client, "bookings", hall=other.pk, during=overlapping).status_code == 201
    after = when(NOON + HOUR, NOON + 2 * HOUR)
    assert post(client, "bookings", hall=hall.pk, during=after).status_code == 201


def test_a_condition_is_heeded_with_the_default_of_what_is_not_sent(client):
    hall = Hall.objects.create(name="One")
    booked(hall)
    during = when(NOON, NOON + HOUR)

    answer = post(client, "bookings", hall=hall.pk, during=during, is_cancelled=True)

    assert answer.status_code == 201
    assert post(client, "bookings", hall=hall.pk, during=during).status_code == 400


def test_a_row_does_not_clash_with_itself_and_patch_is_held_against_all_of_it(client):
    hall, other = Hall.objects.create(name="One"), Hall.objects.create(name="Two")
    mine, its = booked(hall), booked(other)
    where = f"/bookings/{mine.pk}/"

    shorter = {"during": {"upper": (NOON + HOUR / 2).isoformat()}}
    assert client.patch(where, shorter, format="json").status_code == 200
    # The range is not sent; the hall is.
    answer = client.patch(where, {"hall": other.pk}, format="json")
    assert answer.status_code == 400
    its.delete()
    assert client.patch(where, {"hall": other.pk}, format="json").status_code == 200


def test_the_row_that_is_checked_is_not_the_row_that_is_held():
    hall, other = Hall.objects.create(name="One"), Hall.objects.create(name="Two")
    mine = booked(hall)
    booked(other)
    serializer = BookingSerializer(mine, data={"hall": other.pk}, partial=True)

    assert not serializer.is_valid()
    assert mine.hall == hall


def test_what_the_view_adds_is_left_to_the_database():
    class WithoutHall(serializers.ModelSerializer):
        class Meta:
            model = Booking
            fields = ["during"]

    hall = Hall.objects.create(name="One")
    booked(hall)

    assert WithoutHall(data={"during": when(NOON, NOON + HOUR)}).is_valid()


def test_other_constraints_are_asked_too(client):
    answer = post(client, "measured", ints="[1,2)", nums="[1,3)", days="[2026-01-01,2026-01-04)")

    assert answer.status_code == 400
    assert answer.json().keys() == {"ints", "nums"}


def test_a_serializer_that_says_its_validators_has_no_others():
    class Trusting(BookingSerializer):
        class Meta(BookingSerializer.Meta):
            validators = []

    hall = Hall.objects.create(name="One")
    booked(hall)
    data = {"hall": hall.pk, "during": when(NOON, NOON + HOUR)}

    assert Trusting(data=data).is_valid()
    assert not BookingSerializer(data=data).is_valid()


def test_many_rows_that_are_added_at_once_are_each_asked():
    hall = Hall.objects.create(name="One")
    booked(hall)
    later = when(NOON + HOUR, NOON + 2 * HOUR)
    rows = [{"hall": hall.pk, "during": each} for each in (later, when(NOON, NOON + HOUR))]
    serializer = BookingSerializer(data=rows, many=True)

    assert not serializer.is_valid()
    assert {row: set(errors) for row, errors in serializer.errors.items()} == {1: {"during"}}


def test_constraints_are_asked_once_for_all_fields():
    serializer = MeasuredSerializer(data={"ints": "[1,5)", "nums": "[1,3]"})
    serializer.is_valid()

    found = [each for each in serializer.validators if isinstance(each, ConstraintsValidator)]
    assert len(found) == 1


def test_a_booking_costs_one_query_of_bookings_to_check():
    hall = Hall.objects.create(name="One")
    serializer = BookingSerializer(data={"hall": hall.pk, "during": when(NOON, NOON + HOUR)})

    with CaptureQueriesContext(connection) as queries:
        assert serializer.is_valid()

    assert sum('FROM "spans_booking"' in each["sql"] for each in queries) == 1


# The pages that one can click through.


def form_of(page):
    """Return what the form of a page for PUT would send as it is."""
    (form,) = re.findall(
        r'<form action="[^"]*" method="(?:POST|PUT)"[^>]*enctype.*?</form>', page, re.DOTALL
    )[:1] or [page]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form, re.DOTALL):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and attributes.get("type") not in {"hidden", "checkbox"}:
            sent[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r"<option(?: value=\"\w*\")? selected>([^<]*)<", options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    return sent


def test_a_form_that_is_sent_as_it_is_changes_nothing(client):
    values = {
        "ints": Range(1, None),
        "bigs": Range(empty=True),
        "nums": Range(None, None, "()"),
        "closed": Range(Decimal("0.5"), Decimal(2), "()"),
        "days": None,
        "during": Range(NOON.replace(microsecond=7), INFINITY, "[]"),
        "many_ints": MultiRange(),
        "many_bigs": None,
        "many_nums": MultiRange([Range(None, Decimal(1), "(]"), Range(Decimal(2), None)]),
        "many_times": MultiRange([Range(NOON, NOON + HOUR)]),
    }
    row = Everything.objects.create(**values)
    page = client.get(f"/everything/{row.pk}/", HTTP_ACCEPT="text/html").content.decode()
    sent = form_of(page)
    assert {"ints.lower", "bigs.bounds", "many_nums"} <= sent.keys()

    answer = client.put(f"/everything/{row.pk}/", sent)

    assert answer.status_code == 200, answer.content
    found = Everything.objects.get()
    assert {name: getattr(found, name) for name in values} == {
        name: getattr(row, name) for name in values
    }
    assert found.during.bounds == "[]"


def test_a_form_with_an_error_shows_what_was_sent_and_what_is_wrong(client):
    sent = {"ints.lower": "one", "ints.upper": "5", "ints.bounds": "[]", "many_ints": "{[1,x)}"}

    answer = client.post("/everything/", sent, HTTP_ACCEPT="text/html")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'name="ints.lower" value="one"' in page
    assert "lower: A valid integer is required." in page
    assert 'value="{[1,x)}"' in page


def test_a_form_may_send_postgresql_s_text(client):
    answer = client.post("/everything/", {"ints": "[1,5]", "many_days": ""})

    assert answer.status_code == 201
    assert Everything.objects.get().ints == Range(1, 6)


# Reads that are planned.


def test_planned_views_answer_what_plain_ones_do(client):
    whole = Everything.objects.create(
        ints=(1, 5), days=Range(empty=True), during=(NOON, INFINITY), many_nums=[(1, 2)],
        nums=(Decimal("-Infinity"), None), several=[(1, 2)],
    )  # fmt: skip
    for n in range(3):
        Part.objects.create(whole=whole, ints=(n, None), during=None)
    plain = client.get("/parts/").content

    for where in ("planned", "json"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/{where}/")

        assert json.loads(answer.content) == json.loads(plain)
        assert len(queries) == 1


def test_nan_beside_a_float_is_written_by_instances(client):
    whole = Everything.objects.create(nums=(Decimal(1), Decimal("NaN")), number_float=1.5)
    Part.objects.create(whole=whole)

    answer = client.get("/json/")

    assert answer.json() == client.get("/parts/").json()
    assert answer.json()[0]["whole"]["nums"]["upper"] == "NaN"


class WithSpan(serializers.ModelSerializer):
    all_ints = computed(RangeAgg("parts__ints"))

    class Meta:
        model = Everything
        fields = ["id", "all_ints"]


def test_a_computed_range_is_written_as_any_other():
    whole = Everything.objects.create()
    for n in (1, 3, 4):
        Part.objects.create(whole=whole, ints=(n, n + 1))
    serializer = WithSpan(Everything.objects.all(), many=True)

    assert serializer.data[0]["all_ints"] == [
        {"lower": 1, "upper": 2, "bounds": "[)"},
        {"lower": 3, "upper": 5, "bounds": "[)"},
    ]


def test_a_view_that_cannot_have_its_answer_made_by_the_database_says_so():
    out = StringIO()

    call_command("reads", "parts", stdout=out, no_color=True)

    assert "json: one statement makes the answer" in out.getvalue()
    assert "json: instances make the answer, Python code needs spans.Part.ints" in out.getvalue()
