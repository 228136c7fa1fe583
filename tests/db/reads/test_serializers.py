"""Each kind of serializer field: the same answer as plain DRF, in a number of queries that is
known, and that the number of rows does not change.
"""

import pytest
from rest_framework import serializers as s

from matinee.exceptions import ReadsError
from matinee.reads.drf import plan_for
from tests.shelf import models
from tests.shelf.models import Author, Book, Chapter, Country, Cover, Passport, Shop, Visit, Watched


def of(model, *names, **declared):
    """Return a ModelSerializer class of *model* with the fields *names* and *declared*."""
    meta = type("Meta", (), {"model": model, "fields": [*names, *declared]})
    return type(f"{model.__name__}Serializer", (s.ModelSerializer,), {"Meta": meta, **declared})


CountryS = of(Country, "id", "name")
AuthorS = of(Author, "id", "name", country=CountryS())
CoverS = of(Cover, "art")

# What is read, and the queries it takes beyond the one for the rows themselves.
KINDS = {
    "plain columns": (lambda: of(Book, "id", "title"), 0),
    "primary key of a foreign key": (lambda: of(Book, "author"), 0),
    "primary key of a hidden foreign key": (lambda: of(Book, "editor"), 0),
    "primary keys of a many-to-many": (
        lambda: of(Book, tags=s.PrimaryKeyRelatedField(many=True, read_only=True)),
        1,
    ),
    "primary keys of a reverse foreign key": (
        lambda: of(Book, chapters=s.PrimaryKeyRelatedField(many=True, read_only=True)),
        1,
    ),
    "primary key of a reverse one-to-one": (
        lambda: of(Book, "id", cover=s.PrimaryKeyRelatedField(read_only=True)),
        0,
    ),
    "primary key of a reverse one-to-one by its query name": (
        lambda: of(Author, "id", passport=s.PrimaryKeyRelatedField(read_only=True)),
        0,
    ),
    "slug of a foreign key": (lambda: of(Book, author=s.SlugRelatedField("name", read_only=True)), 0),
    "slug over two relations": (
        lambda: of(Visit, place=s.SlugRelatedField("country__name", read_only=True)),
        0,
    ),
    "slugs of a many-to-many": (
        lambda: of(Book, tags=s.SlugRelatedField("name", read_only=True, many=True)),
        1,
    ),
    "string of a foreign key": (lambda: of(Chapter, book=s.StringRelatedField()), 0),
    "strings of a many-to-many": (lambda: of(Book, tags=s.StringRelatedField(many=True)), 1),
    "dotted source": (
        lambda: of(Book, name=s.CharField(source="author.name", allow_null=True, read_only=True)),
        0,
    ),
    "dotted source over two relations": (
        lambda: of(
            Book, land=s.CharField(source="author.country.name", read_only=True, default="none")
        ),
        0,
    ),
    "dotted source, key left out where the relation is null": (
        lambda: of(Book, "id", name=s.CharField(source="author.name", read_only=True)),
        0,
    ),
    "dotted source to a key": (
        lambda: of(Book, "id", by=s.IntegerField(source="author.pk", read_only=True, default=None)),
        0,
    ),
    "attribute of the foreign key column": (
        lambda: of(Book, by=s.IntegerField(source="author_id", read_only=True)),
        0,
    ),
    "dotted source into JSON": (
        lambda: of(Book, n=s.IntegerField(source="extra.pages.text", read_only=True)),
        0,
    ),
    "display of choices": (
        lambda: of(Book, shown=s.CharField(source="get_state_display", read_only=True)),
        0,
    ),
    "count of a reverse foreign key": (
        lambda: of(Book, n=s.IntegerField(source="chapters.count", read_only=True)),
        1,
    ),
    "property over own columns": (lambda: of(Author, who=s.CharField(source="initials")), 0),
    "method over own columns": (lambda: of(Author, who=s.CharField(source="shout")), 0),
    "nested foreign key": (lambda: of(Book, "title", author=of(Author, "name")()), 0),
    "nested foreign key in a foreign key": (lambda: of(Book, "title", author=AuthorS()), 0),
    "nested reverse one-to-one": (lambda: of(Book, "title", cover=CoverS()), 0),
    "dotted source over a reverse one-to-one": (
        lambda: of(Book, art=s.CharField(source="cover.art", read_only=True)),
        0,
    ),
    "nested reverse foreign key": (
        lambda: of(Book, "title", chapters=of(Chapter, "title")(many=True)),
        1,
    ),
    "nested many-to-many": (lambda: of(Book, "title", tags=of(models.Tag, "name")(many=True)), 1),
    "nested many-to-many from the other side": (
        lambda: of(models.Tag, "name", books=of(Book, "title")(many=True)),
        1,
    ),
    "nested generic relation": (
        lambda: of(Book, "title", marks=of(models.Mark, "text")(many=True)),
        1,
    ),
    "nested self relation both ways": (
        lambda: of(
            Book, "title", sequel_to=of(Book, "title")(), sequels=of(Book, "title")(many=True)
        ),
        1,
    ),
    "to-many in a to-many": (
        lambda: of(
            Book, "id", chapters=of(Chapter, "title", note_set=of(models.Note, "text")(many=True))(many=True)
        ),
        2,
    ),
    "to-many beyond a to-one": (
        lambda: of(Chapter, "title", book=of(Book, tags=of(models.Tag, "name")(many=True))()),
        1,
    ),
    "to-one beyond a to-many": (
        lambda: of(Author, "name", books=of(Book, "title", editor=AuthorS())(many=True)),
        1,
    ),
    "a child's own parent": (
        lambda: of(
            Book, "id", chapters=of(Chapter, of=s.CharField(source="book.title"), b=s.StringRelatedField(source="book"))(many=True)
        ),
        1,
    ),
    "a one-to-one and back": (
        lambda: of(Book, "id", cover=of(Cover, "art", book=of(Book, "title")())()),
        0,
    ),
    "star source": (lambda: of(Book, "id", all=of(Book, "title", author=AuthorS())(source="*")), 0),
    "depth": (
        lambda: type("Deep", (s.ModelSerializer,), {"Meta": type("Meta", (), {"model": Chapter, "fields": ["title", "book"], "depth": 1})}),
        1,
    ),
    "foreign key to another column than the key": (
        lambda: of(Passport, "id", country=CountryS(), iso=s.PrimaryKeyRelatedField(source="country", read_only=True)),
        0,
    ),
    "reverse foreign key to another column than the key": (
        lambda: of(Country, "name", passports=of(Passport, "id")(many=True)),
        1,
    ),
    "columns in two tables": (lambda: of(Shop, "name", "stars"), 0),
    "the child's columns alone": (lambda: of(Shop, "stars"), 0),
    "relations of a parent model": (
        lambda: of(Shop, "stars", country=CountryS(), visits=of(Visit, "by")(many=True)),
        1,
    ),
    "a relation to a model in two tables": (
        lambda: of(Author, "name", shops=of(Shop, "name", "stars", stock=of(Book, "title")(many=True))(many=True)),
        2,
    ),
    "back to a parent, and down to the child one came from": (
        lambda: of(
            Shop, "stars", visits=of(Visit, place=of(models.Place, "name", shop=of(Shop, "stars")())())(many=True)
        ),
        2,
    ),
    "up to the parent table": (
        lambda: of(Shop, "stars", place_ptr=of(models.Place, "name", country=CountryS())()),
        1,
    ),
    "down to the child table": (
        lambda: of(models.Place, "name", shop=of(Shop, "stars")()),
        1,
    ),
    "a model that looks at itself when made": (lambda: of(Watched, "name", "author"), 0),
    "keys of models that look at themselves when made": (
        lambda: of(Author, watched=s.PrimaryKeyRelatedField(many=True, read_only=True)),
        1,
    ),
    "count of models that look at themselves when made": (
        lambda: of(Author, n=s.IntegerField(source="watched.count")),
        1,
    ),
    "a proxy with a manager of its own": (lambda: of(models.Thriller, "title", author=AuthorS()), 0),
    "a serializer without a model": (
        lambda: type("Plain", (s.Serializer,), {"title": s.CharField(), "author": AuthorS()}),
        0,
    ),
    "model field": (
        lambda: of(Book, raw=s.ModelField(model_field=Book._meta.get_field("title"))),
        0,
    ),
    "write-only fields": (
        lambda: of(Book, "id", author=s.SlugRelatedField("name", queryset=Author.objects.all(), write_only=True)),
        0,
    ),
}  # fmt: skip


