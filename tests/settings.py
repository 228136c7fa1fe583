"""What pytest runs on: the reference site and tests.shelf; on a Django too old for the site, the
library and tests.shelf alone.
"""

import os
from pathlib import Path

import django

from matinee import embedded

# A server and a folder of the tests' own, so that no test ever meets the demo's data.
TEST_DIR = Path(__file__).resolve().parent.parent / "var" / "test"
os.environ["CINEMA_VAR"] = str(TEST_DIR)

# Before the site's settings join it: what is lost in a crash of the tests' server is no loss.
TEST_DATABASES = embedded.databases(
    TEST_DIR,
    name="cinema",
    settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
)

if django.VERSION >= (6, 1):
    from cinema.settings import *  # noqa: F403
    from cinema.settings import INSTALLED_APPS
else:
    SECRET_KEY = "only-for-tests"
    INSTALLED_APPS = [
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.postgres",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "rest_framework",
        "matinee",
    ]
    MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ]
    STATIC_URL = "static/"
    ROOT_URLCONF = "tests.shelf.urls"
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    TIME_ZONE = "Europe/Vienna"
    USE_TZ = True

INSTALLED_APPS = [*INSTALLED_APPS, "tests.shelf", "tests.spans", "tests.networks"]
# The site's own come with a connection pool, which transactions in tests and databases that come
# and go get on badly with.
DATABASES = TEST_DATABASES
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
