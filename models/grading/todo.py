"""The hole in a stub: the stub runs clean, and its check says that nothing was attempted."""

from typing import Any, Final


class Todo:
    """A placeholder that nobody can mistake for an answer."""

    def __repr__(self) -> str:
        return "TODO"


TODO: Final[Any] = Todo()  # of any type, so that a stub's function may return it
