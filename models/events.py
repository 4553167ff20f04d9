"""The one vocabulary of countable events.

The emulated machine counts them, a hypervisor names its exits with them, the performance model
prices them. A *family* is a kind of event ("traps"), a *key* one event of it ("ecall-u"); a count
is a plain integer. Nothing here is a cycle: cycles are counts times a declared cost table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

VERSION = 1

#: Modes in which an instruction can retire. "firmware" is the book's own M-mode firmware, which
#: is counted apart because it stands in for a hypervisor; HS, VS and VU exist with the H extension.
MODES = ("M", "S", "U", "HS", "VS", "VU", "firmware")

#: Who can execute a guest, as `Counters.engine` names it, and what tables call it.
TITLES = {
    "native": "Bare board",
    "interpret": "Interpreter",
    "trap-and-emulate": "Trap-and-emulate",
    "binary-translation": "Binary translation",
    "hardware-assisted-shadow": "Hardware, first generation",
    "hardware-assisted": "Hardware with two-stage paging",
}

#: Exceptions by their number in mcause (privileged specification, table 3.6; H: table 8.7).
EXCEPTIONS = {
    0: "instruction-address-misaligned",
    1: "instruction-access-fault",
    2: "illegal-instruction",
    3: "breakpoint",
    4: "load-address-misaligned",
    5: "load-access-fault",
    6: "store-address-misaligned",
    7: "store-access-fault",
    8: "ecall-u",
    9: "ecall-s",
    10: "ecall-vs",
    11: "ecall-m",
    12: "instruction-page-fault",
    13: "load-page-fault",
    15: "store-page-fault",
    20: "instruction-guest-page-fault",
    21: "load-guest-page-fault",
    22: "virtual-instruction",
    23: "store-guest-page-fault",
}

#: Interrupts by their number in mcause (without its top bit).
INTERRUPTS = {
    1: "supervisor-software",
    2: "virtual-supervisor-software",
    3: "machine-software",
    5: "supervisor-timer",
    6: "virtual-supervisor-timer",
    7: "machine-timer",
    9: "supervisor-external",
    10: "virtual-supervisor-external",
    11: "machine-external",
    12: "supervisor-guest-external",
}

#: Stages of address translation: "single" without a guest, "first" for the guest's own table
#: (VS stage), "second" for the hypervisor's (G stage), "shadow" for walks of a shadow table.
STAGES = ("single", "first", "second", "shadow")

#: Every family: what one count of it means, and its keys (None: named by those who count, such as
#: a device's name or an exit's reason).
FAMILIES: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "retired": ("instruction completed, by mode", MODES),
    "traps": ("exception taken, by cause", tuple(EXCEPTIONS.values())),
    "interrupts": ("interrupt taken, by cause", tuple(INTERRUPTS.values())),
    "exits": ("guest left for the hypervisor, by reason", None),
    "emulated": ("guest instruction done by the hypervisor in software, by virtual mode", MODES),
    "injected": ("trap or interrupt given to a guest by the hypervisor, by cause", None),
    "walk_references": ("page-table entry read by a walk, by stage", STAGES),
    "walk_updates": ("A or D bit written by a walk, by stage", STAGES),
    "tlb_misses": ("translation looked up and not held", ("fetch", "data")),
    "tlb_flushes": ("fence or change that dropped translations", ("all", "address", "asid")),
    "device_accesses": ("load or store to a device register, by device", None),
    "device_interrupts": ("interrupt line raised, by device", None),
    "dma_bytes": ("bytes moved by a device itself, by device", None),
}


class Counters:
    """Counts of events, by family and key.

    Parameters
    ----------
    engine
        Who ran: "native", or the name of a virtualization engine.

    Examples
    --------
    >>> counters = Counters()
    >>> counters.count("traps", "ecall-u")
    >>> counters["traps"]
    {'ecall-u': 1}
    """

    def __init__(self, engine: str = "native"):
        self.engine = engine
        self._counts: dict[str, dict[str, int]] = {family: {} for family in FAMILIES}

    def count(self, family: str, key: str, number: int = 1) -> None:
        """Add `number` events; a first event makes its key."""
        counts = self._counts[family]
        counts[key] = counts.get(key, 0) + number

    def items(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Families and their counts."""
        return iter(self._counts.items())

    def __getitem__(self, family: str) -> dict[str, int]:
        """Return the counts of one family (live: it changes as more is counted)."""
        return self._counts[family]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counters) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def total(self, family: str) -> int:
        """Sum over the keys of one family."""
        return sum(self._counts[family].values())

    def clear(self) -> None:
        """Forget every count; the engine's name stays."""
        for counts in self._counts.values():
            counts.clear()

    def since(self, earlier: Counters) -> Counters:
        """Return what was counted after `earlier`, a copy taken before."""
        difference = Counters(self.engine)
        for family, counts in self._counts.items():
            for key, number in counts.items():
                if number - earlier[family].get(key, 0):
                    difference.count(family, key, number - earlier[family].get(key, 0))
        return difference

    def copy(self) -> Counters:
        """Return an independent copy."""
        return Counters.from_json(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return the counters file's content: JSON-ready, keys sorted, zero counts left out."""
        families = {
            family: {key: counts[key] for key in sorted(counts) if counts[key]}
            for family, counts in self._counts.items()
        }
        return {"version": VERSION, "engine": self.engine, **families}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Counters:
        """Build counters from a file's content.

        Raises
        ------
        ValueError
            If the version, a family, a key or a count is not of the vocabulary.
        """
        if data.get("version") != VERSION:
            raise ValueError(f"counters: version is {data.get('version')!r}, allowed is {VERSION}")
        counters = cls(str(data.get("engine", "native")))
        for family, counts in data.items():
            if family in ("version", "engine"):
                continue
            if family not in FAMILIES:
                raise ValueError(f"counters: family {family!r}, allowed are {', '.join(FAMILIES)}")
            if not isinstance(counts, Mapping):
                raise ValueError(f"counters: {family} is {counts!r}, an object is needed")
            allowed = FAMILIES[family][1]
            for key, number in counts.items():
                if allowed is not None and key not in allowed:
                    raise ValueError(
                        f"counters: {family}.{key}, allowed keys are {', '.join(allowed)}"
                    )
                if type(number) is not int or number < 0:
                    raise ValueError(
                        f"counters: {family}.{key} is {number!r}, an integer from 0 up is needed"
                    )
                counters.count(family, key, number)
        return counters
