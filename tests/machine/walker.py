"""A walk of a page table, step by step as section 4.3.2 of the privileged specification words it.

The oracle for `models.machine.paging`: written from the text alone, one entry at a time, slow, and
with a name for each way to fail. The step numbers are the specification's (version 20211203).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PAGESIZE, PTESIZE = 4096, 8

#: Every way in which a walk ends without a translation.
REASONS = (
    "not canonical",
    "no memory for the entry",
    "not valid",
    "writable but not readable",
    "reserved bits",
    "reserved bits of a pointer",
    "pointer at the last level",
    "supervisor page",
    "user page without SUM",
    "user page executed by supervisor",
    "not readable",
    "not writable",
    "not executable",
    "misaligned superpage",
    "accessed is clear",
    "dirty is clear",
)


@dataclass(frozen=True)
class Outcome:
    """What came of a walk: an address or the reason why not, and entries written for A and D."""

    address: int | None
    reason: str = ""
    writes: tuple[tuple[int, int], ...] = ()
    level: int = 0


def bits(value: int, high: int, low: int) -> int:
    """The field ``value[high:low]``."""
    return value >> low & (1 << high - low + 1) - 1


def walk(
    satp: int,
    va: int,
    access: str,
    *,
    user: bool,
    SUM: bool,
    MXR: bool,
    read: Callable[[int], int | None],
    hardware: bool,
) -> Outcome:
    """Translate `va` for one access.

    Parameters
    ----------
    satp
        The register: MODE, ASID, PPN.
    va
        Virtual address, unsigned.
    access
        ``"load"``, ``"store"`` or ``"fetch"``.
    user
        Whether the effective privilege is U (else S).
    SUM, MXR
        The bits of mstatus.
    read
        The entry at a physical address, or None where there is no memory.
    hardware
        Whether A and D are set by the walk; otherwise their absence is a page fault.
    """
    levels = {8: 3, 9: 4}[bits(satp, 63, 60)]
    top_bit = 12 + 9 * levels - 1
    if bits(va, 63, top_bit) not in (0, (1 << 64 - top_bit) - 1):
        return Outcome(None, "not canonical")
    # 1. Let a be satp.ppn x PAGESIZE, and let i = LEVELS - 1.
    a, i = bits(satp, 43, 0) * PAGESIZE, levels - 1
    while True:
        # 2. Let pte be the value of the PTE at address a + va.vpn[i] x PTESIZE.
        place = a + bits(va, 20 + 9 * i, 12 + 9 * i) * PTESIZE
        pte = read(place)
        if pte is None:
            return Outcome(None, "no memory for the entry", level=i)
        v, r, w, x, u = (bool(bits(pte, n, n)) for n in range(5))
        accessed, dirty = bool(bits(pte, 6, 6)), bool(bits(pte, 7, 7))
        # 3. If pte.v = 0, or pte.r = 0 and pte.w = 1, or reserved bits are set, stop.
        if not v:
            return Outcome(None, "not valid", level=i)
        if not r and w:
            return Outcome(None, "writable but not readable", level=i)
        if bits(pte, 63, 54):
            return Outcome(None, "reserved bits", level=i)
        # 4. If pte.r = 1 or pte.x = 1 it is a leaf; otherwise a pointer to the next level.
        if r or x:
            break
        if dirty or accessed or u:
            return Outcome(None, "reserved bits of a pointer", level=i)
        i -= 1
        if i < 0:
            return Outcome(None, "pointer at the last level")
        a = bits(pte, 53, 10) * PAGESIZE
    # 5. Is the access allowed by r, w, x and u, the privilege, SUM and MXR?
    if user and not u:
        return Outcome(None, "supervisor page", level=i)
    if not user and u and access == "fetch":
        return Outcome(None, "user page executed by supervisor", level=i)
    if not user and u and not SUM:
        return Outcome(None, "user page without SUM", level=i)
    if access == "fetch" and not x:
        return Outcome(None, "not executable", level=i)
    if access == "load" and not (r or (MXR and x)):
        return Outcome(None, "not readable", level=i)
    if access == "store" and not w:
        return Outcome(None, "not writable", level=i)
    # 6. If i > 0 and pte.ppn[i-1:0] != 0, this is a misaligned superpage.
    ppn = bits(pte, 53, 10)
    if i > 0 and bits(ppn, 9 * i - 1, 0):
        return Outcome(None, "misaligned superpage", level=i)
    # 7. If pte.a = 0, or the access is a store and pte.d = 0: fault, or set them.
    writes: tuple[tuple[int, int], ...] = ()
    if not accessed or (access == "store" and not dirty):
        if not hardware:
            return Outcome(None, "dirty is clear" if accessed else "accessed is clear", level=i)
        writes = ((place, pte | 1 << 6 | (1 << 7 if access == "store" else 0)),)
    # 8. The translation: pa.pgoff = va.pgoff; the low parts of a superpage's ppn come from va.
    low = bits(va, 11 + 9 * i, 0)
    return Outcome(bits(ppn, 43, 9 * i) << 12 + 9 * i | low, writes=writes, level=i)
