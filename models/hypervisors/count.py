"""What every technique induces: all workloads under all techniques, counted.

``python -m models.hypervisors count`` writes the file; `models.performance` prices it, and never
runs a guest itself. Each entry is a counters file (see `models.events`) of one run from reset to
the workload's end, the kernel's start included (that alone is the workload "hello"). Beside it
stands a digest of all that the guest could see in the end: a technique is equal to the bare board
where theirs are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from zlib import crc32

from models import stored
from models.events import Counters
from models.guests.kernel import WORKLOADS, board_options, kernel_image, start
from models.hypervisors.observable import differing, digest
from models.hypervisors.techniques import NATIVE, TECHNIQUES, machine
from models.machine.board import Board

NAME = "performance/data/induced.json"  # in `models`
MOST = 20_000_000  # instructions


class CountError(Exception):
    """A workload did not end well, or not as on the bare board."""


class Counted(NamedTuple):
    """One run: its counts, and the digest of its end."""

    workload: str
    technique: str
    counters: Counters
    end: str


def count(workload: str, technique: str) -> Counters:
    """Count one workload to its end (see `finish`)."""
    return finish(workload, technique)[1]


def finish(workload: str, technique: str) -> tuple[Board, Counters]:
    """Run one workload to its end; return what the guest saw as its board, and the counts.

    Raises
    ------
    CountError
        If it does not get there, or prints another checksum than its twin.
    """
    board, vm = machine(technique, board_options(workload))
    start(board, kernel_image(workload))
    stop = board.run(MOST)
    checksum = f"checksum {WORKLOADS[workload].checksum():016x}".encode()
    if stop.reason != "halt" or checksum not in board.console_output:
        raise CountError(f"{workload} under {technique}: {stop}, {bytes(board.console_output)!r}")
    return board, board.counters if vm is None else vm.counts()


def measure(
    workloads: Iterable[str] = WORKLOADS, techniques: Iterable[str] = TECHNIQUES
) -> Iterator[Counted]:
    """Run the workloads under the techniques.

    Raises
    ------
    CountError
        If anything that a guest could see ends otherwise than on the bare board.
    """
    for workload in workloads:
        native = finish(workload, NATIVE)[0]
        for technique in techniques:
            board, counters = finish(workload, technique)
            if different := differing(native, board):
                raise CountError(f"{workload} under {technique}: other {', '.join(different)}")
            yield Counted(workload, technique, counters, digest(board))


def images() -> dict[str, int]:
    """CRC-32 of each workload's image: counts are of these bytes."""
    return {name: crc32(kernel_image(name).image()[1]) for name in WORKLOADS}


def as_text(counted: Iterable[Counted]) -> str:
    """The file's text: a line for each run, families without a count left out."""
    runs: dict[str, dict[str, Any]] = {}
    ends: dict[str, dict[str, str]] = {}
    for workload, technique, counters, end in counted:
        families = {name: counts for name, counts in counters.to_json().items() if counts}
        runs.setdefault(workload, {})[technique] = families
        ends.setdefault(workload, {})[technique] = end
    parts = {"images": json.dumps(images()), "runs": _lines(runs), "ends": _lines(ends, "")}
    return "{" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "}\n"


def _lines(found: dict[str, dict[str, Any]], apart: str = "\n  ") -> str:
    """By workload and technique, `apart` before each of a workload's."""
    blocks = []
    for workload, by_technique in found.items():
        entries = (f"{apart}{json.dumps(t)}: {json.dumps(one)}" for t, one in by_technique.items())
        blocks.append(f"{json.dumps(workload)}: {{" + ("," if apart else ", ").join(entries) + "}")
    return "{\n" + ",\n".join(blocks) + "}"


def kept() -> dict[str, Any]:
    """The file as it is: "images", and "runs" and "ends" by workload and technique."""
    text = stored.text("models", NAME)
    found: dict[str, Any] = json.loads(text)
    return found
