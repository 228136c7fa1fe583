"""How often one caller may ask: DEFAULT_THROTTLE_RATES in the settings, counted per process."""

from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import SimpleRateThrottle


class CallerThrottle(SimpleRateThrottle):
    """Counts an account wherever it calls from, and everybody else by address."""

    reading: bool

    def get_cache_key(self, request, view) -> str | None:
        if (request.method in SAFE_METHODS) is not self.reading:
            return None
        user = request.user
        who = f"user-{user.pk}" if user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}


class Reads(CallerThrottle):
    scope = "reads"
    reading = True


class Writes(CallerThrottle):
    scope = "writes"
    reading = False


class Passwords(SimpleRateThrottle):
    """Passwords sent from one address, right or wrong: each costs a slow hash to check."""

    scope = "passwords"

    def get_cache_key(self, request, view) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
