"""Privileged pieces of programs with the H extension."""

from __future__ import annotations

from dataclasses import dataclass

from models.machine.csr_names import NUMBERS
from models.machine.isa import INSTRUCTIONS
from tests.machine.differential import layout as at
from tests.machine.differential import system
from tests.machine.differential.emit import SCRATCH, SPECIAL, Code
from tests.machine.differential.hypervisor.second_stage import GuestMemory
from tests.machine.differential.system import MPIE, MXR, SEIP, SIE, SPIE, SPP, SSIP, STCE, STIP, SUM
from tests.machine.differential.tables import AddressSpace

GVA, SPV, SPVP, HU, VTVM, VTW, VTSR = (1 << bit for bit in (6, 7, 8, 9, 20, 21, 22))
VSSIP, VSTIP, VSEIP = 1 << 2, 1 << 6, 1 << 10
GUEST_INTERRUPTS = VSSIP | VSTIP | VSEIP
ROWS = [row for row in INSTRUCTIONS if row.kind in ("hload", "hstore")]

#: CSRs of H that any value may be written to, and those of which only some bits are.
FREE = ("htval", "mtval2", "mtinst", "vsscratch", "vstval", "vscause", "htimedelta")
BITS = {
    **{"vsepc": (1 << 64) - 2, "hcounteren": 0xFFFFFFFF, "henvcfg": 1, "hideleg": GUEST_INTERRUPTS},
    **{"hvip": VSSIP | VSEIP, "hip": VSSIP, "vsip": SSIP, "hgeie": 0},
    **{"hstatus": HU | SPVP | SPV | GVA, "vsstatus": SIE | SPIE | SPP | SUM | MXR},
}
_TAKEN = {NUMBERS[name] for name in (*system.GUARDED, *system.BITS, *BITS, "pmpcfg2")}
_TAKEN |= {NUMBERS[name] for name in ("hedeleg", "hie", "vsie", "vstvec", "vsatp", "vstimecmp")}
_TAKEN |= {NUMBERS["hgatp"], NUMBERS["htinst"]} | {NUMBERS[f"pmpaddr{n}"] for n in range(16)}
#: CSRs whose value is dropped at once: time, and those that QEMU reads otherwise (`explained`).
_FORGOTTEN = system.TIMES | system.IDENTITY
_UNLIKE = ("sip", "sie", "vsip", "htinst", "htval", "mideleg", "mtval", "stval", "mtval2")
_UNLIKE += ("mcause", "scause", "vscause")
_FORGOTTEN |= {NUMBERS[name] for name in _UNLIKE}
_STRANGE = system._STRANGE - {NUMBERS["vstimecmp"]}
#: Interrupts enabled together: such that QEMU's lowest number is the specification's first.
ENABLED = (
    *system.ENABLED[:3],
    *(0, VSSIP, VSTIP, VSEIP, SEIP, SSIP | VSSIP, STIP | VSTIP, VSSIP | VSTIP, SSIP | VSEIP),
)


@dataclass
class Rules:
    """What the program at hand may do.

    Attributes
    ----------
    space
        The guest's page tables.
    memory
        The second stage.
    translated
        Whether vsatp is on.
    stub
        Which stub table the supervisors' traps go to.
    strict
        Fetches cannot fail, so that their faults may be delegated to the guest.
    base
        The slot's physical address.
    satp
        The hypervisor's own: off, or all addresses as they are.
    """

    space: AddressSpace
    memory: GuestMemory
    translated: bool
    stub: str
    strict: bool
    base: int
    satp: int

    def medeleg(self, value: int) -> int:
        """Take from a value what would never come back."""
        return value & 0xF0B7FF & ~(1 << at.STUB_CAUSE[self.stub] | 1 << 11)

    def hedeleg(self, value: int) -> int:
        """The same for the guest."""
        return self.medeleg(value) & 0xB1FF & ~(0 if self.strict else 1 << 1 | 1 << 12)

    def stubs(self, guest: bool) -> int:
        """Where the stub table is seen by the hypervisor, or by the guest."""
        offset = at.STUB_TABLES[self.stub]
        if not guest:
            return at.STUBS + offset
        if self.translated:
            return self.space.page(2) + offset
        return self.base + self.memory.offset + 10 * at.PAGE + offset

    def pointers(self, mode: int, virtual: bool) -> tuple[int, ...]:
        """The pointer registers that are good in a mode."""
        return (2, 8, 9) * 4 + (20, 21, 21) if virtual else (18, 19)


