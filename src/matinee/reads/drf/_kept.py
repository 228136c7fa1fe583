"""What was made once and is asked for again: so many of a kind, and no more."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

__all__ = ["Kept"]


class Kept[V]:
    """Values by key, shared between threads; of too many, the one asked for longest ago goes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of *key*, made now where there is none."""
        if (known := self.peek(key)) is not None:
            return known
        value = make()  # outside the lock: it takes its time, and may ask for others
        with self._lock:
            self._values[key] = value
            if len(self._values) > self.most:
                self._values.popitem(last=False)
        return value

    def peek(self, key: Hashable) -> V | None:
        """Return the value of *key* if there is one."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        return None

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()
