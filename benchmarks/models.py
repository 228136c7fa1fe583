"""The tables of the benchmarks. Their shape is fixed: figures of years are compared over it."""

from django.db import models


class Studio(models.Model):
    name = models.CharField(max_length=80)
    city = models.CharField(max_length=80)
    history = models.TextField()


class Franchise(models.Model):
    name = models.CharField(max_length=80)


class Person(models.Model):
    name = models.CharField(max_length=80)
    born = models.DateField()


class Genre(models.Model):
    name = models.CharField(max_length=40)


class Film(models.Model):
    title = models.CharField(max_length=200)
    premiere = models.DateTimeField()
    added = models.DateTimeField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    minutes = models.IntegerField()
    colour = models.BooleanField()
    synopsis = models.TextField()
    notes = models.TextField()  # never shown: what a list should not load
    franchise = models.ForeignKey(Franchise, models.SET_NULL, null=True)
    studio = models.ForeignKey(Studio, models.CASCADE)
    directors = models.ManyToManyField(Person, related_name="films")
    genres = models.ManyToManyField(Genre, related_name="films")


class Review(models.Model):
    film = models.ForeignKey(Film, models.CASCADE, related_name="reviews")
    author = models.ForeignKey(Person, models.CASCADE, related_name="reviews")
    stars = models.IntegerField()
    text = models.TextField()
    draft = models.TextField()  # never shown
