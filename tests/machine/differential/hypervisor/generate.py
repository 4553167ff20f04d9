"""Random programs with the H extension: segments in M, HS, U, VS and VU, each ended by a trap."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.machine.csr_names import NUMBERS
from tests.machine.differential import frame, system
from tests.machine.differential import generate as plain
from tests.machine.differential import layout as at
from tests.machine.differential import tables as first_stage
from tests.machine.differential.compute import compute
from tests.machine.differential.emit import POINTERS, Code
from tests.machine.differential.hypervisor import layout as h
from tests.machine.differential.hypervisor import pieces, second_stage
from tests.machine.differential.hypervisor.pieces import Rules
from tests.machine.differential.system import MIE, MPIE, MPRV, STCE, UXL_64
from tests.machine.differential.tables import CODE_S, CODE_U, DATA_S, DATA_U, RANDOM

if TYPE_CHECKING:
    from tests.machine.differential.compare import Trap

#: Mode and V of segments: guests most often.
MODES = ((3, False), (1, False), (0, False), (1, True), (1, True), (1, True), (0, True), (0, True))


@dataclass
class HypervisorProgram(plain.Program):
    """One program in its slot."""

    layout: ClassVar[at.Layout] = h.WITH_H

    def __post_init__(self) -> None:
        self.prepare()
        rng = self.rng
        self.user = rng.random() < 0.5
        strict = rng.random() < 0.4
        updates = rng.random() < 0.5
        memory = second_stage.build(rng, self.slot, self.base, faulty=not strict, written=updates)
        guest = self.base + memory.offset
        space = first_stage.build(
            rng,
            self.slot,
            guest,
            faulty_code=not strict and rng.random() < 0.15,
            faulty_path=not strict,
            updates=updates,
            stubs=guest + h.STUB * at.PAGE,
        )
        stubs = frame.build(self.layout)[0][at.STUBS - at.BASE :][: at.PAGE]
        self.slot[h.STUB * at.PAGE : (h.STUB + 1) * at.PAGE] = stubs
        translated = rng.random() < 0.75
        stub = rng.choice((*at.STUB_TABLES,))
        identity = frame.build(self.layout)[1]["identity"]
        satp = rng.choice((0, 8 << 60 | identity >> 12))
        self.guest = Rules(space, memory, translated, stub, strict, self.base, satp)
        self._fill_data()
        self._write_header()
        self._write_code()

    def instruction(self, pc: int) -> int:
        """The 32 bits at a pc, physical or the guest's; 0 (illegal) where no code is."""
        space = self.guest.space
        code = self.base + at.CODE * at.PAGE
        starts = (
            code,
            code + self.guest.memory.offset,
            space.page(CODE_S),
            space.page(CODE_U),
        )
        for start in starts:
            offset = pc - start & (1 << 64) - 1
            if offset < at.CODE_PAGES * at.PAGE:
                return int(struct.unpack_from("<I", self.slot, at.CODE * at.PAGE + offset)[0])
        return 0

    def changes(self, trap: Trap) -> list[str]:
        """Name the changes of privilege that a record shows."""
        page = -at.PAGE
        names = {(0, 0): "U", (1, 0): "HS", (0, 1): "VU", (1, 1): "VS", (3, 0): "M"}
        origin = names[trap.origin, trap.mstatus >> 39 & 1]
        found = [f"{origin} to M (trap)"]
        if trap.delegated:
            virtual, status = trap.hstatus >> 7 & 1, trap.mstatus
            origin = names[status >> 8 & 1, virtual]
            found.append(f"{origin} to HS (trap)")
        pc = trap.sepc if trap.delegated else trap.mepc
        if origin == "VS" and not (pc ^ self.guest.stubs(guest=True)) & page:
            found.append(f"{names[trap.vsstatus >> 8 & 1, 1]} to VS (trap)")
        return found

    def _write_header(self) -> None:
        rng, rules = self.rng, self.guest
        self._write_registers()
        values = dict.fromkeys(self.layout.csrs, 0)
        values |= {
            name: rng.getrandbits(64)
            for name in ("sscratch", "stval", "mtval", "vsscratch", "vstval", "htval", "mtval2")
        }
        values |= {name: rng.getrandbits(63) & ~1 for name in ("sepc", "mepc", "vsepc")}
        values["medeleg"] = rules.medeleg(rng.getrandbits(24)) if rng.random() < 0.6 else 0
        values["hedeleg"] = rules.hedeleg(rng.getrandbits(16)) if rng.random() < 0.6 else 0
        values["mideleg"] = rng.getrandbits(12) & 0x222
        values["hideleg"] = rng.getrandbits(12) & pieces.GUEST_INTERRUPTS
        for name in ("mcounteren", "scounteren", "hcounteren"):
            values[name] = rng.getrandbits(3)
        values["menvcfg"] = STCE
        values["henvcfg"] = STCE if rng.random() < 0.5 else 0
        values["htimedelta"] = rng.getrandbits(64)
        values["stvec"] = rules.stubs(guest=False) | rng.randrange(2)
        values["vstvec"] = rules.stubs(guest=True) | rng.randrange(2)
        values["mtvec"] = frame.vectors(self.layout) | rng.randrange(2)
        values["stimecmp"] = values["vstimecmp"] = -1
        blank = Code(rng, 0, 3, (), Counter())
        values["mstatus"] = system.status(blank, 3) & ~(MIE | MPRV | MPIE) | UXL_64
        values["vsstatus"] = pieces.BITS["vsstatus"] & rng.getrandbits(64) | UXL_64
        values["hstatus"] = pieces.hstatus(blank, False)
        asid, vmid = rng.choice((0, 1, 0xFFFF)), rng.choice((0, 1, 0x3FFF))
        values["satp"] = rules.satp
        if rules.translated:
            values["vsatp"] = rules.space.mode << 60 | asid << 44 | rules.space.root
        values["hgatp"] = rules.memory.mode << 60 | vmid << 44 | rules.memory.root
        values["pmpaddr7"], values["pmpcfg0"] = plain.ALL_MEMORY, 0x1F << 56
        for position, name in enumerate(self.layout.csrs, at.CSR_TABLE):
            self._put(position, values[name])

    def _pointers(self) -> dict[int, int]:
        rng, rules = self.rng, self.guest
        data = self.base + at.DATA * at.PAGE
        space = rules.space

        def place() -> int:
            page_edge = at.PAGE * rng.randrange(1, at.DATA_PAGES) - rng.randrange(1, 9)
            return page_edge if rng.random() < 0.4 else rng.randrange(512, 11000) & -8

        pointers = {register: data + place() for register in (18, 19)}
        guest = data + rules.memory.offset
        if not rules.translated:
            return pointers | {n: guest + place() for n in POINTERS if n not in (18, 19)}
        usual, other = (DATA_U, DATA_S) if self.user else (DATA_S, DATA_U)
        pointers |= {register: space.page(usual) + place() for register in (2, 8, 9)}
        pointers[20] = rng.choice((space.page(other), space.mega, space.giga)) + place()
        pointers[21] = space.page(RANDOM + rng.randrange(4)) + rng.choice((0, 2048, 4092))
        return pointers

    # ------------------------------------------------------------------ code
    def _segment(self, offset: int) -> Code:
        rng = self.rng
        mode, virtual = rng.choice(MODES)
        if (mode, virtual) == (0, False) and self.guest.satp:  # no page is the user's there
            mode = 1
        if virtual:
            mode = rng.choice((0, 0, 1) if self.user else (1, 1, 0))
        code = Code(rng, self.base + at.PAGE + offset, 3, self.guest.pointers(3, False), self.mix)
        enabled = rng.random() < 0.25
        if enabled:
            pieces.interrupts(code)
        self.virtual = False
        if mode == 3:
            if rng.random() < 0.3:  # M-mode's loads and stores with a guest's eyes
                value = pieces.mstatus(code, rng.choice((0, 1)), True) | MPRV
                code.li(5, value & ~MPIE)
                code.put("csrrw", rd=0, csr=NUMBERS["mstatus"], rs1=5)
                code.pointers = self.guest.pointers(1, True)
        else:
            code.li(5, pieces.mstatus(code, mode, virtual))
            code.put("csrrw", rd=0, csr=NUMBERS["mstatus"], rs1=5)
            self._go(code, mode, virtual, offset, "mepc", "mret")
        self.entries.append(mode)
        for _ in range(rng.randrange(2, 14)):
            self._piece(code, offset)
        system.trap(code)
        return code

    def _go(self, code: Code, mode: int, virtual: bool, offset: int, csr: str, back: str) -> None:
        self.virtual = virtual
        self._continue_at(code, mode, offset, csr, back)
        code.pointers = self.guest.pointers(mode, virtual)

    def _code_base(self, mode: int) -> int:
        rules = self.guest
        if not self.virtual:
            return self.base + at.PAGE
        if not rules.translated:
            return self.base + rules.memory.offset + at.PAGE
        return rules.space.page(CODE_S if mode == 1 else CODE_U)

    def _pointers_of(self, mode: int) -> tuple[int, ...]:
        return self.guest.pointers(mode, self.virtual)

    def _piece(self, code: Code, offset: int) -> None:
        pick = self.rng.random()
        if pick < 0.6:
            compute(code)
        elif pick < 0.7:
            pieces.guest_access(code, self.guest)
        elif pick < 0.78:
            pieces.read_csr(code)
        elif pick < 0.84:
            pieces.write_csr(code)
        elif pick < 0.89:
            pieces.guarded_csr(code, self.guest, self.virtual)
        elif pick < 0.9:
            system.illegal(code)
        elif pick < 0.92:
            pieces.fences(code)
        elif pick < 0.93:
            pieces.returns(code)
        elif pick < 0.94:
            system.trap(code)
        elif pick < 0.97 and code.mode == 1:
            self._down(code, offset)

    def _down(self, code: Code, offset: int) -> None:
        """SRET: from HS into the guest or to U, from VS to VU."""
        rng = self.rng
        mode = rng.choice((0, 1)) if not self.virtual else 0
        virtual = self.virtual or rng.random() < 0.7
        if not virtual:
            mode = 1 if self.guest.satp else 0
        code.li(5, system.status(code, 0) & ~(1 << 8) | mode << 8)
        code.put("csrrw", rd=0, csr=NUMBERS["sstatus"], rs1=5)
        if not self.virtual:
            code.li(5, pieces.hstatus(code, virtual))
            code.put("csrrw", rd=0, csr=NUMBERS["hstatus"], rs1=5)
            code.put("hfence.vvma")
        self._go(code, mode, virtual, offset, "sepc", "sret")
