"""Hosts as arrays: what each has free, so that a policy sees every host at every decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Ints = np.ndarray  # whole numbers, shape (hosts,)
Mask = np.ndarray  # bool, shape (hosts,)

VCPUS, MEMORY = 0, 1  # rows of `Fleet.room` and `Fleet.free`
SHARED = -1  # owner of a host that all tenants share
MOST = 2**20  # vCPUs or GiB that a host may promise: far from what 32 bits hold


@dataclass(frozen=True)
class Overcommit:
    """How much of each resource is promised for one that is there.

    Attributes
    ----------
    vcpus : float
        Virtual processors for a physical one. Above 1, busy guests take turns.
    memory : float
        Likewise. Above 1, somebody must swap when all use what they were promised.
    """

    vcpus: float = 1.0
    memory: float = 1.0

    def __post_init__(self) -> None:
        for name in ("vcpus", "memory"):
            if not 1 <= getattr(self, name) <= 32:
                raise ValueError(
                    f"{name}: overcommit {getattr(self, name)} is out of range; allowed: 1 to 32"
                )


class Fleet:
    """Room and free room of hosts; placing and removing change it, policies only read it.

    Parameters
    ----------
    vcpus, memory : sequence of int
        Of each host; memory in GiB.
    zone : sequence of int, optional
        Each host's zone; by default all stand in zone 0.
    owner : sequence of int, optional
        Each host's only tenant, or `SHARED` (the default).
    overcommit : Overcommit

    Attributes
    ----------
    room, free : ndarray of int, shape (2, hosts)
        What may be promised, and what of it is not promised yet; rows `VCPUS` and `MEMORY`.
    slack : ndarray of int, shape (hosts,)
        Both rows of `free` as one number. A vCPU weighs as much as the memory that comes with it
        in the whole fleet, in whole numbers, so that no rounding decides where a VM goes.
    alive : ndarray of bool, shape (hosts,)
        Whether a host takes VMs.

    Raises
    ------
    ValueError
        For hosts without room, or rows of different length.
    """

    def __init__(
        self,
        vcpus: Sequence[int] | Ints,
        memory: Sequence[int] | Ints,
        zone: Sequence[int] | Ints | None = None,
        owner: Sequence[int] | Ints | None = None,
        overcommit: Overcommit = Overcommit(),
    ) -> None:
        physical = _room(vcpus, memory)
        hosts = physical.shape[1]
        promised = physical * np.array([[overcommit.vcpus], [overcommit.memory]])
        if promised.max() > MOST:
            raise ValueError(f"overcommit: {promised.max():,.0f} on a host; allowed: {MOST:,}")
        self.room = promised.astype(np.int32)  # 32 bits: half the memory to go through
        self.free = self.room.copy()
        self.zone = _row("zone", zone, hosts, 0)
        self.owner = _row("owner", owner, hosts, SHARED)
        self.alive = np.ones(hosts, dtype=bool)
        self.weights = _weights(self.room)
        self.slack = self._slack_of(slice(None))
        self._zones = {int(z): self.zone == z for z in np.unique(self.zone)}
        self._any_owned = bool((self.owner != SHARED).any())
        self._fits, self._also = np.empty((2, hosts), dtype=bool)

    def __len__(self) -> int:
        return self.room.shape[1]

    @property
    def zones(self) -> list[int]:
        """The zones that have hosts, ascending."""
        return list(self._zones)

    @property
    def used(self) -> Ints:
        """What is promised of each host, shape (2, hosts)."""
        return self.room - self.free

    def in_zone(self, zone: int) -> Mask:
        """The hosts of a zone; none for a zone that has none."""
        return self._zones.get(zone, np.zeros(len(self), dtype=bool))

    def fitting(self, vcpus: int, memory: int, tenant: int = SHARED) -> Mask:
        """The hosts that are alive, open to the tenant and have room.

        The array is the fleet's own and valid until the next call: at 10,000 hosts, a new one for
        each decision costs as much as filling it.
        """
        fits, also = self._fits, self._also
        np.greater_equal(self.free[VCPUS], vcpus, out=fits)
        np.greater_equal(self.free[MEMORY], memory, out=also)
        np.logical_and(fits, also, out=fits)
        np.logical_and(fits, self.alive, out=fits)
        if self._any_owned:
            fits &= (self.owner == tenant) | (self.owner == SHARED)
        return fits

    def take(self, host: int, vcpus: int, memory: int) -> None:
        """Promise some of a host's room.

        Raises
        ------
        ValueError
            If it does not have as much.
        """
        free = self.free
        if free[VCPUS, host] < vcpus or free[MEMORY, host] < memory:
            raise ValueError(
                f"host {host}: {vcpus} vCPUs and {memory} GiB are too much; "
                f"allowed: up to {free[VCPUS, host]} vCPUs and {free[MEMORY, host]} GiB"
            )
        self._change(host, -vcpus, -memory)

    def give(self, host: int, vcpus: int, memory: int) -> None:
        """Take a promise back.

        Raises
        ------
        ValueError
            If the host had not promised as much.
        """
        free, room = self.free, self.room
        if (
            free[VCPUS, host] + vcpus > room[VCPUS, host]
            or free[MEMORY, host] + memory > room[MEMORY, host]
        ):
            raise ValueError(f"host {host}: {vcpus} vCPUs and {memory} GiB were never promised")
        self._change(host, vcpus, memory)

    def _change(self, host: int, vcpus: int, memory: int) -> None:
        self.free[VCPUS, host] += vcpus
        self.free[MEMORY, host] += memory
        self.slack[host] += vcpus * self.weights[VCPUS] + memory * self.weights[MEMORY]

    def _slack_of(self, hosts: slice) -> Ints:
        free = self.free[:, hosts].astype(np.int64)
        return free[VCPUS] * self.weights[VCPUS] + free[MEMORY] * self.weights[MEMORY]


def _weights(room: Ints) -> tuple[int, int]:
    """Of a vCPU and of a GiB: the fleet's vCPUs weigh as much as its memory, in small integers."""
    vcpus, memory = (int(total) for total in room.sum(axis=1, dtype=np.int64))
    least = min(vcpus, memory)
    return round(memory / least * 64), round(vcpus / least * 64)


def _room(vcpus: Sequence[int] | Ints, memory: Sequence[int] | Ints) -> Ints:
    rows = np.asarray(vcpus), np.asarray(memory)
    if rows[0].ndim != 1 or rows[0].shape != rows[1].shape or not len(rows[0]):
        raise ValueError("vcpus and memory: want one number a host each, and at least one host")
    for name, row in zip(("vcpus", "memory"), rows, strict=True):
        if row.dtype.kind not in "iu" or row.min() < 1 or row.max() > MOST:
            raise ValueError(f"{name}: allowed: whole numbers from 1 to {MOST:,} of each host")
    return np.stack(rows).astype(np.int64)


def _row(name: str, values: Sequence[int] | Ints | None, hosts: int, default: int) -> Ints:
    row = np.full(hosts, default) if values is None else np.asarray(values)
    if row.shape != (hosts,):
        raise ValueError(f"{name}: {row.size} values; allowed: one for each of {hosts} hosts")
    return row.astype(np.int64)
