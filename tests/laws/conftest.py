"""How hard the laws are tried: ``--hypothesis-profile=drill`` tries them harder."""

from hypothesis import HealthCheck, settings

# A database test is slow and shares its transaction between examples; each undoes its own.
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

# The same examples each time: what fails has to do with what was changed. The drill looks for more.
settings.register_profile(
    "test", max_examples=150, derandomize=True, deadline=None, suppress_health_check=SLOW
)
settings.register_profile("drill", max_examples=3_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile("test")