def model_of(serializer_class):
    return getattr(getattr(serializer_class, "Meta", None), "model", Book)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [5, 15])
def test_a_field_is_read_in_its_number_of_queries(kind, count, library, read):
    library(count)
    make, extra = KINDS[kind]
    serializer_class = make()

    answer = read(serializer_class, model_of(serializer_class)._default_manager.order_by("pk"))

    assert answer.planned
    assert answer.planned_queries == 1 + extra, answer.sql


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_knows_its_number_of_queries(kind):
    make, extra = KINDS[kind]
    serializer_class = make()

    assert plan_for(serializer_class(), model=model_of(serializer_class)).plan.queries == 1 + extra


def test_a_generic_foreign_key_is_prefetched(library, read):
    library(5)
    serializer_class = of(models.Mark, "text", on=s.CharField(source="target.title", default=None))

    few = read(serializer_class, models.Mark.objects.filter(kind__model="book"))

    assert few.planned_queries == 2


def test_only_the_columns_that_are_wanted_are_loaded(library, read):
    library(3)
    serializer_class = of(
        Book, "title", author=of(Author, "name")(), tags=of(models.Tag, "name")(many=True)
    )

    answer = read(serializer_class, Book.objects.all())

    assert '"shelf_book"."blurb"' not in answer.sql[0]
    assert '"shelf_author"."bio"' not in answer.sql[0]


