"""Django's settings for benchmarks: a server of their own, which flushes as production does."""

from pathlib import Path

from matinee import embedded

SECRET_KEY = "only-for-benchmarks"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "matinee",
    "benchmarks",
    "tests.shelf",  # whose methods are counted
]
DATABASES = embedded.databases(
    Path(__file__).resolve().parent.parent / "var" / "bench", name="bench"
)
# All tables are made from the models, in one go: none has a history.
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "shelf": None}
# What a view costs beside its answer is the same for every contender, and little.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Not UTC: conversion is part of the work.
TIME_ZONE = "Europe/Vienna"
USE_TZ = True
ROOT_URLCONF = "benchmarks._reads.urls"
