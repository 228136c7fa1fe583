"""Reading code: what is never allowed to fail, and what ``@needs`` says instead."""

import sys
from threading import Thread

import pytest
from rest_framework import serializers

from matinee.exceptions import ReadsError
from matinee.reads import Kind, needs, related
from matinee.reads._analysis import interpreter, reading, source
from matinee.reads.drf import plan_for
from tests.shelf.models import Author, Book


def serializer_with(function, model=Book, **declared):
    meta = type("Meta", (), {"model": model, "fields": ["value", *declared]})
    body = {"value": serializers.SerializerMethodField(), "get_value": function, **declared}
    return type("S", (serializers.ModelSerializer,), {**body, "Meta": meta})


def plan(function, model=Book):
    return plan_for(serializer_with(function, model)()).plan


def test_a_reading_that_fails_is_a_note_and_the_object_is_loaded_whole(monkeypatch):
    def broken(_self, _node):
        raise ZeroDivisionError

    monkeypatch.setattr(interpreter.Body, "visit_Return", broken)

    found = plan(_titled)

    assert found.columns is None
    assert [note.kind for note in found.notes] == [Kind.UNSEEN]
    assert "ZeroDivisionError" in found.notes[0].text


def _titled(self, book):
    return book.title


def test_code_that_is_too_long_is_a_note(monkeypatch):
    monkeypatch.setattr(reading, "MAX_STEPS", 3)

    def long(self, book):
        return [book.title, book.state, book.blurb]

    found = plan(long)

    assert found.columns is None
    assert "longer than is looked at" in found.notes[0].text


def test_functions_that_call_each_other_too_deep_are_a_note(monkeypatch):
    monkeypatch.setattr(reading, "MAX_DEPTH", 1)

    def outer(self, book):
        return _titled(self, book)

    assert "functions deep" in plan(outer).notes[0].text


def test_code_without_a_source_is_a_note():
    scope = {}
    exec("def get(self, book): return book.author.name", scope)

    found = plan(scope["get"])

    assert found.columns is None
    assert "is not found" in found.notes[0].text


def test_two_lambdas_on_a_line_are_not_confused():
    found = [plan(each) for each in (lambda self, book: book.title, lambda self, book: book.state)]

    assert [each.columns for each in found] == [None, None]
    assert all("is not found" in each.notes[0].text for each in found)


def test_a_note_says_where_and_what_to_write():
    def opaque(self, book):
        return eval("book.title")

    (note,) = plan(opaque).notes

    assert note.ask.owner == "S"
    assert note.ask.field == "value"
    assert note.ask.line.startswith("tests/unit/reads/test_analysis.py:")
    assert "@needs" in note.remedy


def test_an_ask_names_the_line_that_reads():
    def nested(self, book):
        return str(book.author)

    (join,) = plan(nested).joins
    (country,) = join.plan.joins

    assert "Author.__str__ at tests/shelf/models.py:" in str(country.asks[0])


def test_a_place_is_told_from_where_one_is(monkeypatch, tmp_path):
    here = source.place(__file__)
    monkeypatch.chdir(tmp_path)

    assert (here, source.place(__file__)) == ("tests/unit/reads/test_analysis.py", __file__)


def test_a_recursive_serializer_ends_at_the_depth_limit(settings):
    settings.MATINEE = {"reads": {"max_depth": 3}}

    class Tree(serializers.ModelSerializer):
        sequels = serializers.SerializerMethodField()

        def get_sequels(self, book):
            return Tree(book.sequels.all(), many=True).data

        class Meta:
            model = Book
            fields = ("id", "sequels")

    assert "left lazy below the depth limit" in str(plan_for(Tree()))


def test_needs_wins_over_the_body():
    @needs("author__country__name", "tags")
    def stated(self, book):
        return book.blurb

    found = plan(stated)

    assert found.columns == ("id", "author")
    assert found.joins[0].plan.joins[0].plan.columns == ("id", "name")
    assert found.fetches[0].plan.columns is None


def test_needs_of_nothing_is_nothing():
    @needs()
    def stated(self, book):
        return eval("book")

    found = plan(stated)

    assert (found.columns, found.notes) == (("id",), ())


def test_needs_takes_rows_that_are_chosen():
    @needs(related("chapters", order_by="title", limit=1, to_attr="top"))
    def stated(self, book):
        return [chapter.title for chapter in book.top]

    (step,) = plan(stated).fetches

    assert (step.place, step.rows.limit) == ("top", 1)
    assert step.plan.columns is None


