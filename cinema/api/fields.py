"""Fields that take rows by their id, fit for tables with thousands of them."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

# A text box for the id. A select would load every row of the other table into the page.
TEXT_BOX = {"base_template": "input.html", "input_type": "text"}


class IdField(serializers.PrimaryKeyRelatedField):
    """A row by its id, in HTML forms typed rather than picked."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("style", TEXT_BOX)
        kwargs.setdefault("pk_field", serializers.IntegerField(min_value=1, max_value=2**63 - 1))
        super().__init__(**kwargs)

    @classmethod
    def many_init(cls, *, queryset, style=TEXT_BOX, **kwargs) -> "IdListField":
        return IdListField(child_relation=cls(queryset=queryset), style=style, **kwargs)


class IdListField(serializers.ManyRelatedField):
    """Rows by their ids, looked up by one query however many they are.

    An HTML form sends them as one text: "3, 14".
    """

    MAX = 50
    default_error_messages = {
        "too_many": _("At most {max} ids are expected."),
        "does_not_exist": _("There is no {ids}."),
    }

    def get_value(self, dictionary):
        if not html.is_html_input(dictionary):
            return super().get_value(dictionary)
        if self.field_name not in dictionary:
            return empty
        text = dictionary[self.field_name].strip("[] ")
        return [each.strip() for each in text.split(",")] if text else []

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not data and not self.allow_empty:
            self.fail("empty")
        if len(data) > self.MAX:
            self.fail("too_many", max=self.MAX)
        number = self.child_relation.pk_field
        ids = list(dict.fromkeys(number.run_validation(each) for each in data))
        found = self.child_relation.get_queryset().in_bulk(ids)
        if missing := [str(pk) for pk in ids if pk not in found]:
            self.fail("does_not_exist", ids=", ".join(missing))
        return [found[pk] for pk in ids]
