"""A real job, really computed in pieces: map, shuffle, reduce.

    lines  --map-->  pairs (key, value)  --shuffle-->  all values of a key together  --reduce-->

Why the result is the serial one whatever happens on the way:

* a task depends on its input alone, so repeating it does no harm;
* the first result of a task counts, any further one is thrown away;
* values are put in the order of their tasks before they are reduced, so it does not matter who
  finished first, and `reduce` need not even be commutative;
* keys go to partitions by a checksum. Python's own `hash` of a text differs from process to
  process: two of them would send the same word to two reducers.

A task none of whose allowed attempts completes ends the job with `JobFailed`: there is no partial
result.

References
----------
J. Dean and S. Ghemawat, "MapReduce: Simplified Data Processing on Large Clusters", OSDI 2004.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from models.cloud.attempts import Fate, Tally, complete
from models.cloud.workers import Here, Workers
from models.facts import Fact, Facts

Line = tuple[int, str]  # its number in the whole text, from 1
Pair = tuple[str, Any]


@dataclass(frozen=True)
class Program:
    """What the reader of a text wants to know.

    Attributes
    ----------
    map : callable
        From a numbered line to pairs of a key and a value.
    reduce : callable
        From a key and all its values, in the order of the text, to what is kept of them.
    combine : callable, optional
        The same for the values of one map task, before they travel: for reductions that may be
        done in steps, such as a sum.

    All are module-level functions, because they travel to other processes by name.
    """

    map: Callable[[Line], Iterable[Pair]]
    reduce: Callable[[str, list[Any]], Any]
    combine: Callable[[str, list[Any]], Any] | None = None


@dataclass(frozen=True)
class Reduced:
    """The job's result, and what it took.

    Attributes
    ----------
    result : dict
        Key to value, keys sorted.
    maps, reduces : Tally
        Of the two phases.
    """

    result: Mapping[str, Any]
    maps: Tally
    reduces: Tally

    def facts(self) -> Facts:
        """Tasks, attempts and what became of them."""
        both = (self.maps, self.reduces)
        return Facts(
            Fact("Map tasks", self.maps.tasks),
            Fact("Reduce tasks", self.reduces.tasks),
            Fact("Attempts", sum(tally.attempts for tally in both)),
            Fact("Lost on the way", sum(tally.lost for tally in both)),
            Fact("Came twice, thrown away", sum(tally.repeated for tally in both)),
            Fact("Keys in the result", len(self.result)),
            title="Map and reduce",
        )


def map_reduce(
    program: Program,
    lines: Sequence[str],
    *,
    tasks: int = 8,
    reducers: int = 3,
    fate: Fate | None = None,
    workers: Workers | None = None,
) -> Reduced:
    """Compute a program's result piece by piece.

    Parameters
    ----------
    program : Program
    lines : sequence of str
    tasks, reducers : int
        Pieces of the text, and parts of the keys; both at least 1. Pieces may be empty.
    fate : Fate, optional
        The order of the attempts, and which of them are lost; by default none is.
    workers : Workers, optional
        By default this process alone.

    Raises
    ------
    ValueError
        For fewer than one task or reducer.
    JobFailed
        If no allowed attempt at some task completes.
    """
    for name, count in (("tasks", tasks), ("reducers", reducers)):
        if count < 1:
            raise ValueError(f"{name}: {count} is out of range; allowed: whole numbers from 1")
    fate, workers = fate or Fate(), workers or Here()
    pieces = [(program, piece, reducers) for piece in cut(lines, tasks)]
    mapped, maps = complete("map", map_piece, pieces, fate, workers)
    parts = [(program, part) for part in shuffle(mapped, reducers)]
    reduced, reduces = complete("reduce", reduce_part, parts, fate, workers)
    return Reduced(gather(reduced), maps, reduces)


def cut(lines: Sequence[str], tasks: int) -> list[list[Line]]:
    """Consecutive pieces whose lengths differ by one line at most."""
    numbered = list(enumerate(lines, start=1))
    ends = [len(numbered) * n // tasks for n in range(tasks + 1)]
    return [numbered[a:b] for a, b in pairwise(ends)]


def map_piece(program: Program, piece: list[Line], reducers: int) -> list[list[Pair]]:
    """One map task: the pairs of a piece, by the partition of their key."""
    parts: list[list[Pair]] = [[] for _ in range(reducers)]
    for line in piece:
        for key, value in program.map(line):
            parts[partition(key, reducers)].append((key, value))
    if program.combine is None:
        return parts
    return [[(k, program.combine(k, v)) for k, v in grouped(part).items()] for part in parts]


def partition(key: str, reducers: int) -> int:
    """Where a key is reduced: the same in every process and on every machine."""
    return zlib.crc32(key.encode()) % reducers


def shuffle(mapped: Sequence[list[list[Pair]]], reducers: int) -> list[list[Pair]]:
    """For each partition its pairs from all map tasks, in the order of the text."""
    return [[pair for parts in mapped for pair in parts[r]] for r in range(reducers)]


def reduce_part(program: Program, pairs: list[Pair]) -> dict[str, Any]:
    """One reduce task: what is kept of each key of a partition."""
    return {key: program.reduce(key, values) for key, values in grouped(pairs).items()}


def grouped(pairs: Iterable[Pair]) -> dict[str, list[Any]]:
    """Values by key, in the order in which they come."""
    values: dict[str, list[Any]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    return values


def gather(reduced: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The partitions' results as one, keys sorted; no key is in two partitions."""
    return dict(sorted(item for part in reduced for item in part.items()))


def serial(program: Program, lines: Sequence[str]) -> dict[str, Any]:
    """The same result by one loop over the whole text."""
    pairs = (pair for line in enumerate(lines, start=1) for pair in program.map(line))
    return dict(sorted(reduce_part(program, list(pairs)).items()))
