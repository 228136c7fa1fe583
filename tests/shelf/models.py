"""Models of every shape the library must cope with."""

import uuid
from contextvars import ContextVar

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone


class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Author(models.Model):
    name = models.CharField(max_length=50)
    born = models.DateField(null=True)
    bio = models.TextField(default="")
    country = models.ForeignKey(Country, models.SET_NULL, null=True, related_name="authors")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.country.name})" if self.country else self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split())

    def shout(self) -> str:
        return self.name.upper()


class Tag(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """A note on anything."""

    text = models.CharField(max_length=50)
    kind = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    target = GenericForeignKey("kind", "object_id")

    class Meta:
        ordering = ["pk"]


class Book(models.Model):
    STATES = {"new": "Brand new", "used": "Second hand"}

    title = models.CharField(max_length=50)
    blurb = models.TextField(default="")
    state = models.CharField(max_length=4, choices=STATES, default="new")
    extra = models.JSONField(default=dict)
    author = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="books")
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="+")
    tags = models.ManyToManyField(Tag, through="BookTag", related_name="books")
    marks = GenericRelation(Mark, content_type_field="kind", object_id_field="object_id")
    sequel_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="sequels")

    class Meta:
        ordering = ["pk"]

    kind = "book"

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def publisher() -> str:
        return "Shelf & Sons"

    @classmethod
    def is_a_book(cls) -> bool:
        return True


class BookTag(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)
    weight = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.tag.name} on {self.book.title}"


class Visible(models.Manager):
    """Hides what was removed, as a default manager should not but often does."""

    def get_queryset(self):
        return super().get_queryset().filter(removed=False)


class Chapter(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="chapters")
    number = models.IntegerField()
    title = models.CharField(max_length=50)
    removed = models.BooleanField(default=False)

    objects = Visible()
    everything = models.Manager()

    class Meta:
        ordering = ["-number"]


class Note(models.Model):
    chapter = models.ForeignKey(Chapter, models.CASCADE, related_query_name="remark")
    text = models.CharField(max_length=50)

    class Meta:
        ordering = ["pk"]


class Cover(models.Model):
    book = models.OneToOneField(
        Book, models.CASCADE, related_name="cover", related_query_name="jacket"
    )
    art = models.CharField(max_length=50)
    colours = models.IntegerField(default=4)


class Passport(models.Model):
    """Its key is no number, and what it points to is no primary key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    holder = models.OneToOneField(Author, models.CASCADE, related_name="passport")
    country = models.ForeignKey(
        Country, models.CASCADE, to_field="code", db_column="iso", related_name="passports"
    )


class Place(models.Model):
    name = models.CharField(max_length=50)
    street = models.CharField(max_length=50, default="")
    country = models.ForeignKey(Country, models.CASCADE, null=True, related_name="places")


class Shop(Place):
    """A place that sells; its columns are in two tables."""

    stars = models.IntegerField(default=0)
    owner = models.ForeignKey(Author, models.CASCADE, null=True, related_name="shops")
    stock = models.ManyToManyField(Book, related_name="shops")


class VisitQuerySet(models.QuerySet):
    def of(self, name):
        return self.filter(by=name)

    def loud(self):
        return self.annotate(loud=Upper("by"))


class Visit(models.Model):
    objects = VisitQuerySet.as_manager()

    place = models.ForeignKey(Place, models.CASCADE, related_name="visits")
    by = models.CharField(max_length=50)

    class Meta:
        ordering = ["pk"]


class ThrillerManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(state="used")


class Thriller(Book):
    objects = ThrillerManager()

    class Meta:
        proxy = True


class Archived(models.Model):
    """Its base manager hides rows: to whoever follows a relation there, they are not there."""

    title = models.CharField(max_length=50)
    removed = models.BooleanField(default=False)

    objects = Visible()
    everything = models.Manager()

    class Meta:
        base_manager_name = "objects"


class Loan(models.Model):
    archived = models.ForeignKey(Archived, models.CASCADE, related_name="loans")
    by = models.CharField(max_length=50)


class Stamp(models.Model):
    """The one-to-one of an archived thing, seen from the other side."""

    book = models.OneToOneField(Book, models.CASCADE, related_name="stamp")
    text = models.CharField(max_length=50)
    removed = models.BooleanField(default=False)

    objects = Visible()
    everything = models.Manager()

    class Meta:
        base_manager_name = "objects"


class Open(models.Model):
    """Makes up attributes from its columns."""

    name = models.CharField(max_length=50)
    note = models.CharField(max_length=50, default="")

    def __getattr__(self, name):
        if name == "loud":
            return self.note.upper()
        raise AttributeError(name)


class Watched(models.Model):
    """Looks at its columns as soon as it is made, as field trackers do."""

    name = models.CharField(max_length=50)
    note = models.CharField(max_length=50, default="")
    author = models.ForeignKey(Author, models.CASCADE, null=True, related_name="watched")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.was = (self.name, self.note)


class Kind(models.Model):
    """A column of every kind."""

    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    time = models.TimeField(null=True)
    span = models.DurationField(null=True)
    price = models.DecimalField(max_digits=20, decimal_places=8, null=True)
    ratio = models.FloatField(null=True)
    code = models.UUIDField(null=True)
    data = models.JSONField(null=True)
    raw = models.BinaryField(null=True, editable=True)
    address = models.GenericIPAddressField(null=True)
    moments = ArrayField(models.DateTimeField(null=True), null=True)
    numbers = ArrayField(models.IntegerField(null=True), null=True)
    spread = IntegerRangeField(null=True)
    choice = models.CharField(max_length=9, choices=[("a", "A"), ("b", "B")], null=True)
    flag = models.BooleanField(null=True)
    big = models.BigIntegerField(null=True)
    text = models.TextField(null=True)
    upload = models.FileField(null=True)


class Running(models.Manager):
    """Shows what is not over yet."""

    def get_queryset(self):
        return super().get_queryset().filter(until__gt=timezone.now())


class Notice(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="notices")
    text = models.CharField(max_length=50)
    until = models.DateTimeField()

    objects = Running()
    everything = models.Manager()


TENANT = ContextVar("TENANT", default=1)


class OfTenant(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(tenant=TENANT.get())


class Memo(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="memos")
    text = models.CharField(max_length=50)
    tenant = models.IntegerField()

    objects = OfTenant()
    everything = models.Manager()
