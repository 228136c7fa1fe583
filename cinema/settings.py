"""Settings of the reference site. One file, the same for the demo and the tests."""

import os
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from cinema import pool
from matinee import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CINEMA_VAR", BASE_DIR / "var"))

# The demo hands in a key of its own, made at the first start and kept in var/.
SECRET_KEY = os.environ.get("CINEMA_SECRET_KEY", "only-for-tests-and-development")
DEBUG = os.environ.get("CINEMA_DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "cinema.api",  # before rest_framework, whose template it dresses
    "rest_framework",
    "matinee",
    "cinema.films",
    "cinema.programme",
    "cinema.reviews",
    "cinema.bookings",
    "cinema.backstage",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "matinee.receipts.ReceiptMiddleware",
    "cinema.backstage.middleware.drawer",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cinema.backstage.networks.OfficeNetworks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cinema.urls"
ASGI_APPLICATION = "cinema.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cinema" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Everything comes from here, and nothing is written into the page's own text: neither scripts nor
# styles, not even for htmx.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
# The browsable API and Swagger's documentation are written with both.
API_CSP = SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}

# PostgreSQL 18 from a wheel, or the server that DATABASE_URL names. Under ASGI every request
# would open a connection of its own; the pool lends them out, and looks at each before it does.
DATABASES = embedded.databases(
    VAR_DIR, name="cinema", options={"pool": {"max_size": 16, "check": pool.check}}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "cinema" / "locale"]
TIME_ZONE = "Europe/Vienna"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "cinema" / "static"]
SERVESTATIC_USE_FINDERS = True  # from where they are: nothing has to be collected first

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "cinema.api.authentication.PasswordAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "cinema.api.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cinema.api.permissions.StaffWrites"],
    "DEFAULT_FILTER_BACKENDS": ["cinema.api.filters.KnownParameters"],
    "DEFAULT_PAGINATION_CLASS": "cinema.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "cinema.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["cinema.api.throttles.Reads", "cinema.api.throttles.Writes"],
    "DEFAULT_THROTTLE_RATES": {"reads": "600/min", "writes": "60/min", "passwords": "60/min"},
    "EXCEPTION_HANDLER": "cinema.api.errors.handle",
    # Callers are told apart by their own address. Behind a proxy: how many there are.
    "NUM_PROXIES": 0,
}

SPECTACULAR_SETTINGS = {
    "TITLE": _("The cinema's API"),
    "DESCRIPTION": _(
        "Films, who made them, and when they are shown. Everybody reads; staff write; who is "
        "logged in reviews. Lists are paged, filtered and ordered by the parameters named here."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [
        {"name": "films", "description": _("What can be shown.")},
        {"name": "directors", "description": _("Who made it.")},
        {"name": "genres", "description": _("What kind it is.")},
        {"name": "distributors", "description": _("Who sells it.")},
        {"name": "halls", "description": _("Where it is shown.")},
        {"name": "screenings", "description": _("When it is shown.")},
        {"name": "reviews", "description": _("What visitors say of it.")},
        {"name": "bookings", "description": _("Who sits where: your own seats.")},
    ],
    # Scripts and styles come from this site; the badge of an online validator does not appear.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

MATINEE = {"receipts": {"server_timing": True}}

# The drawer "How this page was made" shows every visitor the SQL behind the page: a demonstration,
# not for a site that has something to hide.
CINEMA_BACKSTAGE = os.environ.get("CINEMA_BACKSTAGE", "1") == "1"
# The strip that lets a visitor break things on purpose. Only the demo turns it on.
CINEMA_BREAK_IT = os.environ.get("CINEMA_BREAK_IT", "") == "1"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "films:catalogue"
