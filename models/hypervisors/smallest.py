"""The smallest hypervisor: the processor runs the guest in U-mode, and a function does the rest.

There is no paging: the guest lies where it would lie on the bare board. It believes to be in
M-mode. Whatever traps as an illegal instruction is decoded and handed to `emulate(instr, vcpu)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from models.hypervisors.processor import Processor
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.csr_names import NAMES, NUMBERS
from models.machine.decode import decode
from models.machine.memory import PAGE, RAM_BASE
from models.machine.semantics import M64, s64
from models.machine.traps import Mode

MEMORY = 64 << 10
START = RAM_BASE + PAGE
MOST = 10_000  # instructions
#: So that U-mode reaches memory after an `mret`, as a guest's does: all of it may be used.
OPEN = {"pmpaddr0": (1 << 54) - 1, "pmpcfg0": 0b11111}
#: Registers that the guest's kernel has for itself.
OWN = ("mscratch", "mtval", "mepc", "sscratch", "stval")


@dataclass(frozen=True)
class Instr:
    """A trapped instruction, decoded.

    Attributes
    ----------
    name : str
        As in the ISA reference: "csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci", "mret".
    rd, rs1 : int
        Numbers of registers.
    imm : int
        The constant of the forms that end in i.
    csr : str
        Name of the control register; empty if there is none.
    """

    name: str
    rd: int
    rs1: int
    imm: int
    csr: str


@dataclass
class Virtual:
    """A virtual processor that readers write to.

    Attributes
    ----------
    x : list of int
        32 registers, 0 up to 2**64 - 1; x[0] is 0 whatever is written.
    pc : int
        Address of the trapped instruction; where the guest goes on.
    csr : dict
        Its own control registers by name (`OWN`).
    """

    x: list[int] = field(default_factory=lambda: [0] * 32)
    pc: int = START
    csr: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OWN, 0))


class Astray(Exception):
    """The guest did not come to its end."""


def image(source: str) -> bytes:
    """Assemble a guest for where it will lie."""
    return assemble(source, origin=START).image()[1]


def as_guest(code: bytes, x: list[int], emulate: Callable[[Instr, Virtual], object]) -> Virtual:
    """Run a guest under the smallest hypervisor.

    Parameters
    ----------
    code
        From `image`.
    x
        Its registers at the start.
    emulate
        Does what trapped.

    Raises
    ------
    Astray
        If it traps on what is no instruction, or does not end.
    """
    board = Board(BoardOptions(memory=MEMORY, tier="step"))
    processor = Processor(board, RAM_BASE)
    board.load(code, START)
    vcpu, left = Virtual(list(x)), MOST
    while left > 0:
        registers = [s64(value) for value in vcpu.x]
        try:
            exit_ = processor.resume(registers, s64(vcpu.pc), left, Mode.U)
        except RuntimeError:  # `Processor.resume`: the guest has switched the board off, its end
            return replace(vcpu, x=_unsigned(board))
        vcpu.x, vcpu.pc = [value & M64 for value in registers], exit_.pc & M64
        left -= exit_.completed + 1
        if exit_.interrupt:  # the timer: its time is over
            break
        if exit_.cause != "illegal-instruction":
            raise Astray(f"at {vcpu.pc:#x}: {exit_.cause}")
        instr = decoded(exit_.value)
        if instr is None:
            raise Astray(f"at {vcpu.pc:#x}: {exit_.value:#x} is no instruction")
        emulate(instr, vcpu)
        vcpu.x[0] = 0
    raise Astray(f"after {MOST:,} instructions it has not come to its end")


def on_the_board(code: bytes, x: list[int]) -> Virtual:
    """The same guest on the bare board, in M-mode: what it comes to."""
    board = Board(BoardOptions(memory=MEMORY, tier="step"))
    board.reset()
    board.load(code, START)
    board.hart.x[:32] = [s64(value) for value in x]
    for name, value in OPEN.items():
        board.hart.csrs.write(NUMBERS[name], value)
    board.hart.pc = s64(START)
    board.run(MOST)
    read = {name: board.hart.csrs.read(NUMBERS[name]) for name in OWN}
    return Virtual(_unsigned(board), csr=read)


def _unsigned(board: Board) -> list[int]:
    return [value & M64 for value in board.hart.x[:32]]


def decoded(word: int) -> Instr | None:
    """What a person wants to know of a word; None if it is no instruction."""
    found = decode(word)
    if found is None:
        return None
    base, values = found.base, found.values
    name = NAMES.get(found.csr, "") if base.kind == "csr" else ""
    return Instr(base.name, values.get("rd", 0), values.get("rs1", 0), values.get("uimm", 0), name)