def hstatus(code: Code, spv: bool) -> int:
    """A value of hstatus."""
    value = SPV if spv else 0
    for bit, chance in ((SPVP, 0.5), (HU, 0.5), (VTVM, 0.1), (VTW, 0.1), (VTSR, 0.1), (GVA, 0.3)):
        value |= bit if code.rng.random() < chance else 0
    return value


def mstatus(code: Code, mode: int, virtual: bool) -> int:
    """A value of mstatus that returns to a mode; TVM and TSR only below V=0 (see `explained`)."""
    value = system.status(code, mode)
    if virtual:
        value &= ~(system.TVM | system.TSR | system.TW)
    return value | (1 << 39 if virtual else 0)


def any_csr(code: Code) -> int:
    """A CSR number: those of H and of supervisors more often."""
    while True:
        pick = code.rng.random()
        names = [n for n in NUMBERS.values() if n >> 8 & 3 in (1, 2)]
        if pick < 0.6:
            number = code.rng.choice(names)
        else:
            number = system.any_csr(code) if pick < 0.95 else code.rng.randrange(4096)
        if number not in _STRANGE:
            return number


def read_csr(code: Code) -> None:
    """Read any CSR."""
    csr, rd = any_csr(code), code.target()
    code.put(code.rng.choice(("csrrs", "csrrc", "csrrsi", "csrrci")), rd=rd, csr=csr)
    _forget(code, csr, rd)


def _forget(code: Code, csr: int, rd: int) -> None:
    if csr in _FORGOTTEN and rd:
        code.put("addi", rd=rd, rs1=0, imm=0)
    if csr == NUMBERS["hstatus"] and rd:
        code.put("andi", rd=rd, rs1=rd, imm=~GVA)


def write_csr(code: Code) -> None:
    """Write a CSR that may hold anything, some bits of one, or one that may not be written."""
    rng = code.rng
    scratch, rd = rng.choice(SCRATCH), code.target()
    value = rng.choice((*SPECIAL, rng.getrandbits(64)))
    pick = rng.random()
    if pick < 0.4:
        name, mask = rng.choice([*BITS.items(), ("sip", SSIP), ("sepc", (1 << 64) - 2)])
        code.li(scratch, value & mask)
        forms = ("csrrs", "csrrc") if name == "henvcfg" else ("csrrw", "csrrs", "csrrc")
        code.put(rng.choice(forms), rd=rd, csr=NUMBERS[name], rs1=scratch)
        _forget(code, NUMBERS[name], rd)
        if name == "hstatus":
            code.put("hfence.vvma")
        return
    csr = NUMBERS[rng.choice(FREE)] if pick < 0.8 else any_csr(code)
    if csr in _TAKEN:
        return
    code.li(scratch, value)
    whole = csr >> 10 == 3 or csr == NUMBERS["htval"]
    forms = ("csrrw",) if whole else ("csrrw", "csrrs", "csrrc")
    code.put(rng.choice(forms), rd=rd, csr=csr, rs1=scratch)
    _forget(code, csr, rd)


