"""The differences from QEMU 7.2 with H that are understood, each with its reason.

"chapter 8" and the like are of the privileged specification 20211203.
"""

from __future__ import annotations

from models.machine.decode import decode
from tests.machine.differential import explained as plain
from tests.machine.differential.compare import Trap
from tests.machine.differential.explained import Apart, Explained, Known, Log
from tests.machine.differential.generate import Program
from tests.machine.differential.hypervisor import second_stage

MPV, M_GVA, GVA, SGEI = 1 << 39, 1 << 38, 1 << 6, 1 << 12
READ_ENTRY = 0x3000
SUM, MXR = 1 << 18, 1 << 19
SATP, HGATP = 0x180, 0x680
Event = tuple[int, int, int]


def _guest_trapped(theirs: Log, ours: Log) -> bool:
    """Whether the guest has taken a trap itself."""
    return any(trap.vscause for trap in theirs)


def _address_of_guest(theirs: Log, ours: Log) -> bool:
    """Whether QEMU's GVA says only that a guest trapped with a value."""
    trap = theirs[-1]
    return bool(trap.mstatus & M_GVA) == bool(trap.mstatus & MPV and trap.mtval)


def _of_hypervisor(word: int) -> bool:
    decoded = decode(word)
    return decoded is not None and decoded.instruction.extension == "H"


EXPLAINED = (
    *plain.EXPLAINED,
    Explained(
        "mideleg bit 12",
        ("mideleg",),
        lambda theirs, ours: theirs == ours | SGEI,
        "QEMU has it set without guest external interrupts; 3.1.8: then it is zero",
    ),
    Explained(
        "mstatus.GVA",
        ("mstatus",),
        lambda theirs, ours: theirs ^ ours == M_GVA,
        "QEMU 7.2 sets it when a guest traps with any value not zero, and not for HLV; 8.4.1: when "
        "the value is a guest virtual address",
        _address_of_guest,
    ),
    Explained(
        "hstatus.GVA after a trap to the guest",
        ("hstatus",),
        lambda theirs, ours: theirs == ours & ~GVA,
        "QEMU 7.2 clears it at any trap below M; 8.2.1: at traps into HS-mode",
        _guest_trapped,
    ),
    Explained(
        "htval after a trap to the guest",
        ("htval",),
        lambda theirs, ours: theirs == 0,
        "QEMU 7.2 writes it at any trap below M; 8.2.8: at traps into HS-mode",
        _guest_trapped,
    ),
    Explained(
        "htinst before the first trap to HS-mode, or after one to the guest",
        ("htinst",),
        lambda theirs, ours: (ours == 0 and theirs in (0, READ_ENTRY)) or theirs == 0,
        "QEMU 7.2 keeps what a program before left, for it ignores what is written, and clears it "
        "at any trap below M; 8.2.9",
    ),
    Explained(
        "vscause 2 and 6",
        ("vscause",),
        lambda theirs, ours: ours in (2, 6) and theirs == ours - 1,
        "QEMU 7.2 takes them for the interrupts of these numbers; 8.2.13",
    ),
    Explained(
        "what VU may not do",
        ("mcause", "scause"),
        lambda theirs, ours: (theirs, ours) == (2, 22),
        "QEMU 7.2 raises illegal instruction; 8.6.1: virtual instruction",
    ),
    Explained(
        "the word of a hypervisor's instruction that traps",
        ("mtval", "stval"),
        lambda theirs, ours: _of_hypervisor(ours),
        "QEMU 7.2 reports the word of some trap before",
    ),
    Explained(
        "mtval2 of a page fault in M-mode with a guest's eyes",
        ("mtval2",),
        lambda theirs, ours: ours == 0,
        "QEMU 7.2 reports a guest physical address of some fault before; 8.4.4: zero",
        lambda theirs, ours: ours[-1].mcause in (13, 15) and ours[-1].origin == 3,
    ),
    Explained(
        "vsip of timer and external interrupt",
        ("vsip",),
        lambda theirs, ours: theirs == ours & 2,
        "QEMU 7.2 shows the software interrupt only; 8.2.12",
    ),
)


