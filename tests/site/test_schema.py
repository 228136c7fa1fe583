"""The API's own description: valid, complete, true, and served without anybody else's help."""

import re
from collections.abc import Iterator

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from tests.site._api import ENDPOINTS, OWN, fill, row, send, staff, visitor

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> dict:
    """The schema as the command writes it; a warning fails."""
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return yaml.safe_load(path.read_text())


def operations(schema: dict) -> Iterator[tuple[str, str, dict]]:
    for path, item in schema["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS & item.keys())


def test_every_endpoint_is_described_and_nothing_else(schema):
    lists = {f"/api/{endpoint}/" for endpoint in [*ENDPOINTS, *OWN]}
    details = {f"/api/{endpoint}/{{id}}/" for endpoint in [*ENDPOINTS, *OWN]}
    assert schema["paths"].keys() == lists | details
    for path, item in schema["paths"].items():
        methods = {"get", "post"} if path in lists else METHODS - {"post"}
        if path.split("/")[2] in OWN:
            methods -= {"put", "patch"}
        assert METHODS & item.keys() == methods


def test_operations_are_named_and_sorted_by_what_they_work_on(schema):
    names = {operation["operationId"] for _, _, operation in operations(schema)}
    verbs = ["list", "create", "retrieve", "update", "partial_update", "destroy"]
    changed = {f"{endpoint}_{verb}" for endpoint in OWN for verb in verbs[3:5]}
    every = {f"{endpoint}_{verb}" for endpoint in [*ENDPOINTS, *OWN] for verb in verbs}
    assert names == every - changed
    for path, _, operation in operations(schema):
        assert operation["tags"] == [path.split("/")[2]]
        assert operation["description"]
    assert [tag["name"] for tag in schema["tags"]] == [*ENDPOINTS, *OWN]
    assert all(tag["description"] for tag in schema["tags"])


def test_every_shape_of_an_answer_says_what_it_is(schema):
    for name, component in schema["components"]["schemas"].items():
        assert component.get("description") or name.startswith("Paginated"), name


def test_no_shape_has_a_made_up_name(schema):
    names = schema["components"]["schemas"].keys()
    assert not [name for name in names if re.search(r"Enum|Nested|\d", name)]


def test_no_shape_is_left_that_nothing_refers_to(schema):
    used = set(re.findall(r"#/components/schemas/(\w+)", str(schema)))
    assert schema["components"]["schemas"].keys() == used


def test_what_is_computed_and_chosen_has_a_type(schema):
    film = schema["components"]["schemas"]["Film"]["properties"]
    assert film["review_count"] == {"type": "integer", "readOnly": True}
    assert film["stars"]["type"] == ["number", "null"]
    assert film["my_stars"]["type"] == ["integer", "null"]
    assert film["reviews"]["type"] == "array"
    assert film["reviews"]["items"] == {"$ref": "#/components/schemas/FilmReview"}
    genre = schema["components"]["schemas"]["Genre"]["properties"]
    assert genre["film_count"] == {"type": "integer", "readOnly": True}


def test_every_parameter_is_explained(schema):
    for _, _, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            assert parameter["name"] == "id" or parameter.get("description"), parameter


def test_reading_asks_for_no_account_and_writing_does(schema):
    for _, method, operation in operations(schema):
        assert ({} in operation["security"]) == (method == "get")
        assert {"cookieAuth": []} in operation["security"]


def test_the_parameters_described_are_those_that_are_known(schema, client, db):
    for endpoint in ENDPOINTS:
        operation = schema["paths"][f"/api/{endpoint}/"]["get"]
        described = {parameter["name"] for parameter in operation["parameters"]}
        refusal = client.get(f"/api/{endpoint}/?nonsense=1").json()["nonsense"][0]
        known = set(re.search(r"Known are: (.*)\.", refusal)[1].split(", "))
        assert described == known - {"format"}


def test_an_example_can_be_sent_as_it_stands(schema, db):
    film = fill(3)[0]
    for endpoint, client in [
        ("films", staff()),
        ("screenings", staff("two")),
        ("reviews", visitor()),
    ]:
        content = schema["paths"][f"/api/{endpoint}/"]["post"]["requestBody"]["content"]
        (example,) = content["application/json"]["examples"].values()
        body = example["value"] | {"film_id": film.pk}
        for name, rows in [
            ("hall_id", "halls"),
            ("genre_id", "genres"),
            ("director_ids", "directors"),
        ]:
            if name in body:
                pk = client.get(f"/api/{rows}/").json()["results"][0]["id"]
                body[name] = [pk] if name.endswith("s") else pk
        response = send(client, "post", f"/api/{endpoint}/", body)
        assert response.status_code == 201, response.content


def check(schema: dict, path: str, method: str, response) -> None:
    """Hold what was answered against what the schema says is answered."""
    operation = schema["paths"][path][method]
    described = operation["responses"][str(response.status_code)]
    shape = described["content"]["application/json"]["schema"]
    validator = Draft202012Validator(shape | {"components": schema["components"]})
    errors = [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(response.json())
    ]
    assert errors == []
    if "$ref" in shape and "results" not in response.json():
        component = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        assert response.json().keys() == component["properties"].keys()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_answers_are_as_described(schema, db, endpoint):
    fill(3)
    client = visitor() if endpoint == "reviews" else staff()
    many, one = f"/api/{endpoint}/", f"/api/{endpoint}/{{id}}/"
    made = send(client, "post", many, row(endpoint))
    url = made.json()["url"]
    check(schema, many, "post", made)
    check(schema, many, "get", client.get(many))
    check(schema, one, "get", client.get(url))
    check(schema, one, "put", send(client, "put", url, row(endpoint) | _kept(endpoint, made)))
    check(schema, one, "patch", send(client, "patch", url, {}))


def _kept(endpoint: str, made) -> dict:
    return {"film_id": made.json()["film_id"]} if endpoint == "reviews" else {}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_refusals_are_as_described(schema, db, client, endpoint):
    film = fill(2)[0]
    many, one = f"/api/{endpoint}/", f"/api/{endpoint}/{{id}}/"
    check(schema, many, "get", client.get(f"{many}?ordering=password"))
    check(schema, many, "get", client.get(f"{many}?page=99"))
    check(schema, one, "get", client.get(f"{many}999999999/"))
    check(schema, many, "post", send(client, "post", many, row(endpoint)))
    check(schema, many, "post", send(staff(), "post", many, {}))
    if endpoint == "genres":
        answer = send(staff("two"), "delete", f"{many}{film.genre_id}/")
        assert answer.status_code == 409
        check(schema, one, "delete", answer)


def test_the_schema_is_served_as_json_and_as_yaml(client, db, schema):
    served = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert served.json()["paths"].keys() == schema["paths"].keys()
    assert yaml.safe_load(client.get("/api/schema/").content)["openapi"] == "3.1.0"


def test_the_docs_load_nothing_from_anywhere_else(db):
    text = Client().get("/api/docs/").content.decode()
    resources = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text)
    assert len(resources) >= 4
    for resource in resources:
        assert resource.startswith("/static/"), resource
        assert finders.find(resource.removeprefix("/static/")), resource
    assert not re.findall(r"https?://(?!testserver)", text)
    assert '"validatorUrl": null' in text


def test_the_docs_and_the_schema_speak_the_reader_s_language(db, client):
    """German where the catalogue has it; at least no error where it has not."""
    response = client.get("/api/schema/", headers={"Accept-Language": "de"})
    assert response.status_code == 200
    assert response["Content-Language"] == "de"