def guarded_csr(code: Code, rules: Rules, virtual: bool) -> None:
    """Write a CSR that the frame, the hypervisor or the guest stands on."""
    rng, scratch = code.rng, code.rng.choice(SCRATCH)
    rd = rng.choice([n for n in range(10, 16) if n != scratch])
    names = ["hedeleg", "hie", "vsie", "vstvec", "vsatp", "vstimecmp", "hstatus", "hgatp", "stvec"]
    names += ["sstatus", "sie", "satp", "stimecmp", "medeleg", "mideleg", "mie"]
    name = rng.choice(names)
    guest = name[:2] == "vs" or (virtual and name in ("stvec", "satp"))
    form = "csrrw"
    if name == "hedeleg":
        value = rules.hedeleg(rng.getrandbits(24))
    elif name == "medeleg":
        value = rules.medeleg(rng.getrandbits(24))
    elif name in ("hie", "mie"):
        value = rng.choice(ENABLED)
    elif name in ("vsie", "sie"):
        value = rng.choice((0, SSIP, STIP, SEIP))
    elif name in ("stvec", "vstvec"):
        value = rules.stubs(guest) | rng.randrange(2)
    elif name in ("satp", "vsatp"):
        if not guest:
            value = rng.choice((rules.satp, rng.choice(system.ABSENT) << 60))
        else:
            value = rng.getrandbits(16) << 44 | rules.space.root
            value |= (rules.space.mode << 60) if rules.translated else 0
    elif name in ("stimecmp", "vstimecmp"):
        if not virtual:  # without it QEMU's timer goes on, see `system`
            code.li(scratch, STCE)
            code.put("csrrs", rd=0, csr=NUMBERS["henvcfg"], rs1=scratch)
        value = rng.choice((0, -1))
    elif name == "hgatp":
        memory = rules.memory
        value = rng.getrandbits(14) << 44 | memory.root | memory.mode << 60
    elif name == "hstatus":
        value = hstatus(code, rng.random() < 0.5)
    elif name == "mideleg":
        if code.mode == 3:
            code.put("csrrw", rd=0, csr=NUMBERS["mie"], rs1=0)
        value = rng.getrandbits(13)
        value &= SSIP | STIP | SEIP
    else:
        value = system.status(code, 0) & (SIE | SPIE | SPP | SUM | MXR)
        form = rng.choice(("csrrw", "csrrs", "csrrc"))
    code.li(scratch, value)
    code.put(form, rd=rd, csr=NUMBERS[name], rs1=scratch)
    _forget(code, NUMBERS[name], rd)
    if name == "hstatus":
        code.put("hfence.vvma")
    if name in ("satp", "vsatp", "hgatp"):
        code.put(rng.choice(("hfence.gvma", "hfence.vvma")) if not virtual else "sfence.vma")


def guest_access(code: Code, rules: Rules) -> None:
    """HLV, HLVX, HSV: in the guest's memory, mostly where something is."""
    rng = code.rng
    row, scratch = rng.choice(ROWS), rng.choice(SCRATCH)
    if row.name.startswith("hlvx") and rng.random() < 0.7:
        page = rules.space.page(rng.choice((0, 4)))
        start = page if rules.translated else rules.base + rules.memory.offset + at.PAGE
        code.li(scratch, start + rng.randrange(0, 4096, 2))
    else:
        pointer = rng.choice(rules.pointers(0, True))
        code.put("addi", rd=scratch, rs1=pointer, imm=rng.randrange(-512, 512))
        if rng.random() < 0.7:
            code.put("andi", rd=scratch, rs1=scratch, imm=-8)
    if row.kind == "hload":
        code.put(row.name, rd=code.target(), rs1=scratch)
    else:
        code.put(row.name, rs2=code.value(), rs1=scratch)


def fences(code: Code) -> None:
    """A fence of any kind."""
    name = code.rng.choice(("fence.i", "sfence.vma", "hfence.vvma", "hfence.gvma"))
    operands = {"rs1": code.rng.choice((0, *code.pointers)), "rs2": code.rng.choice((0, 10))}
    code.put(name, **({} if name == "fence.i" else operands))


def returns(code: Code) -> None:
    """MRET, SRET, WFI or a fence where it traps."""
    names = {0: ("mret", "sret", "wfi", "sfence.vma"), 1: ("mret",), 3: ()}[code.mode]
    if names:
        code.put(code.rng.choice(names))


def interrupts(code: Code) -> None:
    """In M-mode: raise some interrupts, enable some, delegate some."""
    rng = code.rng
    for bit in (SSIP, STIP, SEIP):
        if rng.random() < 0.2:
            code.li(5, bit)
            code.put("csrrs", rd=0, csr=NUMBERS["mip"], rs1=5)
    code.li(5, rng.choice((0, VSSIP, VSEIP, VSSIP | VSEIP)))
    code.put("csrrw", rd=0, csr=NUMBERS["hvip"], rs1=5)
    if rng.random() < 0.3:
        code.li(5, STCE)
        code.put("csrrs", rd=0, csr=NUMBERS["henvcfg"], rs1=5)
        code.put("csrrw", rd=0, csr=NUMBERS["vstimecmp"], rs1=0)
    code.li(5, rng.getrandbits(11) & GUEST_INTERRUPTS)
    code.put("csrrw", rd=0, csr=NUMBERS["hideleg"], rs1=5)
    code.li(5, rng.getrandbits(12) & (SSIP | STIP | SEIP))
    code.put("csrrw", rd=0, csr=NUMBERS["mideleg"], rs1=5)
    code.li(5, rng.choice(ENABLED))
    code.put("csrrw", rd=0, csr=NUMBERS["mie"], rs1=5)


__all__ = ["MPIE", "Rules"]
