"""From where the office may be entered: ranges of addresses decide."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cinema.backstage.models import AllowedNetwork

pytestmark = pytest.mark.django_db
ADD = "/admin/backstage/allowednetwork/add/"
LIST = "/admin/backstage/allowednetwork/"


def allow(lower, upper, note="office"):
    return AllowedNetwork.objects.create(note=note, addresses=(lower, upper))


def sent(lower, upper, note="office"):
    return {
        "note": note,
        "addresses_0": lower,
        "addresses_1": upper,
        "addresses_bounds": "[]",
    }


def test_where_no_network_is_named_the_office_is_open(admin_client):
    assert admin_client.get("/admin/", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.0.0.9", 200),
        ("10.0.0.10", 200),  # which would come before 10.0.0.9 as text
        ("10.0.0.20", 200),
        ("10.0.0.21", 403),
        ("10.0.0.100", 403),
        ("2001:db8::7", 200),
        ("2001:db8:1::", 403),
        ("", 403),
        ("nonsense", 403),
    ],
)
def test_an_address_is_let_in_if_a_network_contains_it(admin_client, address, status):
    allow("10.0.0.9", "10.0.0.20")
    allow("2001:db8::", "2001:db8::ffff", note="home")
    assert admin_client.get("/admin/", REMOTE_ADDR=address).status_code == status
    assert admin_client.get("/about/", REMOTE_ADDR=address).status_code == 200


def test_networks_do_not_overlap(admin_client):
    allow("10.0.0.9", "10.0.0.20")
    with pytest.raises(IntegrityError), transaction.atomic():
        allow("10.0.0.20", "10.0.0.30")
    with pytest.raises(ValidationError):
        AllowedNetwork(note="x", addresses=("10.0.0.20", "10.0.0.30")).full_clean()


def test_the_office_adds_a_network_and_says_what_is_wrong_with_one(admin_client):
    answer = admin_client.post(ADD, sent("127.0.0.0", "127.0.0.255"))
    assert answer.status_code == 302, answer.context["errors"]
    assert "127.0.0.255" in AllowedNetwork.objects.get().addresses
    for lower, upper in [
        ("10.0.0.20", "10.0.0.9"),
        ("10.0.0.300", "10.0.0.9"),
        ("127.0.0.9", "127.0.0.20"),
        ("x" * 5000, ""),
    ]:
        assert admin_client.post(ADD, sent(lower, upper)).status_code == 200
    assert admin_client.post(ADD, sent("10.0.0.9", "10.0.0.20")).status_code == 302


def test_saving_without_an_edit_changes_nothing(admin_client):
    network = allow("127.0.0.0", "127.0.0.255")
    page = f"{LIST}{network.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    widget = form["addresses"].subwidgets[0].data
    lower, upper = (each["value"] for each in widget["ends"])
    assert admin_client.post(page, sent(lower, upper)).status_code == 302
    before = network.addresses
    network.refresh_from_db()
    assert network.addresses == before


def test_nobody_locks_themselves_out(admin_client):
    answer = admin_client.post(ADD, sent("10.0.0.9", "10.0.0.20"))
    assert "your address is 127.0.0.1" in str(answer.context["errors"])
    own = allow("127.0.0.0", "127.0.0.255")
    other = allow("10.0.0.9", "10.0.0.20", note="other")
    assert admin_client.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{LIST}{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert admin_client.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 302


@pytest.mark.parametrize(
    ("words", "found"),
    [("10.0.0.10", ["office"]), ("10.0.0.21", []), ("hom", ["home"]), ("\x00", []), ("", None)],
)
def test_an_address_that_is_searched_for_finds_its_network(admin_client, words, found):
    allow("10.0.0.9", "10.0.0.20")
    allow("127.0.0.0", "127.0.0.255", note="home")
    answer = admin_client.get(LIST, {"q": words})
    assert answer.status_code in {200, 302}
    if found and answer.status_code == 200:
        assert [str(each) for each in answer.context["cl"].result_list] == found