def events(trap: Trap) -> tuple[Event, Event, Event]:
    """Cause, pc and value of the last traps to M, HS and VS."""
    return (
        (trap.mcause, trap.mepc, trap.mtval),
        (trap.scause, trap.sepc, trap.stval),
        (trap.vscause, trap.vsepc, trap.vstval),
    )


def _pairs(theirs: Trap, ours: Trap, wanted: tuple[int, ...], found: tuple[int, ...]) -> bool:
    """Whether QEMU took one of the causes for an access for which we took one of the others."""
    here = {event[1:] for event in events(ours) if event[0] in found}
    return any(event[1:] in here for event in events(theirs) if event[0] in wanted)


def _implicit(program: Program, theirs: Trap, ours: Trap) -> bool:
    return _pairs(theirs, ours, (21,), (20, 23))


def _user(program: Program, theirs: Trap, ours: Trap) -> bool:
    here = {pc: decode(program.instruction(pc)) for cause, pc, _ in events(ours) if cause == 22}
    there = {pc for cause, pc, _ in events(theirs) if cause in (2, 1)}
    same = theirs.mepc == ours.mepc and theirs.sepc == ours.sepc
    return not same and any(pc in there and decoded for pc, decoded in here.items())


def _from_outside(program: Program, trap: Trap, pc: int) -> bool:
    """Whether the access at a pc was made with a guest's eyes: HLV, HSV, or MPRV in M-mode."""
    decoded = decode(program.instruction(pc))
    if decoded is None:
        return False
    memory = decoded.base.kind in ("load", "store", "amo", "lr", "sc")
    return decoded.instruction.extension == "H" or (memory and trap.origin == 3)


def _sum(program: Program, theirs: Trap, ours: Trap) -> bool:
    faults = [pc for cause, pc, _ in events(ours)[:2] if cause in (13, 15)]
    return (
        not ours.vsstatus & SUM
        and any(_from_outside(program, ours, pc) for pc in faults)
        and (ours.first not in events(theirs) or ours.mtval2 != theirs.mtval2)
    )


def _bare(program: Program, theirs: Trap, ours: Trap) -> bool:
    faults = [pc for cause, pc, _ in events(ours)[:2] if cause in (13, 15)]
    outside = any(_from_outside(program, ours, pc) for pc in faults)
    return outside and not ours.satp >> 60 and _pairs(theirs, ours, (5, 7), (13, 15))


def _execute(program: Program, theirs: Trap, ours: Trap) -> bool:
    places = [event for trap in (ours, theirs) for event in events(trap)[:2]]
    decoded = [decode(program.instruction(pc)) for cause, pc, _ in places if cause in (5, 13, 21)]
    return ours.first != theirs.first and any(
        row.base.name.startswith("hlvx") for row in decoded if row is not None
    )


def _root(program: Program, theirs: Trap, ours: Trap) -> bool:
    """Whether we refused an access to hgatp or a guest's satp that QEMU made."""
    refused = [(cause, decode(program.instruction(pc))) for cause, pc, _ in events(ours)[:2]]
    return ours.first != theirs.first and any(
        decoded and decoded.base.kind == "csr" and (cause, decoded.csr) in ((2, HGATP), (22, SATP))
        for cause, decoded in refused
    )


def _execute_only(program: Program, theirs: Trap, ours: Trap) -> bool:
    different = ours.first != theirs.first and (theirs.mstatus ^ theirs.vsstatus) & MXR
    faults = [event for trap in (theirs, ours) for event in events(trap)[:2]]
    physical = [value << 2 for trap in (theirs, ours) for value in (trap.mtval2, trap.htval)]
    slot = program.slot
    return bool(different) and (
        any(
            cause in (5, 13) and second_stage.execute_only(slot, value, guest_table=True)
            for cause, _, value in faults
        )
        or any(
            cause == 21 and second_stage.execute_only(slot, place, guest_table=False)
            for (cause, *_), place in zip(faults, physical, strict=True)
        )
    )


def _atomic(program: Program, theirs: Trap, ours: Trap) -> bool:
    """Whether an AMO faulted there as a load and here as a store, wherever each was delegated."""
    here = {event for event in events(ours) if event[0] == 7}
    there = {event[1:] for event in events(theirs) if event[0] == 5}
    found = [decode(program.instruction(pc)) for _, pc, value in here if (pc, value) in there]
    return any(decoded is not None and decoded.base.kind == "amo" for decoded in found)


