"""Who runs attempts: what any of them offers, and this process alone as the simplest."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Protocol


class Attempt(NamedTuple):
    """The `number`-th attempt, from 1, at one task of a phase."""

    phase: str
    task: int
    number: int


Report = tuple[Attempt, bool, Any]  # whether its result came; the result, or why it did not


class Workers(Protocol):
    """Who runs attempts; a context that stops on leaving whatever still runs."""

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""

    @property
    def free(self) -> bool:
        """Whether another attempt can be started."""

    def start(
        self, attempt: Attempt, function: Callable[..., Any], input: tuple[Any, ...], lost: str
    ) -> None:
        """Begin ``function(*input)``; `lost` as in `Fate.lost`."""

    def wait(self) -> Report:
        """The next attempt to be over."""

    def __enter__(self) -> "Workers": ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Here:
    """One attempt after another, in this process; a lost one is left out or thrown away."""

    def __init__(self) -> None:
        self._over: list[Report] = []

    @property
    def busy(self) -> bool:
        """Whether a finished attempt has not been reported yet."""
        return bool(self._over)

    @property
    def free(self) -> bool:
        """One at a time."""
        return not self._over

    def start(
        self, attempt: Attempt, function: Callable[..., Any], input: tuple[Any, ...], lost: str
    ) -> None:
        """Run it now."""
        result = None if lost == "before" else function(*input)
        value = f"{lost} its work" if lost else result
        self._over.append((attempt, not lost, value))

    def wait(self) -> Report:
        """The attempt that was just run."""
        return self._over.pop()

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *_: object) -> None:
        self._over.clear()
