"""Sphinx's configuration. Django is set up for autodoc, without a database."""

from importlib.metadata import version as installed_version

import django
from django.conf import settings
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

settings.configure(
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "matinee",
    ],
    DATABASES={},
)
django.setup()

project = "Matinee"
author = "The Matinee developers"
project_copyright = "The Matinee developers"
version = release = installed_version("django-matinee")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Matinee {version}"
html_static_path = ["_static"]
html_css_files = ["matinee.css"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Queries", "returns_style"), ("Yields", "returns_style")]
default_role = "py:obj"

# Others' objects have no page here, and no network is asked for theirs.
nitpick_ignore_regex = [
    ("py:.*", r"(django|rest_framework|psycopg|collections|contextlib|json|os|typing)\..*"),
    ("py:class", r"matinee\.embedded\._databases\.Database|dict\[str"),
    # Parameters and aliases of types, and classes that are returned and not made by hand.
    ("py:class", r"[A-Z]|.*\.GetResponse|matinee\.(reads\.drf|ranges)\._\w+\.\w+"),
]

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True


def setup(app: Sphinx) -> None:
    """Name the language of what an example prints."""
    app.add_lexer("output", TextLexer)
