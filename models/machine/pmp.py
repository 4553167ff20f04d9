"""Physical memory protection: 16 entries that M-mode grants to lower modes.

::

    pmpcfg, one byte an entry          pmpaddr: address bits 55:2
     7   6 5   4 3   2 1 0             A = 0  off
    +---+-----+-----+-+-+-+                1  top of range: from the entry before to this one
    | L |  0  |  A  |X|W|R|                2  four bytes
    +---+-----+-----+-+-+-+                3  power of two: trailing ones give the size

The lowest entry that holds any byte of an access decides: it must hold all of them.
"""

from __future__ import annotations

ENTRIES = 16
READ, WRITE, EXECUTE = 1, 2, 4
LOCKED = 0x80
ADDRESS_MASK = (1 << 54) - 1
OFF, TOR, NA4, NAPOT = range(4)


class Pmp:
    """The entries and their check."""

    def __init__(self) -> None:
        self.config = [0] * ENTRIES
        self.address = [0] * ENTRIES
        self._rules: list[tuple[int, int, int]] = []

    def reset(self) -> None:
        """Every entry off: lower modes reach nothing until M-mode grants it."""
        self.config = [0] * ENTRIES
        self.address = [0] * ENTRIES
        self.update()

    def update(self) -> None:
        """Compute the ranges again: (first, last + 1, config byte), lowest entry first."""
        self._rules = []
        for n in range(ENTRIES):
            kind = self.config[n] >> 3 & 3
            address = self.address[n]
            if kind == TOR:
                low, high = self.address[n - 1] << 2 if n else 0, address << 2
            elif kind == NA4:
                low, high = address << 2, (address << 2) + 4
            else:
                ones = address ^ (address + 1)  # 0b0..01..1 over the trailing ones and the zero
                low = (address & ~ones) << 2
                high = low + ((ones + 1) << 2)
            if kind != OFF and low < high:
                self._rules.append((low, high, self.config[n]))

    def allows(self, address: int, length: int, access: int, machine: bool) -> bool:
        """Decide one access (a whole range): READ, WRITE or EXECUTE.

        Parameters
        ----------
        machine
            Whether it is made with M-mode's rights: then only locked entries bind it.
        """
        for low, high, config in self._rules:
            if address < high and low < address + length:
                if not (low <= address and address + length <= high):
                    return False
                return bool(config & access) or (machine and not config & LOCKED)
        return machine

    def uniform(self, address: int, length: int) -> bool:
        """Tell whether one rule decides every access inside the range."""
        for low, high, _ in self._rules:
            if address < high and low < address + length:
                return low <= address and address + length <= high
        return True

    def locked(self, n: int) -> bool:
        """Tell whether an entry's address is locked, by itself or as the base of the next."""
        if self.config[n] & LOCKED:
            return True
        following = self.config[n + 1] if n + 1 < ENTRIES else 0
        return bool(following & LOCKED) and following >> 3 & 3 == TOR

    def read_register(self, register: int) -> int:
        """Return pmpcfg0 or pmpcfg2: eight entries' configuration bytes."""
        return int.from_bytes(bytes(self.config[register * 4 : register * 4 + 8]), "little")

    def write_register(self, register: int, value: int) -> bool:
        """Set pmpcfg0 or pmpcfg2; tell whether that changed anything (firmware often does not)."""
        before = list(self.config)
        for n in range(8):
            self.write_config(register * 4 + n, value >> 8 * n & 255)
        return self._changed(before != self.config)

    def write_config(self, n: int, value: int) -> None:
        """Set one configuration byte; a locked entry, and the reserved W without R, stay."""
        if not self.config[n] & LOCKED and value & (READ | WRITE) != WRITE:
            self.config[n] = value & 0x9F

    def read_address(self, n: int) -> int:
        """Return pmpaddr n."""
        return self.address[n]

    def write_address(self, n: int, value: int) -> bool:
        """Set pmpaddr n, unless it is locked; tell whether that changed anything."""
        before = self.address[n]
        if not self.locked(n):
            self.address[n] = value & ADDRESS_MASK
        return self._changed(before != self.address[n])

    def _changed(self, changed: bool) -> bool:
        if changed:
            self.update()
        return changed
