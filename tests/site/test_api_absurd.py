"""Bodies nobody can mean: each is a 400 that names what is wrong, never a 500."""

import json

import pytest

from tests.site._api import ENDPOINTS, make, row, send, staff, visitor

pytestmark = pytest.mark.django_db

DEEP = "[" * 200_000
NUMBERS = [
    "",
    "abc",
    "NaN",
    [],
    {},
    [1],
    True,
    10**30,
    -(10**30),
    -1,
    1.5,
    "1e1000000",
    "9" * 5000,
    "\0",
]
IDS = [value for value in NUMBERS if value != ""] + [0, 2**63, {"id": 1}]
TEXTS = ["nul\0", "\ud800", "x" * 100_000, [], {}, [["a"]], True]
DATES = [
    "99999-01-01",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "notadate",
    "\0",
    [],
    {},
    20260101,
    True,
    "x" * 10_000,
    "1887-12-31",
    "2026-02-30",
]
TIMES = [
    "99999-01-01T00:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
    "notatime",
    "",
    None,
    [],
    {},
    1,
    True,
    "2026-03-29T02:30",
    "\0",
    "x" * 10_000,
]
DURINGS = [
    *({"lower": time, "upper": "2026-03-29T05:00:00Z"} for time in TIMES),
    *({"lower": "2026-03-01T05:00:00Z", "upper": time} for time in TIMES),
    {"lower": "2026-03-01T05:00:00Z", "upper": "2026-03-01T05:00:00Z"},
    {"lower": "2026-03-01T05:00:00Z", "upper": "2026-03-01T07:00:00Z", "bounds": "[]"},
    {"lower": "2026-03-01T05:00:00Z", "upper": "2026-03-01T07:00:00Z", "bounds": "<>"},
    {"lower": "2026-03-01T05:00:00Z", "upper": "2026-03-01T07:00:00Z", "note": 1},
    {"lower": "2026-03-01T05:00:00Z", "upper": "infinity"},
    {"lower": "1999-12-31T22:00:00Z", "upper": "2000-01-01T01:00:00Z"},
    {"empty": True},
    "empty",
    "[2026-03-01,",
    "[,]",
    *TIMES,
]
ABSURD = [
    *(
        ("films", name, values)
        for name, values in {
            "title": [*TEXTS, "", " ", None],
            "certificate": [*TEXTS, None],
            "setting": [*TEXTS, None],
            "released": DATES,
            "minutes": [*NUMBERS[1:], 0, 901, 2**31],
            "imdb_votes": [*NUMBERS[1:], 2**31],
            "budget": [*NUMBERS[1:], 2**63],
            "tomatoes": [*NUMBERS[1:], 101],
            "imdb_rating": [
                "NaN",
                "sNaN",
                "Infinity",
                "10.1",
                -1,
                "7.85",
                [],
                {},
                "abc",
                "1e1000000",
                "1e-1000000",
                "9" * 5000,
                "\0",
            ],
            "genre_id": IDS,
            "distributor_id": IDS,
            "director_ids": [
                "abc",
                1,
                {},
                None,
                [0],
                [10**30],
                ["\0"],
                [[1]],
                [None],
                [True],
                [999_999_999],
                list(range(1, 1000)),
                [{"id": 1}],
                ["9" * 5000],
            ],
        }.items()
    ),
    *(
        (endpoint, "name", [*TEXTS, "", None])
        for endpoint in ["genres", "directors", "distributors", "halls"]
    ),
    ("halls", "seats", [*NUMBERS, None, 0, 2**31]),
    ("screenings", "during", DURINGS),
    (
        "screenings",
        "price",
        ["NaN", "-1", "1000", "9.999", None, [], {}, "1e1000000", "\0", "9" * 5000],
    ),
    ("screenings", "original_version", ["perhaps", [], {}, None, 7, "\0"]),
    *(("screenings", name, [*IDS, None, ""]) for name in ["film_id", "hall_id"]),
    ("reviews", "stars", [*NUMBERS, None, 0, 6, 10**12]),
    ("reviews", "text", [*TEXTS, "", " ", None, "x" * 4001]),
    ("reviews", "film_id", [*IDS, None, ""]),
]


@pytest.mark.parametrize(("endpoint", "name", "values"), ABSURD)
def test_an_absurd_value_is_refused_by_name(endpoint, name, values):
    client = visitor() if endpoint == "reviews" else staff()
    sound = row(endpoint)
    for value in values:
        response = send(client, "post", f"/api/{endpoint}/", json.dumps(sound | {name: value}))
        assert (str(value)[:50], response.status_code) == (str(value)[:50], 400)
        assert response.json().keys() == {name}
    response = send(client, "post", f"/api/{endpoint}/", sound)
    assert response.status_code == 201, response.content


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "[[[]]]",
        "null",
        "1",
        '"x"',
        "true",
        "NaN",
        '{"a": NaN}',
        "\0",
        DEEP,
        '{"a":' * 100_000,
        b"\xff\xfe\x00",
        b"\x80",
        "9" * 100_000,
        '{"title": "\\ud800"}',
        '{"genre_id": 1e400, "film_id": 1e400, "seats": 1e400}',
    ],
    ids=range(18),
)
def test_a_body_that_is_no_object_is_a_bad_request(endpoint, body):
    client = visitor() if endpoint == "reviews" else staff()
    response = send(client, "post", f"/api/{endpoint}/", body)
    assert response.status_code == 400
    assert len(response.content) < 2000


HUGE = "x" * 5_000_000
PART = 'Content-Disposition: form-data; name="name"'


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"name": HUGE, "seats": 5})),
        ("application/x-www-form-urlencoded", f"seats=5&name={HUGE}"),
        ("multipart/form-data; boundary=b", f"--b\r\n{PART}\r\n\r\n{HUGE}\r\n--b--\r\n"),
    ],
    ids=["json", "form", "multipart"],
)
def test_a_body_of_five_megabytes_is_a_bad_request(method, kind, body):
    client = staff()
    path = "/api/halls/" if method == "POST" else make(client, "halls")["url"]
    response = client.generic(method, path, body, content_type=kind)
    assert response.status_code == 400
    assert "larger" in response.json()["detail"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", "x", 415),
        ("application/xml", "<a/>", 415),
        ("nonsense", "x", 415),
        ("multipart/form-data", "x", 400),
        ("multipart/form-data; boundary=\xff", "x", 400),
        ("application/json; charset=rot13", "{}", 400),
        ("application/json; charset=bz2", "{}", 400),
        ("application/json; charset=nonsense", "{}", 400),
        ("application/x-www-form-urlencoded", "name=a%00b&seats=5", 400),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(5000)), 400),
    ],
)
def test_a_body_of_another_kind_is_refused(kind, body, status):
    response = staff().generic("POST", "/api/halls/", body, content_type=kind)
    assert response.status_code == status
