"""The kernel's workloads: what each is called, how large it is, and what it must come to.

Each is a program in assembly beside this file, and has a twin in `twins.py` written from the same
description: the checksums must be equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.guests.kernel.workloads import twins


@dataclass(frozen=True)
class Workload:
    """One program for the kernel.

    Attributes
    ----------
    name
        Of its assembly file.
    summary
        What it does.
    size
        How much, if nobody says otherwise: in rounds.
    most
        The largest size.
    twin
        Its checksum as a function of size.
    needs
        "disk" or "network", if it needs one.
    """

    name: str
    summary: str
    size: int
    most: int
    twin: Callable[[int], int]
    needs: str = ""

    def checked(self, size: int | None) -> int:
        """Return a size that it can have.

        Raises
        ------
        ValueError
            If it cannot.
        """
        if size is None:
            return self.size
        if not 1 <= size <= self.most:
            raise ValueError(f"size of {self.name}: {size}; allowed: 1 to {self.most}")
        return size

    def checksum(self, size: int | None = None) -> int:
        """Return what the program must print."""
        return self.twin(self.checked(size))


MOST = 100_000_000  # rounds
_ALL = (
    Workload("hello", "a greeting, and the number of its process", 1, 1, twins.hello),
    Workload("compute", "random numbers, multiplied and divided", 10_000, MOST, twins.compute),
    Workload("syscall", "system calls that do next to nothing", 1_000, MOST, twins.syscall),
    Workload("mapping", "pages mapped, written, read, unmapped", 30, MOST, twins.mapping),
    Workload("walk", "random steps over 256 pages", 5_000, MOST, twins.walk),
    Workload("disk", "sectors read and written back", 30, MOST, twins.disk, "disk"),
    Workload("network", "frames sent and received", 40, MOST, twins.network, "network"),
    Workload("switch", "three processes take turns", 100, MOST, twins.switch),
    Workload("selfmodifying", "code that writes code", 500, MOST, twins.selfmodifying),
    Workload("fork", "families of processes", 5, MOST, twins.fork),
)
WORKLOADS = {workload.name: workload for workload in _ALL}


def named(name: str) -> Workload:
    """Return the workload of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in WORKLOADS:
        raise ValueError(f"workload: {name!r}; allowed: {', '.join(WORKLOADS)}")
    return WORKLOADS[name]
