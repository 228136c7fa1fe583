"""All of them, for Django to find."""

from tests.spans.constraints import *  # noqa: F403
from tests.spans.everything import *  # noqa: F403
