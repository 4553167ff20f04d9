"""What two engines left of a program, field by field."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tests.machine.differential import layout as at
from tests.machine.differential.generate import Program


@dataclass(frozen=True)
class Difference:
    """One double word that is not the same.

    Attributes
    ----------
    program
        Its number.
    where
        ``"trap 2"``, ``"end"``, ``"data"``, ``"tables"``, ``"code"``.
    field
        A register's or CSR's name, or the offset in the slot.
    expected, actual
        QEMU's value and ours.
    """

    program: int
    where: str
    field: str
    expected: int
    actual: int

    @property
    def trap(self) -> int:
        """The trap that it shows at; -1 (the last) for the end."""
        return int(self.where.removeprefix("trap ")) if self.where.startswith("trap") else -1

    def __str__(self) -> str:
        values = f"QEMU {self.expected:#x}, ours {self.actual:#x}"
        return f"program {self.program}, {self.where}, {self.field}: {values}"


@dataclass(frozen=True)
class Trap:
    """One record of the log, by the names of its fields."""

    values: dict[str, int]

    def __getattr__(self, name: str) -> int:
        return self.values[name]

    @property
    def origin(self) -> int:
        """The privilege that trapped to M-mode."""
        return self.values["mstatus"] >> 11 & 3

    @property
    def delegated(self) -> bool:
        """Whether S-mode took a trap first: the record then shows its stub's own trap."""
        page = at.PAGE - 1
        return self.origin == 1 and self.mepc & ~page == self.stvec & ~page

    @property
    def first(self) -> tuple[int, int, int]:
        """Cause, pc and value of the trap that the program itself made."""
        if self.delegated:
            return self.scause, self.sepc, self.stval
        return self.mcause, self.mepc, self.mtval


def slot(ram: bytes, program: Program) -> bytes:
    """A program's part of RAM."""
    start = program.base - at.BASE
    return bytes(ram[start : start + program.layout.slot])


def traps(contents: bytes, layout: at.Layout = at.PLAIN) -> list[Trap]:
    """The log of a program."""
    (count,) = struct.unpack_from("<Q", contents, at.CURRENT * 8)
    names = layout.record
    record = struct.Struct(f"<{len(names)}Q")
    starts = (at.HEADER_BYTES + n * layout.record_bytes for n in range(min(count, layout.segments)))
    unpacked = (record.unpack_from(contents, start) for start in starts)
    return [Trap(dict(zip(names, values, strict=True))) for values in unpacked]


def differences(program: Program, expected: bytes, actual: bytes) -> Iterator[Difference]:
    """Every field in which the two slots differ, in the order of events."""
    if expected == actual:
        return
    layout = program.layout
    theirs, ours = traps(expected, layout), traps(actual, layout)
    if len(theirs) != len(ours):
        yield Difference(program.number, "end", "traps", len(theirs), len(ours))
    for number, (one, other) in enumerate(zip(theirs, ours, strict=False)):
        for name in layout.record:
            if one.values[name] != other.values[name]:
                where = f"trap {number}"
                yield Difference(program.number, where, name, one.values[name], other.values[name])
    for position, name in enumerate(layout.csrs, at.CSR_TABLE):
        values = [struct.unpack_from("<Q", side, position * 8)[0] for side in (expected, actual)]
        if values[0] != values[1]:
            yield Difference(program.number, "end", name, *values)
    places = {"code": at.CODE, "data": at.DATA, "tables": at.TABLES, "": layout.slot_pages}
    bounds = list(places.values())
    for name, first, last in zip(places, bounds, bounds[1:], strict=False):
        for offset in range(first * at.PAGE, last * at.PAGE, 8):
            if expected[offset : offset + 8] != actual[offset : offset + 8]:
                one, other = (
                    int.from_bytes(side[offset : offset + 8], "little")
                    for side in (expected, actual)
                )
                yield Difference(program.number, name, f"{offset:#x}", one, other)