def test_needs_of_two_decorators_are_both_needed():
    @needs("title")
    @needs("state")
    def stated(self, book):
        return None

    assert plan(stated).columns == ("id", "state", "title")


def test_needs_through_code_reads_the_code():
    @needs("author__initials")
    def stated(self, book):
        return eval("book.author.initials")

    assert plan(stated).joins[0].plan.columns == ("id", "name")


def test_needs_with_a_wrong_path_suggests_the_nearest():
    @needs("author__nam")
    def stated(self, book):
        return None

    with pytest.raises(
        ReadsError, match=r"Author has no attribute nam\. Do you mean name\?"
    ) as caught:
        plan(stated)
    assert caught.value.code == "reads.bad_needs"


def test_needs_above_a_property_says_where_it_goes():
    with pytest.raises(ReadsError, match="must stand on a function, got a property") as caught:
        needs("title")(property(lambda self: self.title))
    assert "below @property" in caught.value.hint


def test_a_serializer_with_methods_is_planned_once():
    serializer = serializer_with(_titled)

    assert plan_for(serializer()) is plan_for(serializer())


def test_threads_may_read_the_same_code_at_once():
    serializers_ = [serializer_with(_printed_author) for _ in range(8)]
    found = []
    threads = [
        Thread(target=lambda each=each: found.append(str(plan_for(each()))))
        for each in serializers_
    ]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)

    assert len(found) == len(threads)
    assert len(set(found)) == 1


def _printed_author(self, book):
    return f"{book.author}"


def test_a_to_representation_that_never_asks_its_fields_reads_only_what_it_reads():
    class Short(serializers.ModelSerializer):
        class Meta:
            model = Book
            fields = ("blurb", "state")

        def to_representation(self, book):
            return {"title": book.title}

    assert plan_for(Short()).plan.columns == ("id", "title")


def test_a_to_representation_that_asks_its_fields_reads_both():
    class Longer(serializers.ModelSerializer):
        class Meta:
            model = Book
            fields = ("state",)

        def to_representation(self, book):
            return {**super().to_representation(book), "author": book.author.name}

    found = plan_for(Longer()).plan

    assert "state" in found.columns
    assert found.joins[0].plan.columns == ("id", "name")
    assert found.notes == ()


def test_a_field_of_ones_own_is_read():
    class Shout(serializers.Field):
        def get_attribute(self, book):
            return super().get_attribute(book).author

        def to_representation(self, author):
            return author.name.upper()

    meta = type("Meta", (), {"model": Book, "fields": ["loud"]})
    body = {"loud": Shout(source="sequel_to", read_only=True), "Meta": meta}
    serializer = type("S", (serializers.ModelSerializer,), body)

    found = plan_for(serializer()).plan

    assert found.joins[0].plan.joins[0].plan.columns == ("id", "name")
    assert found.notes == ()


def test_a_list_of_ones_own_that_filters_asks_its_question():
    class Used(serializers.ListSerializer):
        def to_representation(self, data):
            return super().to_representation(data.filter(state="used"))

    class Item(serializers.ModelSerializer):
        class Meta:
            model = Book
            fields = ("title",)
            list_serializer_class = Used

    class Shelf(serializers.ModelSerializer):
        books = Item(many=True)

        class Meta:
            model = Author
            fields = ("books",)

    (step,) = plan_for(Shelf()).plan.fetches

    assert not step.read
    assert [call.text for call in step.calls] == [".filter(state='used')"]
    assert "title" in step.plan.columns


def test_a_source_goes_through_code_to_an_object():
    class Nested(serializers.ModelSerializer):
        class Meta:
            model = Book
            fields = ("title",)

    found = plan_for(
        type(
            "S",
            (serializers.ModelSerializer,),
            {
                "first": Nested(source="books.first"),
                "Meta": type("Meta", (), {"model": Author, "fields": ["first"]}),
            },
        )()
    ).plan

    assert found.fetches[0].plan.columns == ("author", "id", "title")


def test_a_function_that_was_read_elsewhere_is_placed_from_where_one_is(tmp_path, monkeypatch):
    folder = tmp_path / "shop"
    folder.mkdir()
    file = folder / "prices.py"
    file.write_text("def price(film):\n    return film.title\n")
    made = {}
    exec(compile(file.read_text(), str(file), "exec"), made)

    placed = []
    for where in (tmp_path, folder, tmp_path):
        monkeypatch.chdir(where)
        placed.append(source.source_of(made["price"].__code__).file)
    assert placed == ["shop/prices.py", "prices.py", "shop/prices.py"]
