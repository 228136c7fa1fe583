"""One family of errors: what is wrong, what to do, and a code that stays."""

__all__ = [
    "ConfigError",
    "ConflictError",
    "EmbeddedError",
    "MatineeError",
    "RangeTypeError",
    "RangesError",
    "ReadsError",
]


class MatineeError(Exception):
    """The base of every error Matinee raises on its own account.

    Attributes:
        message: What is wrong: "X must be Y, got Z."
        hint: What to do about it, or "".
        code: A stable slug, listed in the reference, to look the error up by.
    """

    code = "matinee.error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class ConfigError(MatineeError):
    """A setting under MATINEE is unknown or of the wrong type."""

    code = "conf.invalid"


class ConflictError(MatineeError):
    """The database refused what only it could know of: what others did meanwhile, mostly.

    Attributes:
        status: What a web API answers: 409, or 400 where the values are wrong by themselves.
        constraint: The name of the constraint that was violated, or "".
        table: The name of its table, or "".
        again: Whether the same may succeed when it is done once more: after a deadlock, and where
            transactions could not be put in one order.
    """

    code = "conflict.refused"

    def __init__(  # noqa: PLR0913  each by its name
        self,
        message: str,
        *,
        hint: str = "",
        code: str | None = None,
        status: int = 409,
        constraint: str = "",
        table: str = "",
        again: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.status = status
        self.constraint = constraint
        self.table = table
        self.again = again


class EmbeddedError(MatineeError):
    """The embedded PostgreSQL cannot be started, joined or stopped."""

    code = "embedded.error"


class ReadsError(MatineeError):
    """A serializer or a plan cannot be turned into reads."""

    code = "reads.error"


class RangesError(MatineeError, ValueError):
    """There is no such range."""

    code = "ranges.invalid"


class RangeTypeError(RangesError, TypeError):
    """Ranges, or a range and an element, are of types that do not go together."""

    code = "ranges.type"