@pytest.mark.parametrize("source", ["get_state_display", "publisher", "is_a_book", "kind"])
def test_what_reads_no_other_column_loads_no_other(source, library, read):
    library(3)
    serializer_class = of(Book, "id", shown=s.ReadOnlyField(source=source))

    assert '"shelf_book"."blurb"' not in read(serializer_class, Book.objects.all()).sql[0]


def test_a_method_field_gets_every_column_of_its_object_and_of_no_other(library, read):
    library(3)

    class WithMethod(s.ModelSerializer):
        author = of(Author, "name")()
        label = s.SerializerMethodField()

        def get_label(self, book):
            return f"{book.blurb} {book.state}"

        class Meta:
            model = Book
            fields = ("id", "author", "label")

    answer = read(WithMethod, Book.objects.all())

    assert answer.planned_queries == 1
    assert '"shelf_book"."blurb"' in answer.sql[0]
    assert '"shelf_author"."bio"' not in answer.sql[0]


def test_an_override_of_to_representation_gets_every_column(library, read):
    library(3)

    class Overridden(s.ModelSerializer):
        def to_representation(self, book):
            return {**super().to_representation(book), "blurb": book.blurb}

        class Meta:
            model = Book
            fields = ("id",)

    assert read(Overridden, Book.objects.all()).planned_queries == 1


def test_a_field_of_ones_own_that_takes_the_object_gets_every_column(library, read):
    library(3)

    class Blurb(s.Field):
        def get_attribute(self, book):
            return book

        def to_representation(self, book):
            return book.blurb

    assert read(of(Book, blurb=Blurb(read_only=True)), Book.objects.all()).planned_queries == 1


def test_a_related_field_of_ones_own_gets_the_related_object_whole(library, read):
    library(3)

    class Card(s.RelatedField):
        def to_representation(self, author):
            return [author.name, author.bio]

    serializer_class = of(Book, author=Card(read_only=True))

    assert read(serializer_class, Book.objects.all()).planned_queries == 1


def test_fields_that_depend_on_the_context_are_planned_as_they_are_rendered(library, read):
    library(5)

    class Sparse(s.ModelSerializer):
        tags = of(models.Tag, "name")(many=True)
        author = AuthorS()

        def get_fields(self):
            wanted = self.context["only"]
            return {name: field for name, field in super().get_fields().items() if name in wanted}

        class Meta:
            model = Book
            fields = ("id", "title", "tags", "author")

    bare = read(Sparse, Book.objects.all(), context={"only": {"id"}})
    full = read(Sparse, Book.objects.all(), context={"only": {"id", "tags", "author"}})

    assert (bare.planned_queries, full.planned_queries) == (1, 2)
    assert "JOIN" not in bare.sql[0]


def test_fields_dropped_from_an_instance_are_not_read(library, django_assert_num_queries):
    library(3)
    serializer_class = of(Book, "title", tags=of(models.Tag, "name")(many=True))
    plan_for(serializer_class())  # planned once already, with tags
    serializer = serializer_class()
    del serializer.fields["tags"]

    assert plan_for(serializer).plan.queries == 1


