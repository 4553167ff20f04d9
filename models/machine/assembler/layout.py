"""Sections: pieces of fixed bytes, padding, and branches whose length is yet to be chosen.

A branch to a label of its own section is as short as reaches: 2 bytes where there is a compressed
form, 4, or (a conditional branch too far away) the inverted branch over a jump: 6 or 8. The choice
follows GNU as step for step, which starts from one estimate and repeats until nothing moves. A
target outside the section gets the longest form, as nothing is known about its distance yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from models.machine.assembler.errors import AssemblyError, Location
from models.machine.assembler.expressions import Binary, Expression, Number, Symbol

MOST_BYTES = 1 << 26  # of one section in the file; .bss may be larger
NOP, C_NOP = 0x00000013, 0x0001
_REACH_BRANCH, _REACH_SHORT_BRANCH, _REACH_SHORT_JUMP = 1 << 12, 1 << 8, 1 << 11
_MOST_PASSES = 100  # then lengths may only grow, so that the search ends


@dataclass(eq=False)
class Patch:
    """Bytes to be filled in when all addresses are known: `encode(address)` gives them."""

    offset: int
    size: int
    encode: Callable[[int], bytes]


@dataclass(eq=False)
class Data:
    """Bytes of known length."""

    content: bytearray = field(default_factory=bytearray)
    patches: list[Patch] = field(default_factory=list)
    address: int = 0

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self.content)


@dataclass(eq=False)
class Fill:
    """The same unit, `count` times; in a section without contents only the room."""

    count: int
    unit: bytes
    address: int = 0

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return self.count * len(self.unit)


@dataclass(eq=False)
class Align:
    """Padding up to a multiple of `boundary`: with `fill`, or no-operations in code.

    Padding of more than `most` bytes is left out altogether.
    """

    boundary: int
    fill: int | None
    most: int | None
    address: int = 0
    size: int = 0

    def padding(self, address: int) -> int:
        """Bytes needed at an address."""
        need = -address % self.boundary
        return need if self.most is None or need <= self.most else 0

    def content(self, code: bool) -> bytes:
        """Return the padding, of `size` bytes."""
        if self.fill is not None or not code:
            return bytes([self.fill or 0]) * self.size
        odd = bytes(self.size % 2)
        short = C_NOP.to_bytes(2, "little") if self.size & 2 else b""
        return odd + short + NOP.to_bytes(4, "little") * (self.size // 4)


@dataclass(eq=False)
class Branch:
    """A branch or jump to a label.

    `short` says that a compressed form exists, `conditional` that it is no plain jump. `encode`
    gives the bytes for a length, the branch's address and the target's.
    """

    target: Expression
    short: bool
    conditional: bool
    encode: Callable[[int, int, int], bytes]
    address: int = 0
    size: int = 0

    def length(self, distance: int | None) -> int:
        """Return the bytes needed for a distance; None means outside the section."""
        if distance is None:
            return 8 if self.conditional else 4
        reach = _REACH_SHORT_BRANCH if self.conditional else _REACH_SHORT_JUMP
        if self.short and -reach <= distance < reach:
            return 2
        if not self.conditional or -_REACH_BRANCH <= distance < _REACH_BRANCH:
            return 4
        return 6 if self.short else 8


Fragment = Data | Fill | Align | Branch


@dataclass(frozen=True)
class Label:
    """A place in a section: so many bytes into one of its fragments."""

    section: Section
    fragment: Fragment
    offset: int

    @property
    def in_section(self) -> int:
        """Distance from the section's beginning."""
        return self.fragment.address + self.offset


@dataclass(eq=False)
class Section:
    """A named stretch of the program.

    `flags` are ELF's letters: a (takes memory), w (writable), x (code); `has_bytes` is False for
    .bss and its like.
    """

    name: str
    flags: str
    has_bytes: bool
    alignment: int = 1
    address: int = 0
    fragments: list[Fragment] = field(default_factory=lambda: [Data()])

    @property
    def code(self) -> bool:
        """Whether it holds instructions."""
        return "x" in self.flags

    @property
    def size(self) -> int:
        """Bytes it takes."""
        last = self.fragments[-1]
        return last.address + last.size

    @property
    def data(self) -> Data:
        """The fragment that bytes are appended to."""
        if not isinstance(self.fragments[-1], Data):
            self.fragments.append(Data())
        last = self.fragments[-1]
        assert isinstance(last, Data)
        return last

    def label(self) -> Label:
        """Return the present end as a label."""
        data = self.data
        return Label(self, data, len(data.content))

    def lay_out(self, find: Callable[[Symbol], Label | None], place: Location) -> None:
        """Choose every length and so every label's distance from the section's beginning."""
        address = 0
        for fragment in self.fragments:
            fragment.address = address
            self._resize(fragment, find, 0)
            address += fragment.size
        passes, moved = 0, True
        while moved:
            moved, address, passes = False, 0, passes + 1
            for fragment in self.fragments:
                fragment.address = address
                before = fragment.size
                least = before if passes > _MOST_PASSES else 0
                self._resize(fragment, find, least)
                moved = moved or fragment.size != before
                address += fragment.size
        if self.has_bytes and self.size > MOST_BYTES:
            problem = f"{self.size} bytes in section {self.name}"
            raise AssemblyError(place, self.name, problem, f"at most {MOST_BYTES}")

    def _resize(
        self, fragment: Fragment, find: Callable[[Symbol], Label | None], least: int
    ) -> None:
        if isinstance(fragment, Align):
            fragment.size = fragment.padding(fragment.address)
        elif isinstance(fragment, Branch):
            distance = self._distance(fragment, find)
            fragment.size = max(fragment.length(distance), least)

    def _distance(self, branch: Branch, find: Callable[[Symbol], Label | None]) -> int | None:
        """Bytes from the branch to its target, if that lies at a label of this section."""
        symbol, addend = branch.target, 0
        if isinstance(symbol, Binary) and isinstance(symbol.right, Number):
            if symbol.operator not in "+-":
                return None
            addend = symbol.right.value if symbol.operator == "+" else -symbol.right.value
            symbol = symbol.left
        label = find(symbol) if isinstance(symbol, Symbol) else None
        if label is None or label.section is not self:
            return None
        return label.in_section + addend - branch.address
