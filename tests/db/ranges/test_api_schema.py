"""What OpenAPI says of ranges is what the API answers and takes."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.urls import include, path
from rest_framework import permissions, routers, serializers, viewsets
from rest_framework.test import APIClient

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("django_filters")
generators = pytest.importorskip("drf_spectacular.generators")

from django_filters import rest_framework as rest_filters  # noqa: E402
from drf_spectacular.drainage import GENERATOR_STATS  # noqa: E402
from drf_spectacular.openapi import AutoSchema  # noqa: E402
from drf_spectacular.validation import validate_schema  # noqa: E402

from matinee.ranges import INFINITY, Range  # noqa: E402
from matinee.ranges.filters import RangeFilters  # noqa: E402
from matinee.ranges.functions import RangeAgg  # noqa: E402
from matinee.reads.drf import computed  # noqa: E402
from tests.spans.models import Everything, Part  # noqa: E402

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class EverythingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Everything
        fields = "__all__"


class PartSerializer(serializers.ModelSerializer):
    class Meta:
        model = Part
        fields = "__all__"


class Counted(serializers.ModelSerializer):
    all_ints = computed(RangeAgg("parts__ints"))

    class Meta:
        model = Everything
        fields = ["id", "all_ints"]


class Filters(RangeFilters, rest_filters.FilterSet):
    class Meta:
        model = Everything
        fields = {"many_ints": ["contains", "in"]}
        ranges = ["days", "ints"]


class Everythings(viewsets.ModelViewSet):
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    pagination_class = None
    schema = AutoSchema()
    queryset = Everything.objects.order_by("pk")
    serializer_class = EverythingSerializer
    filter_backends = (rest_filters.DjangoFilterBackend,)
    filterset_class = Filters


class Parts(Everythings):
    queryset = Part.objects.order_by("pk")
    serializer_class = PartSerializer
    filter_backends = ()


class Counts(Everythings):
    serializer_class = Counted
    filter_backends = ()


router = routers.SimpleRouter()
router.register("everything", Everythings, basename="everything")
router.register("parts", Parts, basename="parts")
router.register("counts", Counts, basename="counts")
urlpatterns = [path("", include(router.urls))]

SETTINGS = {
    "3.0": {"OAS_VERSION": "3.0.3"},
    "3.1": {"OAS_VERSION": "3.1.0"},
    "split": {"COMPONENT_SPLIT_REQUEST": True},
}


@pytest.fixture(scope="module", params=SETTINGS)
def schema(request):
    """Return the schema of the views above, which must be made without a warning."""
    from drf_spectacular.settings import spectacular_settings

    GENERATOR_STATS.reset()
    patches = {"PREPROCESSING_HOOKS": [], **SETTINGS[request.param]}
    patches["POSTPROCESSING_HOOKS"] = ["drf_spectacular.hooks.postprocess_schema_enums"]
    spectacular_settings.apply_patches(patches)
    try:
        found = generators.SchemaGenerator(patterns=urlpatterns).get_schema(public=True)
        said = {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache}
    finally:
        spectacular_settings.clear_patches()
    assert not said
    validate_schema(found)
    return json.loads(json.dumps(found, default=str))


def checked(schema, where, value):
    """Hold *value* against a schema of OpenAPI 3.0, whose "nullable" JSON Schema has not."""
    jsonschema.validate(value, _plain({**where, "components": schema["components"]}))


def _plain(node):
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _plain(each) for key, each in node.items()}
    if node.pop("nullable", None):
        rest = {key: node.pop(key) for key in list(node) if key != "components"}
        node["anyOf"] = [rest, {"type": "null"}]
    return node


def answer_of(schema, url, method="get", code="200"):
    return schema["paths"][url][method]["responses"][code]["content"]["application/json"]["schema"]


def request_of(schema, url, method):
    return schema["paths"][url][method]["requestBody"]["content"]["application/json"]["schema"]


@pytest.fixture
def rows():
    Everything.objects.create(
        ints=(1, 5),
        bigs=Range(empty=True),
        nums=Range(Decimal("0.5"), Decimal("NaN")),
        closed=(Decimal("-Infinity"), None),
        days=(DAY, INFINITY),
        during=(NOON, None),
        many_ints=[(1, 2), (4, None)],
        many_bigs=[],
        many_times=[(NOON, INFINITY)],
        several=[(1, 2)],
    )
    whole = Everything.objects.create()
    Part.objects.create(whole=whole, ints=(1, 3), during=(None, NOON))


def test_what_is_answered_is_what_the_schema_says(schema, rows):
    client = APIClient()
    for name in ("everything", "parts", "counts"):
        rows = client.get(f"/{name}/").json()

        assert rows
        checked(schema, answer_of(schema, f"/{name}/"), rows)


def test_what_is_not_answered_is_not_in_the_schema(schema, rows):
    row = APIClient().get("/everything/").json()[0]
    where = answer_of(schema, "/everything/{id}/")
    for wrong in (5, {"lower": "one", "upper": 2, "bounds": "[)"}, {"lower": 1}, {"bounds": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            checked(schema, where, row | {"ints": wrong})
        with pytest.raises(jsonschema.ValidationError):
            checked(schema, where, row | {"many_ints": [wrong]})


def test_what_is_answered_may_be_sent_back(schema, rows):
    client = APIClient()
    where = request_of(schema, "/parts/{id}/", "put")
    for row in client.get("/parts/").json():
        checked(schema, where, row)

        assert client.put(f"/parts/{row['id']}/", row, format="json").status_code == 200


def test_each_kind_of_range_is_named_once(schema):
    names = {name for name in schema["components"]["schemas"] if "Range" in name}

    kinds = {"IntegerRange", "BigIntegerRange", "DecimalRange", "DateRange", "DateTimeRange"}
    requests = {f"{kind}Request" for kind in kinds}
    assert names - requests == {*kinds, "EmptyRange", "RangeBounds"}
    assert schema["components"]["schemas"]["RangeBounds"]["enum"] == ["[)", "[]", "()", "(]"]
    for name, kind in {"ints": "IntegerRange", "several": "IntegerRange"}.items():
        field = schema["components"]["schemas"]["Everything"]["properties"][name]
        assert {"$ref": f"#/components/schemas/{kind}"} in field.get("items", field)["oneOf"]


@pytest.mark.parametrize("schema", ["split"], indirect=True)
def test_where_requests_are_apart_text_and_parts_may_be_sent(schema, rows):
    assert "PartRequest" in schema["components"]["schemas"]
    whole = Everything.objects.first().pk
    where = request_of(schema, "/parts/", "post")
    for sent in ({"upper": 5}, "[1,5)", {"empty": True}, {"lower": 1, "upper": 2, "bounds": "[]"}):
        body = {"whole": whole, "ints": sent}
        checked(schema, where, body)

        assert APIClient().post("/parts/", body, format="json").status_code == 201
    checked(schema, request_of(schema, "/everything/", "post"), {"many_ints": "{[1,2)}"})


def test_parameters_are_typed_by_the_field(schema):
    found = {
        each["name"]: each["schema"]
        for each in schema["paths"]["/everything/"]["get"]["parameters"]
    }

    day = {"type": "string", "format": "date"}
    assert found["days_lower_gte"] == found["days_overlaps_after"] == day
    assert found["days_contains"] == {"anyOf": [day, {"type": "string"}]}
    assert found["days_overlaps"] == found["many_ints__in"] == {"type": "string"}
    assert found["ints_overlaps_min"]["type"] == "integer"
    assert found["ints_is_empty"] == {"type": "boolean"}
    assert "days_contains_after" not in found
