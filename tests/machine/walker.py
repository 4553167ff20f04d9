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
    second: bool = False,
    execute: bool = False,
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
    second
        The tables are a second stage's (section 8.5.1): two more bits index the root, the bits
        above are zero, and every access counts as made by U.
    execute
        The load is HLVX's: x takes the place of r.
    """
    levels = {8: 3, 9: 4}[bits(satp, 63, 60)]
    top_bit = 12 + 9 * levels - 1
    if second:
        if bits(va, 63, top_bit + 3):
            return Outcome(None, "not canonical")
    elif bits(va, 63, top_bit) not in (0, (1 << 64 - top_bit) - 1):
        return Outcome(None, "not canonical")
    # 1. Let a be satp.ppn x PAGESIZE, and let i = LEVELS - 1.
    a, i = bits(satp, 43, 0) * PAGESIZE, levels - 1
    while True:
        # 2. Let pte be the value of the PTE at address a + va.vpn[i] x PTESIZE.
        last = 2 if second and i == levels - 1 else 0
        place = a + bits(va, 20 + 9 * i + last, 12 + 9 * i) * PTESIZE
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
    if access == "load" and not (x if execute else r or (MXR and x)):
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


@dataclass(frozen=True)
class GuestOutcome:
    """What came of a walk through two stages.

    Attributes
    ----------
    address
        The board's physical address, or None.
    fault
        "", "page", "guest page" or "access".
    physical
        The guest physical address of a guest-page fault.
    implicit
        "read" or "write" if the walk itself met it.
    writes
        Entries written for A and D, in order.
    """

    address: int | None
    fault: str = ""
    physical: int = 0
    implicit: str = ""
    writes: tuple[tuple[int, int], ...] = ()


class _Stopped(Exception):
    def __init__(self, fault: str, physical: int = 0, implicit: str = ""):
        super().__init__(fault)
        self.fault, self.physical, self.implicit = fault, physical, implicit


def walk_guest(
    vsatp: int,
    hgatp: int,
    va: int,
    access: str,
    *,
    user: bool,
    SUM: bool,
    MXR: bool,
    outer_MXR: bool,
    execute: bool,
    memory: dict[int, int],
    reach: Callable[[int], bool],
    hardware: bool,
) -> GuestOutcome:
    """Translate a guest's `va` as section 8.5 words it.

    Parameters
    ----------
    vsatp, hgatp
        The two roots; MODE 0 is a stage that is off.
    va, access, user, SUM, hardware
        As of `walk`.
    MXR, outer_MXR
        vsstatus.MXR, which the guest's own stage heeds, and mstatus.MXR, which both do.
    execute
        The load is HLVX's.
    memory, reach
        The entries by the board's address (others are 0), and where there is memory.
    """
    entries, writes = dict(memory), []

    def read(place: int) -> int | None:
        return entries.get(place, 0) if reach(place) else None

    def write(place: int, value: int) -> None:
        entries[place] = value
        writes.append((place, value))

    def through(gpa: int, kind: str, implicit: str) -> int:
        """The second stage, for the access itself or for one of the walk."""
        if not bits(hgatp, 63, 60):
            return gpa
        found = walk(
            hgatp,
            gpa,
            kind,
            user=True,
            SUM=False,
            MXR=outer_MXR,
            read=read,
            hardware=hardware,
            second=True,
            execute=execute and not implicit,
        )
        if found.address is None:
            nothing = found.reason == "no memory for the entry"
            raise _Stopped(*(("access",) if nothing else ("guest page", gpa, implicit)))
        for change in found.writes:
            write(*change)
        return found.address

    def read_guest(place: int) -> int | None:
        return read(through(place, "load", "read"))

    try:
        gpa = va
        if bits(vsatp, 63, 60):
            found = walk(
                vsatp,
                va,
                access,
                user=user,
                SUM=SUM,
                MXR=MXR or outer_MXR,
                read=read_guest,
                hardware=hardware,
                execute=execute,
            )
            if found.address is None:
                nothing = found.reason == "no memory for the entry"
                raise _Stopped("access" if nothing else "page")
            for place, value in found.writes:
                write(through(place, "store", "write"), value)
            gpa = found.address
        return GuestOutcome(through(gpa, access, ""), writes=tuple(writes))
    except _Stopped as stop:
        return GuestOutcome(None, stop.fault, stop.physical, stop.implicit, tuple(writes))
