"""Where people meet ranges of the project's own types: forms, the admin, an API."""

import datetime as dt

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from matinee.ranges import MultiRange, Range
from matinee.ranges.types import END_OF_DAY, INETRANGE, TIMERANGE
from tests.networks.models import Allowed, Lot, Opening

pytestmark = pytest.mark.django_db

OFFICE = Range("10.0.0.9", "10.0.0.10", "[]", range_type=INETRANGE)


class AllowedForm(forms.ModelForm):
    class Meta:
        model = Allowed
        fields = ["name", "addresses", "several"]


class OpeningForm(forms.ModelForm):
    class Meta:
        model = Opening
        fields = ["day", "hours", "breaks"]


class LotForm(forms.ModelForm):
    class Meta:
        model = Lot
        fields = ["floats", "keys", "words", "seats", "many_seats"]


def shown(form):
    """Return what a browser would send of a form that nobody edited."""
    from html.parser import HTMLParser

    found, names = {}, []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "input" and given.get("name"):
                if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                    return
                found[given["name"]] = given.get("value", "")
            if tag in ("select", "textarea"):
                names.append(given["name"])
                found.setdefault(given["name"], "")
            if tag == "option" and "selected" in given:
                found[names[-1]] = given["value"]

        def handle_data(self, data):
            if names and self.get_starttag_text().startswith("<textarea"):
                found[names[-1]] += data

    Parser().feed(str(form))
    return found


@pytest.mark.parametrize(
    "addresses",
    [OFFICE, Range("::1", None), Range(), Range(empty=True), None, Range("10.0.0.0/8", "10.0.0.1")],
)
def test_a_form_that_nobody_edited_changes_nothing(addresses):
    row = Allowed.objects.create(name="x", addresses=addresses, several=[OFFICE])
    form = AllowedForm(shown(AllowedForm(instance=row)), instance=row)

    assert form.is_valid(), form.errors
    assert form.changed_data == []
    form.save()
    again = Allowed.objects.get()
    assert (again.addresses, again.several) == (row.addresses, row.several)


