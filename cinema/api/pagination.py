"""Pages of a list: numbered, and never longer than a hundred rows."""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

COUNTING_NUMBER = re.compile(r"0*[1-9][0-9]{0,8}")


class Pages(PageNumberPagination):
    """20 rows a page, or up to 100 as ``?page_size=`` asks; more is cut to 100.

    What is no counting number is a 400 that names the parameter; a page past the last is a 404.
    """

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = _("Rows a page: 20 unless asked, at most 100.")

    def get_page_size(self, request: Request) -> int:
        asked = _counting_number(request, self.page_size_query_param)
        return min(asked or self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator) -> int | str:
        if request.query_params.get(self.page_query_param) in self.last_page_strings:
            return paginator.num_pages
        return _counting_number(request, self.page_query_param) or 1

    def get_paginated_response_schema(self, schema: dict) -> dict:
        """Say in OpenAPI 3.1's words that there may be no next page; DRF says it in 3.0's."""
        page = super().get_paginated_response_schema(schema)
        for link in ("next", "previous"):
            del page["properties"][link]["nullable"]
            page["properties"][link]["type"] = ["string", "null"]
        return page


def _counting_number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not COUNTING_NUMBER.fullmatch(text):
        raise ValidationError({name: [_("A whole number from 1 to 999999999 is expected.")]})
    return int(text)
