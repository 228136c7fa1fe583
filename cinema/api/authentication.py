"""A password in each request, for scripts. Browsers log in and have a session."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled

from cinema.api.throttles import Passwords


class PasswordAuthentication(BasicAuthentication):
    """HTTP Basic, counted: DRF's own throttles only see callers who got past this line."""

    def authenticate_credentials(self, userid, password, request=None):
        throttle = Passwords()
        if not throttle.allow_request(request, None):
            raise Throttled(wait=throttle.wait())
        if "\0" in userid:  # PostgreSQL would not even compare it
            raise AuthenticationFailed(_("Invalid username/password."))
        return super().authenticate_credentials(userid, password, request)
