"""The law of turns: users, tenants, time zones and languages that take turns on one serializer, one
after another or at once, share its SQL to the letter and get plain DRF's answer, each their own.
"""

import asyncio
import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.db.models import Count, Q
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from matinee.reads import _request, request_value
from matinee.reads.drf import computed, plan_for, related
from matinee.reads.drf._json import answering
from matinee.reads.sqljson import _slots
from tests.laws.test_reads import render
from tests.shelf.models import TENANT, Author, Book, Memo, Notice
from tests.shelf.rows import fill

# Who waits here goes on when all who answer at once have come as far.
meeting = Barrier(1)


def asker(request):
    meeting.wait(20)
    return request.author


def of(model, *names, **declared):
    meta = type("Meta", (), {"model": model, "fields": [*names, *declared]})
    return type(f"{model.__name__}S", (serializers.ModelSerializer,), {"Meta": meta, **declared})


class AuthorS(serializers.ModelSerializer):
    """Reads rows by the request, the tenant, the clock, the zone, the language and permissions."""

    mine = related(of(Book, "id")(many=True), "books", where=Q(author=request_value(asker)))
    is_me = computed(Count("pk", filter=Q(pk=request_value(asker))))
    books = of(
        Book,
        "title",
        memos=of(Memo, "text")(many=True),
        notices=of(Notice, "text", "until")(many=True),
    )(many=True)
    word = serializers.SerializerMethodField()
    secret = serializers.SerializerMethodField()

    class Meta:
        model = Author
        fields = ("id", "mine", "is_me", "books", "word", "secret")

    def get_word(self, author):
        return f"{translation.gettext('yes')} {author.name}"

    def get_secret(self, author):
        return author.bio if self.context["request"].author == author.pk else None


class Plain(AuthorS):
    """The same without a word of ours: what each is to see."""

    mine = serializers.SerializerMethodField()
    is_me = serializers.SerializerMethodField()

    def get_mine(self, author):
        books = author.books.filter(author=self.context["request"].author or 0)
        return [{"id": book.pk} for book in books.order_by("pk")]

    def get_is_me(self, author):
        return int(author.pk == self.context["request"].author)


def asked_by(who, answer):
    """Have somebody ask: (position of the author, tenant, zone, language)."""
    author, tenant, zone, language = who
    token = TENANT.set(tenant)
    try:
        with timezone.override(ZoneInfo(zone)), translation.override(language):
            keys = [*Author.objects.order_by("pk").values_list("pk", flat=True), None]
            context = {"request": SimpleNamespace(author=keys[author % len(keys)])}
            return answer(Author.objects.order_by("pk"), context)
    finally:
        TENANT.reset(token)


def plain(rows, context):
    return json.dumps(render(Plain(rows, many=True, context=context)))


def by_json(rows, context):
    found = answering(AuthorS(context=context), rows)
    texts.add(found.statement.text)
    return json.dumps(json.loads(found.json(rows)))


def by_instances(rows, context):
    found = plan_for(AuthorS(context=context)).apply(rows)
    return json.dumps(render(AuthorS(found, many=True, context=context)))


texts = set()
WAYS = [by_json, by_instances]
everybody = st.tuples(
    st.integers(0, 4),
    st.integers(1, 3),
    st.sampled_from(["Europe/Vienna", "Asia/Kolkata", "America/New_York"]),
    st.sampled_from(["en", "de", "fr"]),
)


def shelf():
    fill(2)
    until = dt.datetime(2999, 7, 1, 12, tzinfo=dt.UTC)
    for book in Book.objects.all():
        Notice.everything.create(book=book, text=f"on {book}", until=until)
        for tenant in (1, 2, 3):
            Memo.everything.create(book=book, text=f"of tenant {tenant}", tenant=tenant)


@pytest.fixture
def shelved(db):
    shelf()


@given(turns=st.lists(everybody, min_size=2, max_size=3))
def test_whoever_takes_turns_gets_an_answer_of_their_own(shelved, turns):
    texts.clear()
    for who in turns:
        expected = asked_by(who, plain)
        for way in WAYS:
            assert asked_by(who, way) == expected, way.__name__
    assert len(texts) == 1


# At once.


CROWD = [
    (0, 1, "Europe/Vienna", "de"),
    (1, 2, "Asia/Kolkata", "en"),
    (2, 3, "America/New_York", "fr"),
    (4, 1, "Asia/Kolkata", "de"),
]


@pytest.fixture
def crowd(transactional_db, monkeypatch):
    shelf()
    expected = [asked_by(who, plain) for who in CROWD]
    for way in WAYS:
        asked_by(CROWD[0], way)
    monkeypatch.setattr(__name__ + ".meeting", Barrier(len(CROWD)))
    return expected


def in_a_thread(who, way):
    try:
        return asked_by(who, way)
    finally:
        connections.close_all()


def at_once(way):
    with ThreadPoolExecutor(len(CROWD)) as pool:
        return list(pool.map(in_a_thread, CROWD, [way] * len(CROWD)))


@pytest.mark.parametrize("way", WAYS)
def test_whoever_asks_at_once_gets_an_answer_of_their_own(way, crowd):
    for _ in range(3):
        assert at_once(way) == crowd


@pytest.mark.parametrize("way", WAYS)
async def test_tasks_that_ask_at_once_get_answers_of_their_own(way, crowd):
    with ThreadPoolExecutor(len(CROWD)) as pool:
        ask = sync_to_async(in_a_thread, thread_sensitive=False, executor=pool)
        assert await asyncio.gather(*(ask(who, way) for who in CROWD)) == crowd


def test_a_request_that_is_kept_would_be_found_out(crowd, monkeypatch):
    seen = []

    def kept():
        seen.append(_request.current_request())
        return seen[0]

    monkeypatch.setattr(_slots, "current_request", kept)

    assert at_once(by_json) != crowd
