"""The kernel's workloads: what each is called, how large it is, and what it must come to.

Each is a program in assembly beside this file and a twin in Python here, written from the same
description: the checksums must be equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MASK = (1 << 64) - 1
CHECKSUM, PRIME = 0xCBF2_9CE4_8422_2325, 0x100_0000_01B3  # FNV-1a's, of 64 bits


def mix(checksum: int, *values: int) -> int:
    """Return the checksum after some doublewords (FNV-1a, a doubleword a step)."""
    for value in values:
        checksum = ((checksum ^ value & MASK) * PRIME) & MASK
    return checksum


def following(state: int) -> int:
    """Return the next of a row of random numbers (Knuth's MMIX generator)."""
    return (state * 6364136223846793005 + 1442695040888963407) & MASK


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
        How much, if nobody says otherwise.
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


def _hello(size: int) -> int:
    return mix(CHECKSUM, 1)


WORKLOADS = {
    workload.name: workload
    for workload in (Workload("hello", "a greeting, and the number of its process", 1, 1, _hello),)
}


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


def disk_image(sectors: int = 64) -> bytes:
    """Return a disk with random numbers on it, the row that starts from 1."""
    state, words = 1, []
    for _ in range(sectors * 512 // 8):
        state = following(state)
        words.append(state.to_bytes(8, "little"))
    return b"".join(words)
