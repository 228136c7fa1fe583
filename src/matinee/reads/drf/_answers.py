"""Answers that are JSON already, in the place of the data that a view responds with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rest_framework.renderers import JSONRenderer

from matinee.reads.drf._finish import decoded

__all__ = ["AnswerList", "AnswerObject", "AnswerRenderer", "renders_plainly"]


class _Answer:
    """JSON that is parsed when somebody looks.

    What was looked at may have been changed, so from then on the parsed data is what counts.

    Attributes:
        json: The JSON; None once it was parsed.
    """

    __hash__ = None  # type: ignore[assignment]  # as the list or dict that it stands for

    def __init__(self, json: bytes) -> None:
        self.json: bytes | None = json
        self._data: Any = None

    @property
    def data(self) -> Any:
        if self.json is not None:
            self._data, self.json = decoded(self.json), None
        return self._data

    # Lists and dicts as Django REST framework's encoder finds them in what is no list or dict.
    def tolist(self) -> Any:
        return self.data

    def __getitem__(self, key: Any) -> Any:
        return self.data[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.data[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.data[key]

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __eq__(self, other: object) -> bool:
        return bool(self.data == (other.data if isinstance(other, _Answer) else other))

    def __repr__(self) -> str:
        return repr(self.data)


class AnswerList(_Answer, Sequence[Any]):
    """A JSON list; reads like a list."""


class AnswerObject(_Answer, Mapping[str, Any]):
    """A JSON object; reads like a dict."""


class AnswerRenderer(JSONRenderer):
    """Puts answers, as they are, into whatever data there is around them."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Render *data* as ``JSONRenderer`` does."""
        context = dict(renderer_context or {})
        if self.get_indent(accepted_media_type or "", context) is not None or not _holds(data):
            return super().render(data, accepted_media_type, context)
        return b"".join(self._parts(data))

    def _parts(self, data: Any) -> Iterator[bytes]:
        if isinstance(data, _Answer) and data.json is not None:
            yield data.json
        elif isinstance(data, dict) and _holds(data):
            for position, (key, value) in enumerate(data.items()):
                # {"key":null} without its end: keys are written as the renderer writes them.
                named = super().render({key: None})[:-5]
                yield named if not position else b"," + named[1:]
                yield from self._parts(value)
            yield b"}"
        else:
            yield super().render(data) if data is not None else b"null"


def _holds(data: Any) -> bool:
    if isinstance(data, dict):
        return any(_holds(each) for each in data.values())
    return isinstance(data, _Answer) and data.json is not None


def renders_plainly(request: Any) -> bool:
    """Whether *request* is answered by Django REST framework's own JSON, in its own format."""
    renderer = request.accepted_renderer
    if type(renderer) is not JSONRenderer:
        return False
    shipped = (renderer.encoder_class.__module__, renderer.ensure_ascii, renderer.compact)
    if shipped != ("rest_framework.utils.encoders", False, True) or not renderer.strict:
        return False
    return renderer.get_indent(request.accepted_media_type, {}) is None
