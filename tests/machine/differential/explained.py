"""The differences from QEMU 7.2 that are understood: the one list, each with its reason.

A difference not in `EXPLAINED` fails the test. `NOT_GENERATED` are inputs for which the two may
differ by the specification's leave or by a defect of QEMU, and which the programs therefore avoid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.machine.decode import decode
from tests.machine.differential import layout as at
from tests.machine.differential.compare import Difference, Trap
from tests.machine.differential.generate import Program

Log = Sequence[Trap]


@dataclass(frozen=True)
class Explained:
    """A way in which a field may differ.

    Attributes
    ----------
    name
        What the report calls it.
    fields
        The registers or CSRs it shows in.
    allows
        Whether QEMU's value and ours are such a pair.
    reason
        Why, by which source.
    when
        What must have happened for it: a question to both logs up to the trap where it shows.
    """

    name: str
    fields: tuple[str, ...]
    allows: Callable[[int, int], bool]
    reason: str
    when: Callable[[Log, Log], bool] = lambda theirs, ours: True

    def covers(self, difference: Difference, theirs: Log, ours: Log) -> bool:
        """Whether this is all there is to the difference."""
        pair = difference.expected, difference.actual
        end = difference.trap + 1 or None
        return (
            difference.field in self.fields
            and self.allows(*pair)
            and self.when(theirs[:end], ours[:end])
        )


def _ended_at_a_page(theirs: Log, ours: Log) -> bool:
    """Whether a store found nothing at the first byte of a page, in both."""
    faults = [(trap.mcause, trap.mtval) for trap in (*theirs, *ours)]
    faults += [(trap.scause, trap.stval) for trap in (*theirs, *ours)]
    return any(cause == 7 and value % at.PAGE == 0 for cause, value in faults)


EXPLAINED: tuple[Explained, ...] = (
    Explained(
        "misaligned access to a page with nothing behind it",
        ("mtval", "stval"),
        lambda theirs, ours: theirs in (ours & -2, ours & -4, ours & -8),
        "QEMU splits the access and reports the aligned part; section 3.1.16: the address of the "
        "portion of the access that caused the fault, here its first byte",
    ),
    Explained(
        "access over a page boundary whose second part is protected",
        ("mtval", "stval"),
        lambda theirs, ours: ours % 4096 == 0 and 0 < ours - theirs < 8,
        "QEMU checks PMP with the access's whole length on its first page and reports the first "
        "byte; section 3.1.16: the address of the portion that caused the fault",
    ),
    Explained(
        "store over a page boundary with nothing behind the second page",
        tuple(f"{page + at.PAGE - 8:#x}" for page in range(0, at.PLAIN.slot, at.PAGE)),
        lambda theirs, ours: theirs & 255 == ours & 255,
        "QEMU has stored the first part when the second finds nothing; this board checks both "
        "first; section 2.6 lets a misaligned store be made in parts",
        _ended_at_a_page,
    ),
)


@dataclass(frozen=True)
class Apart:
    """A trap at which the two may go on differently.

    Attributes
    ----------
    name, reason
        As of `Explained`.
    applies
        Whether QEMU's trap and ours, in the same place of a program's log, are such a pair.
    """

    name: str
    applies: Callable[[Program, Trap, Trap], bool]
    reason: str


def _split(program: Program, theirs: Trap, ours: Trap) -> bool:
    causes = (theirs.mcause, theirs.mtval), (theirs.scause, theirs.stval)
    return (
        program.rules.protected
        and any(cause in (5, 7) and value % 4096 > 4088 for cause, value in causes)
        and (theirs.mcause, theirs.mepc, theirs.scause) != (ours.mcause, ours.mepc, ours.scause)
    )


def _atomic(program: Program, theirs: Trap, ours: Trap) -> bool:
    (cause, *place), (our_cause, *our_place) = theirs.first, ours.first
    decoded = decode(program.instruction(place[0]))
    atomic = decoded is not None and decoded.base.kind == "amo"
    return atomic and (cause, our_cause) == (5, 7) and place == our_place


def _halves(program: Program, theirs: Trap, ours: Trap) -> bool:
    (cause, pc, value), (our_cause, our_pc, our_value) = theirs.first, ours.first
    boundary = our_value % at.PAGE == 0 and 0 < our_value - value < 8
    return (cause, our_cause) == (5, 13) and pc == our_pc and boundary


APART: tuple[Apart, ...] = (
    Apart(
        "access over a page boundary at which two PMP entries meet",
        _split,
        "QEMU wants one entry for the whole access and faults; this board splits the access at the "
        "page boundary, and section 3.7.1 asks for one entry for each part",
    ),
    Apart(
        "AMO where nothing is, or PMP forbids both reading and writing",
        _atomic,
        "QEMU loads first and raises a load access fault, which may be delegated otherwise; "
        "section 3.7.1: an AMO raises store/AMO access faults only",
    ),
    Apart(
        "load over a page boundary: nothing behind the first page, the second not mapped",
        _halves,
        "QEMU loads the first part before it translates the second; this board translates both "
        "first; section 2.6 leaves the order of the parts open",
    ),
)


#: (what, why)
NOT_GENERATED: tuple[tuple[str, str], ...] = (
    ("mstatus.MPP = 2", "QEMU 7.2 keeps the reserved value, the specification makes MPP WARL"),
    ("UXL other than 0 and 2", "QEMU 7.2 keeps any but 0, even 3, until another is written; WARL"),
    ("a store between LR and SC", "the specification lets the SC fail or succeed"),
    ("medeleg bits 10, 11, 20-23", "QEMU keeps them without H; 3.1.8: read-only zero"),
    ("mie, mip, mideleg bits 2, 6, 10, 12, 13", "QEMU keeps them without H; 3.1.9: zero"),
    ("envcfg's CBIE, CBCFE, CBZE", "QEMU keeps them without Zicbom, Zicboz; 3.1.18: reserved"),
    ("mepc, sepc bit 0", "QEMU 7.2 keeps it; 3.1.14: always zero"),
    ("mcounteren, scounteren bits 63:32", "QEMU keeps them; 3.1.11: 32 bits"),
    ("reserved bits of pmpcfg, W without R", "QEMU 7.2 keeps them; the specification: WARL"),
    (
        "two interrupts at once of which QEMU takes another first",
        "QEMU 7.2 takes the lowest number, section 3.1.9 has external, software, timer",
    ),
    ("event counters", "QEMU traps what it has no counter for, section 3.1.10 reads zero"),
    (
        "pmpaddr written below a top-of-range entry, and pmpcfg not after it",
        "QEMU 7.2 goes on with that entry's old bottom; 3.7.1: the address register before it",
    ),
    ("PMP: top of range 0", "QEMU 7.2 takes the empty range for all memory"),
    ("pmpaddr bits 63:54", "QEMU 7.2 keeps them; 3.7.1: zero"),
    ("page tables that PMP lets read only", "QEMU 7.2 sets A and D there; 4.3.2: access fault"),
    ("CSRRS, CSRRC of a read-only register with a zero", "QEMU: a read; 9.1: a write, illegal"),
    ("PMP entries that end inside a page of code", "QEMU 7.2 checks fetches once a page"),
    ("Sv57", "QEMU 7.2 has it, this board has not"),
    ("vstimecmp", "QEMU 7.2 lets M-mode read it without H"),
    ("stimecmp while menvcfg.STCE is clear", "QEMU 7.2 raises STIP; Sstc: it has no effect"),
    ("timers due at a certain time", "QEMU's mtime runs with the host's clock"),
    ("WFI with nothing pending", "it waits for real time in QEMU; the board ends the run"),
    ("a store to a page table without SFENCE.VMA", "the old translation may stay or not"),
    ("values of cycle, time, instret", "QEMU's run with the host's clock"),
)


@dataclass(frozen=True)
class Known:
    """All that is known of the differences between QEMU and one kind of programs.

    Attributes
    ----------
    explained, ways, not_generated
        As `EXPLAINED`, `APART` and `NOT_GENERATED`.
    extension
        What the programs have besides: "", "H" or "FD".
    """

    explained: tuple[Explained, ...]
    ways: tuple[Apart, ...]
    not_generated: tuple[tuple[str, str], ...]
    extension: str = ""

    def explain(self, difference: Difference, theirs: Log = (), ours: Log = ()) -> Explained | None:
        """Return the entry that covers a difference, if there is one."""
        entries = (e for e in self.explained if e.covers(difference, theirs, ours))
        return next(entries, None)

    def apart(self, program: Program, theirs: Trap, ours: Trap) -> Apart | None:
        """Return the way in which the two went apart at this trap, if one is known."""
        return next((way for way in self.ways if way.applies(program, theirs, ours)), None)


PLAIN = Known(EXPLAINED, APART, NOT_GENERATED)
