"""Feed damaged inputs to a subject for a while; count, guard, and find what was reached."""

from __future__ import annotations

import ast
import contextlib
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Protocol

import coverage

#: A case that takes more of the processor's time hangs (a busy machine does not make it so).
SECONDS_A_CASE = 60


class Subject(Protocol):
    """Something that takes inputs which may be damaged."""

    name: str
    modules: tuple[ModuleType, ...]
    errors: tuple[type[Exception], ...]
    unreached: dict[str, str]

    def case(self, rng: random.Random) -> Any:
        """Return a valid input with something wrong."""

    def passes(self, case: Any) -> bool:
        """Whether the input gets past the first thing that looks at it."""

    def feed(self, case: Any) -> None:
        """Take it in: `errors` may come out; a broken promise is an AssertionError."""


@dataclass
class Result:
    """What came of the inputs of one subject."""

    name: str
    cases: int = 0
    passed: int = 0
    refused: int = 0
    reached: int = 0
    missed: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The part that got past the first check."""
        return self.passed / self.cases

    def to_dict(self) -> dict[str, object]:
        """The result as plain data."""
        return {
            "cases": self.cases,
            "past the first check": round(self.share, 3),
            "refused": round(self.refused / self.cases, 3),
            "error branches reached": self.reached,
            "error branches not reached": self.missed,
        }


@contextlib.contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the midst of what takes more processor time."""

    def bark(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"a case took more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzz(
    subject: Subject, seed: int, *, cases: int | None = None, seconds: float | None = None
) -> Result:
    """Run until so many cases or seconds are through."""
    result = Result(subject.name)
    began = time.monotonic()
    while (cases is None or result.cases < cases) and (
        seconds is None or time.monotonic() - began < seconds
    ):
        rng = random.Random(f"{seed}/{subject.name}/{result.cases}")
        case = subject.case(rng)
        result.cases += 1
        result.passed += subject.passes(case)
        try:
            with watchdog(SECONDS_A_CASE):
                subject.feed(case)
        except subject.errors:
            result.refused += 1
        except Exception as error:
            error.add_note(f"{subject.name}: seed {seed}, case {result.cases - 1}")
            raise
    return result


def branches(subject: Subject) -> dict[str, tuple[str, int]]:
    """Every place in the subject's modules that raises: its source line, file and number."""
    found = {}
    for module in subject.modules:
        assert module.__file__
        text = Path(module.__file__).read_text()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Raise):
                name = f"{module.__name__}: {lines[node.lineno - 1].strip()} ({node.lineno})"
                found[name] = (module.__file__, node.lineno)
    return found


def fuzz_with_coverage(subject: Subject, seed: int, *, cases: int) -> Result:
    """Run so many cases and tell which error branches were reached."""
    places = branches(subject)
    watch = coverage.Coverage(data_file=None, include=sorted({file for file, _ in places.values()}))
    watch.start()
    try:
        result = fuzz(subject, seed, cases=cases)
    finally:
        watch.stop()
    data = watch.get_data()
    seen = {(file, line) for file in data.measured_files() for line in data.lines(file) or ()}
    for name, place in places.items():
        if place in seen:
            result.reached += 1
        else:
            known = (why for text, why in subject.unreached.items() if text in name)
            result.missed[name] = next(known, "")
    return result
