"""Programs for `map_reduce`, and a text to run them on."""

import re
from collections.abc import Iterator

import numpy as np

from models.cloud.map_reduce import Line, Program

_WORD = re.compile(r"\w+")


def words(line: Line) -> Iterator[tuple[str, int]]:
    """Each word of a line, once for each time that it occurs."""
    return ((word, 1) for word in _WORD.findall(line[1].lower()))


def places(line: Line) -> Iterator[tuple[str, int]]:
    """Each word of a line with the line's number."""
    return ((word, line[0]) for word in _WORD.findall(line[1].lower()))


def total(key: str, values: list[int]) -> int:
    """How often a key occurs."""
    return sum(values)


def once_each(key: str, values: list[int]) -> tuple[int, ...]:
    """Values in the order of the text, without repetition."""
    return tuple(dict.fromkeys(values))


WORD_COUNT = Program(words, total, combine=total)
INDEX = Program(places, once_each)  # its result shows it if values come in another order

_WHO = ("server", "machine", "master", "tenant", "reader", "cloud", "provider", "cluster")
_HOW = ("fast", "slow", "busy", "large", "distant", "patient")
_DOES = ("hands out", "waits for", "repeats", "counts", "returns", "loses", "cuts", "gathers")
_WHAT = ("task", "result", "answer", "word", "line", "job", "piece", "copy")


def text(lines: int, seed: int = 1) -> list[str]:
    """Sentences whose words are the rarer the later they stand in their list, as in real texts.

    Raises
    ------
    ValueError
        For fewer than no lines.
    """
    if lines < 0:
        raise ValueError(f"lines: {lines} is out of range; allowed: whole numbers from 0")
    rng = np.random.default_rng(seed)
    lists = (_HOW, _WHO, _DOES, _HOW, _WHAT)
    chosen = np.stack([_zipf(rng, len(choices), lines) for choices in lists], axis=1)
    return [
        "The {} {} {} a {} {}.".format(*(c[i] for c, i in zip(lists, row, strict=True)))
        for row in chosen
    ]


def _zipf(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Ranks from 0, the r-th with a chance in proportion to 1/r."""
    upto = np.cumsum(1 / np.arange(1, count + 1))
    return np.searchsorted(upto, rng.random(size) * upto[-1])