def _own_page(program: Program, theirs: Trap, ours: Trap) -> bool:
    cause, pc, value = ours.first
    same_page = pc >> 12 == value >> 12
    return ours.origin == 3 and cause in (13, 15, 21, 23) and same_page and ours.mepc != theirs.mepc


def _eyes(program: Program, theirs: Trap, ours: Trap) -> bool:
    return ours.origin == 3 and _pairs(theirs, ours, (13, 15), (21, 23))


APART = (
    *plain.APART[1:],  # the first is of PMP, which these programs leave open
    Apart(
        "AMO of a guest where nothing is",
        _atomic,
        "QEMU loads first and raises a load access fault; 3.7.1: store/AMO access faults only",
    ),
    Apart(
        "the second stage does not let a walk reach the guest's table",
        _implicit,
        "QEMU 7.2 raises a load guest-page fault for fetches and stores too; 8.6.2: the cause is "
        "that of the access itself",
    ),
    Apart(
        "what VU may not do, delegated otherwise",
        _user,
        "QEMU 7.2 raises illegal instruction; 8.6.1: virtual instruction",
    ),
    Apart(
        "HLV, HSV, or MPRV with MPV, to a user page without vsstatus.SUM",
        _sum,
        "QEMU 7.2 does as if SUM were set; 8.5.3: vsstatus.SUM decides",
    ),
    Apart(
        "HLV, HSV, or MPRV with MPV, against the guest's table while satp is off",
        _bare,
        "QEMU 7.2 looks at satp and raises an access fault; 8.5.1: page fault",
    ),
    Apart(
        "executable pages made readable by MXR",
        _execute_only,
        "QEMU 7.2 asks the other status register, of the second stage and for HLV; 8.5.1: "
        "mstatus.MXR works on both stages, vsstatus.MXR on the guest's own",
    ),
    Apart(
        "HLVX",
        _execute,
        "QEMU 7.2 wants the page readable; 8.3.1: executable",
    ),
    Apart(
        "hgatp in HS with mstatus.TVM, satp in VS with hstatus.VTVM",
        _root,
        "QEMU 7.2 lets them through; 8.2.10 and 8.6.1: illegal, and virtual instruction",
    ),
    Apart(
        "MPRV: access to the page of the code that makes it",
        _own_page,
        "QEMU 7.2 finds the fetch's translation, which is M-mode's, for loads and stores too",
    ),
    Apart(
        "MPRV with MPV: a fault of the second stage",
        _eyes,
        "QEMU 7.2 raises a page fault, though mtval2 has the guest physical address; 8.6.2",
    ),
)

NOT_GENERATED = (
    *(row for row in plain.NOT_GENERATED if row[0] != "vstimecmp"),
    ("guest physical addresses of the upper half", "QEMU 7.2 wants them sign-extended; 8.5.1: no"),
    (
        "a guest's tables to be written where the second stage forbids it or has D clear",
        "QEMU 7.2 writes and does not set D; 8.5.1: the walk's store is translated as a store",
    ),
    (
        "hstatus.SPVP changed, and no fence before the next HLV or HSV",
        "QEMU 7.2 keeps what it translated for the other mode; 8.2.1: that is no translation",
    ),
    ("hvip.VSTIP", "QEMU 7.2 drops it while menvcfg.STCE is set; Sstc 3: it stays writable"),
    ("htinst written", "QEMU 7.2 ignores it; 8.2.9"),
    ("mstatus.TVM, TSR, TW in a guest", "QEMU 7.2 heeds TVM and TSR there; 8.4.1: TW alone"),
    ("hgatp, vsatp of other modes; hstatus.VSXL, VGEIN", "QEMU 7.2 keeps any value; WARL"),
    ("mie, mip, hie bit 12", "QEMU keeps it without guest external interrupts; 3.1.9"),
    ("sip, sie kept in a register", "QEMU 7.2 masks what a guest reads with the wrong bits"),
)

WITH_H = Known(EXPLAINED, APART, NOT_GENERATED, "H")
