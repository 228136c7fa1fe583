"""The site, and the admin of everything that has ranges."""

from cinema.urls import urlpatterns as site
from tests.db.ranges.office import urlpatterns as offices

urlpatterns = [*offices, *site]
