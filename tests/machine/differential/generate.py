"""Random programs: a few segments, each in a mode of its own, each ended by a trap."""

from __future__ import annotations

import random
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from models.machine.csr_names import NUMBERS
from tests.machine.differential import frame, system
from tests.machine.differential import layout as at
from tests.machine.differential.compute import compute
from tests.machine.differential.emit import COUNTER, POINTERS, SCRATCH, SPECIAL, Code
from tests.machine.differential.system import MIE, MPIE, MPRV, UXL_64, Rules
from tests.machine.differential.tables import CODE_S, CODE_U, DATA_S, DATA_U, RANDOM, build

#: Locked PMP entries stay locked until reset: each of the last programs of a batch locks one more.
LOCKERS = 7
ALL_MEMORY = (1 << 54) - 1
#: Bytes of the longest sequence that `li` becomes.
LONGEST_CONSTANT = 32


if TYPE_CHECKING:
    from tests.machine.differential.compare import Trap

MODES = {0: "U", 1: "S", 3: "M"}


@dataclass
class Program:
    """One program in its slot.

    Attributes
    ----------
    seed, number
        ``Program(seed, number)`` is always the same program.
    slot
        Its bytes, as they stand before the run.
    mix
        How often each instruction stands in it.
    entries
        The privilege that each segment drops to.
    """

    layout: ClassVar[at.Layout] = at.PLAIN

    seed: int
    number: int
    locks: int | None = None
    slot: bytearray = field(default_factory=bytearray)
    mix: Counter[str] = field(default_factory=Counter)
    entries: list[int] = field(default_factory=list)

    def prepare(self) -> None:
        """Start with an empty slot and the program's own chance."""
        self.rng = random.Random(f"{self.seed}/{self.number}")
        self.slot = bytearray(self.layout.slot)
        self.base = self.layout.slot_address(self.index)

    def __post_init__(self) -> None:
        self.prepare()
        rng = self.rng
        paged = rng.random() < 0.6
        self.user = rng.random() < 0.5
        strict = rng.random() < 0.15 and self.locks is None
        protected = not strict and rng.random() < 0.25
        space = build(
            rng,
            self.slot,
            self.base,
            faulty_code=not strict and rng.random() < 0.15,
            faulty_path=not strict,
            updates=not protected,
        )
        stub = rng.choice((*at.STUB_TABLES,))
        self.rules = Rules(space if paged else None, stub, strict, protected, self.base)
        self._fill_data()
        self._write_header()
        self._write_code()

    @property
    def index(self) -> int:
        """The place of the program in its image (programs are numbered through all images)."""
        return self.number % self.layout.batch

    def instruction(self, pc: int) -> int:
        """The 32 bits at a pc, physical or of the window; 0 (illegal) where no code is."""
        space = self.rules.space
        starts = [self.base + at.CODE * at.PAGE]
        starts += [space.page(CODE_S), space.page(CODE_U)] if space else []
        for start in starts:
            offset = pc - start & (1 << 64) - 1
            if offset < at.CODE_PAGES * at.PAGE:
                return int(struct.unpack_from("<I", self.slot, at.CODE * at.PAGE + offset)[0])
        return 0

    def changes(self, trap: Trap) -> list[str]:
        """Name the changes of privilege that a record shows."""
        if trap.delegated:
            return [f"{MODES[trap.mstatus >> 8 & 1]} to S (trap)", "S to M (trap)"]
        return [f"{MODES[trap.origin]} to M (trap)"]

    def _put(self, double_word: int, value: int) -> None:
        struct.pack_into("<Q", self.slot, double_word * 8, value & (1 << 64) - 1)

    def _fill_data(self) -> None:
        start = at.DATA * at.PAGE
        junk = self.rng.randbytes(256)
        self.slot[start : start + at.DATA_PAGES * at.PAGE] = junk * (at.DATA_PAGES * at.PAGE // 256)

    def _write_header(self) -> None:
        """Initial registers and CSRs."""
        rng, rules = self.rng, self.rules
        self._write_registers()
        values = dict.fromkeys(at.CSRS, 0)
        values |= {name: rng.getrandbits(64) for name in ("sscratch", "stval", "mtval")}
        values |= {name: rng.getrandbits(63) & ~1 for name in ("sepc", "mepc")}
        values["medeleg"] = rules.delegation(rng.getrandbits(16)) if rng.random() < 0.5 else 0
        values["mideleg"] = rng.getrandbits(12) & 0x222
        values["mcounteren"], values["scounteren"] = rng.getrandbits(3), rng.getrandbits(3)
        values["stvec"] = rules.stub_address | rng.randrange(2)
        values["mtvec"] = frame.vectors() | rng.randrange(2)
        values["stimecmp"] = -1
        values["mstatus"] = self._status(Code(rng, 0, 3, (), Counter()), 3) & ~(MIE | MPRV | MPIE)
        values["mstatus"] |= UXL_64  # QEMU keeps what a program before may have written
        if rules.space:
            asid = rng.choice((0, 1, 0xFFFF, rng.getrandbits(16)))
            values["satp"] = rules.space.mode << 60 | asid << 44 | rules.space.root
        self._protect(values)
        for position, name in enumerate(at.CSRS, at.CSR_TABLE):
            self._put(position, values[name])

    def _write_registers(self) -> None:
        rng = self.rng
        for register in range(1, 32):
            pick = rng.random()
            value = rng.choice(SPECIAL) if pick < 0.4 else rng.getrandbits(64 if pick < 0.8 else 32)
            self._put(at.REGISTERS + register, value)
        for register, value in self._pointers().items():
            self._put(at.REGISTERS + register, value)

    def _pointers(self) -> dict[int, int]:
        """Registers that point at data, as the program's usual mode sees it."""
        rng, space = self.rng, self.rules.space
        data = self.base + at.DATA * at.PAGE

        def place() -> int:
            page_edge = at.PAGE * rng.randrange(1, at.DATA_PAGES) - rng.randrange(1, 9)
            return page_edge if rng.random() < 0.4 else rng.randrange(512, 11000) & -8

        if space is None:
            return {register: data + place() for register in POINTERS}
        usual, other = (DATA_U, DATA_S) if self.user else (DATA_S, DATA_U)
        pointers = {register: space.page(usual) + place() for register in (2, 8, 9)}
        pointers |= {register: data + place() for register in (18, 19)}
        pointers[20] = rng.choice((space.page(other), space.mega, space.giga)) + place()
        pointers[21] = space.page(RANDOM + rng.randrange(4)) + rng.choice((0, 2048, 4092))
        return pointers

    def _protect(self, values: dict[str, int]) -> None:
        """Physical memory protection: all open at the end, now and then something before."""
        rng = self.rng
        for entry in range(7):  # off, until something switches them on
            values[f"pmpaddr{entry}"] = self.rules.boundary(rng)
        values["pmpaddr7"], cfg = ALL_MEMORY, 0x1F << 56
        if self.locks is not None:
            data = self.base + at.DATA * at.PAGE
            values["pmpcfg2"] = (0x98 | rng.choice(system.PMP_FLAGS)) << 8 * self.locks
            values[f"pmpaddr{8 + self.locks}"] = data >> 2 | (1 << rng.randrange(5, 9)) - 1
            values["pmpaddr7"] = 0 if rng.random() < 0.5 else ALL_MEMORY
        elif self.rules.protected and rng.random() < 0.8:
            for entry in range(rng.randrange(1, 5)):
                page = rng.choice((at.DATA, at.DATA + 1, at.DATA + 2, at.CODE + 1, at.TABLES + 2))
                start = self.base + page * at.PAGE
                code = page == at.CODE + 1  # QEMU looks at fetches a page at a time
                kind = 3 if code else rng.randrange(4)
                flags = rng.choice(system.PMP_FLAGS) | kind << 3
                size = 9 if code else rng.choice((3, 6, 9, 9, 9))
                value = start >> 2 | (1 << size) - 1 if kind == 3 else start >> 2
                values[f"pmpaddr{entry}"] = value + (rng.randrange(1024) if kind < 3 else 0)
                cfg |= flags << 8 * entry
        values["pmpcfg0"] = cfg

    def _write_code(self) -> None:
        """Segments one after another; sometimes the page boundary lies inside."""
        pieces: list[bytes] = []
        offset, room = 0, at.CODE_PAGES * at.PAGE
        crossing = self.rng.random() < 0.4
        start = at.PAGE - self.rng.randrange(2, 400, 2) if crossing else 0
        for number in range(self.rng.randrange(3, self.layout.segments + 1)):
            code = self._segment(start + offset)
            if start + offset + len(code.data) > room:
                break
            self._put(at.SEGMENTS + number, self.base + at.PAGE + start + offset)
            pieces.append(bytes(code.data))
            offset += len(code.data)
        text = b"".join(pieces)
        self.slot[at.PAGE + start : at.PAGE + start + len(text)] = text

    def _segment(self, offset: int) -> Code:
        """One segment: prelude in machine mode, a body, a trap."""
        rng = self.rng
        mode = rng.choice((3, 0, 0, 0, 1) if self.user else (3, 1, 1, 1, 0))
        code = Code(rng, self.base + at.PAGE + offset, 3, self.rules.pointers(3), self.mix)
        enabled = rng.random() < 0.2
        if enabled:
            system.interrupts(code)
        if mode == 3:
            if enabled and rng.random() < 0.7:
                code.put("csrrsi", rd=0, csr=NUMBERS["mstatus"], uimm=MIE)
            elif self.rules.space and rng.random() < 0.3:
                code.li(5, self._status(code, rng.choice((0, 1))) | MPRV)
                code.put("csrrw", rd=0, csr=NUMBERS["mstatus"], rs1=5)
                code.pointers = self.rules.pointers(1)
        else:
            self._drop(code, mode, offset)
        self.entries.append(mode)
        for _ in range(rng.randrange(2, 14)):
            self._piece(code, offset)
        system.trap(code)
        return code

    def _status(self, code: Code, mode: int) -> int:
        """Return a value of mstatus that returns to `mode`."""
        return system.status(code, mode)

    def _code_base(self, mode: int) -> int:
        """Where the first code page is executed in a mode."""
        space = self.rules.space
        if space is None or mode == 3:
            return self.base + at.PAGE
        return space.page(CODE_S if mode == 1 else CODE_U)

    def _drop(self, code: Code, mode: int, offset: int) -> None:
        """From machine mode to a lower one, at the next instruction."""
        code.li(5, self._status(code, mode))
        code.put("csrrw", rd=0, csr=NUMBERS["mstatus"], rs1=5)
        self._continue_at(code, mode, offset, "mepc", "mret")

    def _continue_at(self, code: Code, mode: int, offset: int, csr: str, back: str) -> None:
        """Set an exception pc to the instruction after the return, and return."""
        wrong = self.rng.random() < 0.02
        length = 8
        for _ in range(8):  # the constant's length depends on the address, which depends on it
            target = self._code_base(mode) + offset + len(code.data) + length
            target ^= 1 << 45 if wrong else 0
            trial = Code(self.rng, 0, 3, (), Counter())
            trial.li(5, target)
            if len(trial.data) + 8 == length:
                break
            length = len(trial.data) + 8
        else:  # it goes back and forth: room for the longest
            length = LONGEST_CONSTANT + 8
            target = self._code_base(mode) + offset + len(code.data) + length
        start = len(code.data)
        code.li(5, target)
        while len(code.data) - start < length - 8:
            code.put("c.nop")
        code.put("csrrw", rd=0, csr=NUMBERS[csr], rs1=5)
        code.put(back)
        code.mode = mode
        code.pointers = self._pointers_of(mode)

    def _pointers_of(self, mode: int) -> tuple[int, ...]:
        return self.rules.pointers(mode)

    def _piece(self, code: Code, offset: int) -> None:
        """Compute, mostly."""
        pick = self.rng.random()
        if pick < (0.8 if code.mode else 0.9):
            compute(code)
        elif pick < 0.84:
            system.read_csr(code)
        elif pick < 0.88:
            system.write_csr(code)
        elif pick < 0.91:
            system.guarded_csr(code, self.rules)
        elif pick < 0.92:
            system.illegal(code)
        elif pick < 0.935:
            system.wild_access(code, self.rules)
        elif pick < 0.94:
            system.wild_jump(code, self.rules)
        elif pick < 0.97:
            system.fences(code)
        elif pick < 0.975:
            system.returns(code)
        elif pick < 0.98:
            system.trap(code)
        elif code.mode == 1:
            code.li(SCRATCH[0], system.status(code, 0) & ~(1 << 8))
            code.put("csrrw", rd=0, csr=NUMBERS["sstatus"], rs1=SCRATCH[0])
            self._continue_at(code, 0, offset, "sepc", "sret")


#: Programs in one image.
BATCH = at.PLAIN.batch


def image(
    seed: int, first: int, count: int, kind: type[Program] = Program
) -> tuple[bytearray, list[Program]]:
    """Frame and programs `first` .. `first + count - 1` as the bytes of RAM from its start."""
    layout = kind.layout
    if first % layout.batch or count > layout.batch:
        holds = f"an image holds {layout.batch}, from a multiple on"
        raise ValueError(f"programs {first} +{count}: {holds}")
    text, labels = frame.build(layout)
    ram = bytearray(layout.image_size(count))
    ram[: len(text)] = text
    struct.pack_into("<Q", ram, labels["programs"] - at.BASE, count)
    programs = []
    for number in range(first, first + count):
        left = first + count - 1 - number
        program = kind(seed, number, LOCKERS - 1 - left if left < LOCKERS else None)
        start = program.base - at.BASE
        ram[start : start + layout.slot] = program.slot
        programs.append(program)
    return ram, programs


__all__ = ["BATCH", "COUNTER", "Program", "image"]