def test_hyperlinks_need_the_field_they_look_up(library, read, rf):
    library(3)
    context = {"request": rf.get("/")}
    serializer_class = of(
        Book,
        url=s.HyperlinkedIdentityField("book", lookup_field="title"),
        by=s.HyperlinkedRelatedField("author", source="author", read_only=True),
        editor=s.HyperlinkedRelatedField("named", lookup_field="name", read_only=True),
    )
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.db.reads.urls"):
        answer = read(serializer_class, Book.objects.all(), context=context)

    assert answer.planned_queries == 1
    assert '"shelf_book"."blurb"' not in answer.sql[0]


def test_a_forward_relation_is_found_whatever_the_default_manager_hides(library, read):
    library(3)
    models.Chapter.everything.update(removed=True)
    serializer_class = of(
        models.Note,
        "text",
        chapter=of(Chapter, "title")(),
        title=s.CharField(source="chapter.title"),
    )

    answer = read(serializer_class, models.Note.objects.all())

    assert answer.planned_queries == 1
    assert all(row["chapter"] for row in answer.planned)


def test_what_a_base_manager_hides_stays_hidden(library, read):
    library(3)  # the last one's archive and stamp are removed

    loans = read(of(models.Loan, archived=of(models.Archived, "title")()), models.Loan.objects)
    stamps = read(of(Book, stamp=of(models.Stamp, "text")()), Book.objects)

    assert [loan["archived"] is None for loan in loans.planned] == [False, False, True]
    assert [book["stamp"] is None for book in stamps.planned] == [False, False, True]
    assert (loans.planned_queries, stamps.planned_queries) == (2, 2)


def test_attributes_that_a_model_makes_up_may_read_any_column(read, db):
    models.Open.objects.create(name="Door", note="creaks")

    answer = read(of(models.Open, "name", loud=s.CharField()), models.Open.objects)

    assert answer.planned == [{"name": "Door", "loud": "CREAKS"}]
    assert answer.planned_queries == 1


def test_a_tree_is_read_to_its_depth_and_lazily_beyond_the_limit(library, read, settings):
    library(0)
    book = None
    for i in range(6):
        book = Book.objects.create(title=f"Part {i}", sequel_to=book)

    class Tree(s.ModelSerializer):
        def get_fields(self):
            return {**super().get_fields(), "sequels": Tree(many=True)}

        class Meta:
            model = Book
            fields = ("title",)

    whole = read(Tree, Book.objects.filter(sequel_to=None))
    settings.MATINEE = {"reads": {"max_depth": 2}}
    cut = read(Tree, Book.objects.filter(sequel_to=None))

    assert whole.planned_queries == 7  # one a level, and one that finds no more
    assert cut.planned_queries == 7
    assert "left lazy below the depth limit" in str(plan_for(Tree()))


def test_a_serializer_without_a_model_says_how_to_name_one():
    class Nameless(s.Serializer):
        title = s.CharField()

    with pytest.raises(ReadsError, match=r"Nameless names no model") as caught:
        plan_for(Nameless())
    assert "model=" in caught.value.hint
    assert caught.value.code == "reads.no_model"


def test_fields_dropped_before_the_first_plan_are_read_by_the_next_instance():
    serializer_class = of(Book, "title", tags=of(models.Tag, "name")(many=True))
    serializer = serializer_class()
    del serializer.fields["tags"]

    assert plan_for(serializer).plan.queries == 1
    assert plan_for(serializer_class()).plan.queries == 2


def test_a_serializer_around_a_dynamic_one_is_planned_each_time():
    wanted = ["id"]

    class Dynamic(s.ModelSerializer):
        def get_fields(self):
            return {name: each for name, each in super().get_fields().items() if name in wanted}

        class Meta:
            model = Author
            fields = ("id", "country")
            depth = 1

    serializer_class = of(Book, "title", author=Dynamic())
    assert "country" not in str(plan_for(serializer_class()))
    wanted.append("country")
    assert "join country" in str(plan_for(serializer_class()))


def test_a_static_serializer_is_planned_once():
    serializer_class = of(Book, "title")

    assert plan_for(serializer_class()) is plan_for(serializer_class())