def test_addresses_are_not_inverted_in_a_form():
    data = shown(AllowedForm()) | {
        "name": "x",
        "addresses_0": "10.0.0.9",
        "addresses_1": "10.0.0.10",
        "addresses_2": "[]",
    }
    form = AllowedForm(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["addresses"] == OFFICE

    for lower, upper in (("10.0.0.10", "10.0.0.9"), ("10.0.0.x", ""), ("1" * 10_000, "")):
        form = AllowedForm(data | {"addresses_0": lower, "addresses_1": upper})
        assert list(form.errors) == ["addresses"]


def test_times_in_a_form_go_up_to_24_00():
    Opening.objects.create(hours=(dt.time(18), END_OF_DAY), breaks=[("20:00", "24:00")])
    row = Opening.objects.get()
    data = shown(OpeningForm(instance=row))
    form = OpeningForm(data, instance=row)
    assert form.is_valid(), form.errors
    assert form.changed_data == []

    data["hours_0"] = "17:30"
    form = OpeningForm(data, instance=row)
    assert form.is_valid(), form.errors
    assert form.save().hours == Range(dt.time(17, 30), END_OF_DAY, range_type=TIMERANGE)


def test_each_type_has_a_form():
    row = Lot.objects.create(
        floats=(0.1, 1e300), words=("ä", None), seats=(1, 9), many_seats=[(1, 2), (5, 9)]
    )
    form = LotForm(shown(LotForm(instance=row)), instance=row)
    assert form.is_valid(), form.errors
    assert form.changed_data == []


site = admin.AdminSite(name="networks")


@admin.register(Allowed, site=site)
class AllowedAdmin(admin.ModelAdmin):
    list_display = ("name", "addresses", "several")
    list_filter = ("addresses",)


@admin.register(Opening, site=site)
class OpeningAdmin(admin.ModelAdmin):
    list_display = ("day", "hours")


urlpatterns = [path("networks/", site.urls)]


@pytest.fixture
def staff():
    client = Client()
    client.force_login(User.objects.create_superuser("staff"))
    with override_settings(ROOT_URLCONF=__name__):
        yield client


def test_the_admin_shows_and_saves_them(staff):
    row = Allowed.objects.create(name="x", addresses=OFFICE, several=[OFFICE])
    listed = staff.get("/networks/networks/allowed/").content.decode()
    assert "10.0.0.9" in listed

    address = f"/networks/networks/allowed/{row.pk}/change/"
    form = staff.get(address).context["adminform"].form
    answer = staff.post(address, shown(form))
    assert answer.status_code == 302, answer.context["errors"]
    again = Allowed.objects.get()
    assert (again.addresses, again.several) == (OFFICE, MultiRange([OFFICE]))


@pytest.mark.parametrize("value", ["10.0.0.9", "x", "[10.0.0.9,10.0.0.10]", "10.0.0.0/99", "\x00"])
@pytest.mark.parametrize("lookup", ["addresses__contains", "addresses__overlap", "addresses", "x"])
def test_no_address_of_the_admin_s_list_is_a_server_error(staff, lookup, value):
    Allowed.objects.create(name="x", addresses=OFFICE)
    assert staff.get("/networks/networks/allowed/", {lookup: value}).status_code in (200, 302)


def serializer_of(made_of, *names):
    serializers = pytest.importorskip("rest_framework.serializers")
    pytest.importorskip("matinee.ranges.drf")

    class Made(serializers.ModelSerializer):
        class Meta:
            model = made_of
            fields = names

    Made.__name__ = f"{made_of.__name__}Serializer"
    return Made


def test_an_api_reads_and_writes_addresses():
    made = serializer_of(Allowed, "name", "addresses", "several")
    given = {
        "name": "x",
        "addresses": {"lower": "10.0.0.9", "upper": "10.0.0.10", "bounds": "[]"},
        "several": [{"lower": "::9", "upper": "::10", "bounds": "[)"}],
    }
    asked = made(data=given)
    assert asked.is_valid(), asked.errors
    row = asked.save()
    assert row.addresses == OFFICE
    assert made(Allowed.objects.get()).data == given

    for wrong in ("10.0.0.11", "10.0.0.x", "1" * 10_000, 5, {}):
        asked = made(data=given | {"addresses": {"lower": wrong, "upper": "10.0.0.10"}})
        assert not asked.is_valid()
    asked = made(data=given | {"name": "y", "addresses": "[10.0.0.9,10.0.0.10]"})
    assert asked.is_valid(), asked.errors


def test_an_api_reads_and_writes_the_end_of_a_day():
    made = serializer_of(Opening, "day", "hours", "breaks")
    hours = {"lower": "18:00:00", "upper": "24:00:00", "bounds": "[)"}
    asked = made(data={"day": 1, "hours": hours, "breaks": [hours]})
    assert asked.is_valid(), asked.errors
    assert asked.save().hours.upper is END_OF_DAY
    assert made(Opening.objects.get()).data == {"day": 1, "hours": hours, "breaks": [hours]}


def test_an_api_reads_and_writes_networks():
    made = serializer_of(Allowed, "name", "addresses")
    network = {"lower": "10.0.0.0/8", "upper": "10.0.0.5", "bounds": "[]"}
    asked = made(data={"name": "x", "addresses": network})
    assert asked.is_valid(), asked.errors
    asked.save()
    assert made(Allowed.objects.get()).data == {"name": "x", "addresses": network}


def test_filters_type_their_input_by_the_field():
    pytest.importorskip("django_filters")
    from django_filters import FilterSet

    from matinee.ranges.filters import RangeFilters

    class AllowedFilters(RangeFilters, FilterSet):
        class Meta:
            model = Allowed
            fields = {"addresses": ["contains", "overlap"]}

    Allowed.objects.create(name="x", addresses=OFFICE)
    for name, value, count in (
        ("addresses__contains", "10.0.0.10", 1),
        ("addresses__contains", "10.0.0.100", 0),
        ("addresses__overlap", "[10.0.0.10,10.0.0.11]", 1),
    ):
        asked = AllowedFilters({name: value})
        assert (asked.is_valid(), asked.qs.count()) == (True, count), (name, value)
    assert not AllowedFilters({"addresses__contains": "10.0.0.x"}).is_valid()


def test_the_schema_of_an_api_names_them():
    generators = pytest.importorskip("drf_spectacular.generators")
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.openapi import AutoSchema
    from rest_framework import routers, viewsets

    class Openings(viewsets.ModelViewSet):
        schema = AutoSchema()
        queryset = Opening.objects.order_by("pk")
        serializer_class = serializer_of(Opening, "day", "hours", "breaks")

    class All(Openings):
        queryset = Allowed.objects.order_by("pk")
        serializer_class = serializer_of(Allowed, "addresses", "several")

    router = routers.SimpleRouter()
    router.register("openings", Openings, basename="openings")
    router.register("allowed", All, basename="allowed")
    GENERATOR_STATS.reset()
    found = generators.SchemaGenerator(patterns=router.urls).get_schema(public=True)

    said = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not [each for each in said if "range" in str(each).lower()], said
    assert {"TimeRange", "InetRange"} <= set(found["components"]["schemas"])
