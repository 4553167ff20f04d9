"""The guest that finds out: three instructions of a kernel, on the bare board and as a guest.

Both boards hold the same bytes and go on in lock-step. On the bare board the kernel is in S-mode;
as a guest it runs in U-mode under trap-and-emulate. With holes some instructions do not trap there.
A rule replaces one of them before it is executed, as a translator would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from models.facts import Fact, Facts
from models.hypervisors.binary_translation import BinaryTranslation
from models.hypervisors.binary_translation.page import Rule
from models.hypervisors.host import Host
from models.hypervisors.side_by_side import HOLES
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.hypervisors.vm import Vm
from models.machine.assembler import Program, assemble
from models.machine.assembler.operands import ABI_NAMES
from models.machine.board import Board, BoardOptions
from models.machine.csr_names import NAMES, NUMBERS
from models.machine.decode import Decoded
from models.machine.disassembler import disassemble
from models.machine.memory import RAM_BASE
from models.machine.semantics import M64
from models.machine.traps import Trap
from models.parameters import Parameters, choice, flag

MEMORY = 64 << 10
LINES = 3
STEPS = 16  # at most, of what the reader wrote
SETTING_UP = 64  # instructions before it, at most
DEFAULT = ("csrr a0, sstatus", "andi a1, a0, 256", "addi a2, a1, 1")
CSRS = ("sstatus", "sscratch", "sepc", "scause", "stvec", "satp")
NONE = "none"
RULES = {NONE: "nothing", **{name: name for name in HOLES}}
#: Exits at which the hypervisor does nothing that the guest asked for.
UNASKED = frozenset({"hidden-fault", "timer", "translation"})
FRAME = """\
_start: li   t0, -1
        csrw pmpaddr0, t0       # S-mode may reach all of memory
        li   t0, 0x1f
        csrw pmpcfg0, t0
        la   t0, handler
        csrw mtvec, t0
        csrw stvec, t0
        la   t0, done
        csrw sepc, t0
        csrw sscratch, sp
        li   t0, 0x900          # mret goes to S; sret would go to S, too
        csrw mstatus, t0
        la   t0, kernel
        csrw mepc, t0
        li   t0, 0
        mret
kernel:
{lines}
done:   j    done
        .balign 4
handler: j   handler
"""


@dataclass(frozen=True)
class Setting(Parameters):
    """The processor, and what the hypervisor replaces."""

    holes: bool = flag(False, label="The processor has holes")
    rule: str = choice(NONE, RULES, label="Replace before it is executed")


@dataclass(frozen=True)
class Seen:
    """What can be seen of one board.

    Attributes
    ----------
    pc : int
    mode : str
    x : tuple of int
        32 registers.
    csrs : tuple of int
        `CSRS`.
    """

    pc: int
    mode: str
    x: tuple[int, ...]
    csrs: tuple[int, ...]

    def named(self) -> dict[str, int]:
        """Every value by its name."""
        found = {"pc": self.pc} | dict(zip(ABI_NAMES, self.x, strict=True))
        return found | dict(zip(CSRS, self.csrs, strict=True))


@dataclass(frozen=True)
class Step:
    """One instruction of both.

    Attributes
    ----------
    pc, text
        Of the bare board's instruction; of the guest's, once the bare board has ended.
    native, guest : Seen
        Afterwards.
    exits : tuple of str
        Reasons for which the guest left for its hypervisor and had asked to.
    """

    pc: int
    text: str
    native: Seen
    guest: Seen
    exits: tuple[str, ...]

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of what is not the same."""
        ours, theirs = self.native.named(), self.guest.named()
        own = tuple(name for name in ours if ours[name] != theirs[name])
        return own + (("mode",) if self.native.mode != self.guest.mode else ())


@dataclass(frozen=True)
class Duel:
    """Both runs, from the kernel's first instruction.

    Attributes
    ----------
    parameters : Setting
    start : Seen
        What both are before it.
    steps : tuple of Step
    """

    parameters: Setting
    start: Seen
    steps: tuple[Step, ...]

    @property
    def first(self) -> Step | None:
        """The first instruction after which they differ."""
        return next((step for step in self.steps if step.differs), None)

    def facts(self) -> Facts:
        """Where they part, and whether anything trapped."""
        step = self.first
        if step is None:
            where, text, name, values = "none", "none", "nothing", ("the same", "the same")
            exits = "nothing differs"
        else:
            where, text, name = f"{step.pc:#x}", step.text, _telling(step.differs)
            values = _values(step, name)
            exits = str(len(step.exits))
        return Facts(
            Fact("First divergent pc", where),
            Fact("Instruction", text),
            Fact("Differs", name),
            Fact("On the bare board", values[0]),
            Fact("As a guest", values[1]),
            Fact("Exits for it", exits),
            Fact("Exits for all", sum(len(step.exits) for step in self.steps)),
            title="Does the guest find out?",
        )


def _telling(names: Iterable[str]) -> str:
    """What a reader should look at: a register before pc, pc before control registers."""
    ranked = sorted(names, key=lambda name: (name in CSRS, name == "pc"))
    return ranked[0]


def _values(step: Step, name: str) -> tuple[str, str]:
    if name == "mode":
        return step.native.mode, step.guest.mode
    return f"{step.native.named()[name]:#x}", f"{step.guest.named()[name]:#x}"


def replaces(name: str, decoded: Decoded) -> bool:
    """Whether an instruction is of a rule: of this name, or one that touches this register."""
    row = decoded.base
    return row.name == name or (row.kind == "csr" and NAMES.get(decoded.csr) == name)


def program(lines: Iterable[str]) -> Program:
    """Assemble the kernel.

    Raises
    ------
    AssemblyError
        With the reader's own line number.
    ValueError
        For more lines than there is room.
    """
    wanted = [line for line in lines if line.strip()]
    if len(wanted) > LINES:
        raise ValueError(f"{len(wanted)} instructions; allowed: up to {LINES}")
    return assemble(FRAME.format(lines="\n".join(wanted)), name="guest.S", origin=RAM_BASE)


def find_out(
    parameters: Setting,
    lines: Iterable[str] = DEFAULT,
    holes: tuple[str, ...] = HOLES,
    rule: Rule | None = None,
) -> Duel:
    """Run the kernel on both, one instruction at a time.

    Parameters
    ----------
    parameters
    lines
        What the reader wrote.
    holes
        Those of a processor that has any.
    rule
        A rule of one's own instead of the setting's.
    """
    made = program(lines)
    holes = holes if parameters.holes else ()
    options = BoardOptions(memory=MEMORY, holes=holes, tier="step")
    host = Host(MEMORY, options, frames=32)
    if rule is None and parameters.rule != NONE:
        rule = partial(replaces, parameters.rule)
    technique = partial(BinaryTranslation, rule=rule) if rule else TrapAndEmulate
    native, vm = Board(options), host.create(options, technique)
    for board in (native, vm.board):
        board.reset()
        board.load(made.image()[1])
        for _ in range(SETTING_UP):
            if board.hart.pc & M64 == made.symbols["kernel"]:
                break
            board.run(1)
    steps = []
    start = seen(native)
    ends = made.symbols["done"], made.symbols["handler"]
    for _ in range(STEPS):
        ended = [board.hart.pc & M64 in ends for board in (native, vm.board)]
        if all(ended):
            break
        steps.append(_step(native, vm, told=vm.board if ended[0] else native))
    return Duel(parameters, start, tuple(steps))


def _step(native: Board, vm: Vm, told: Board) -> Step:
    pc, text = told.hart.pc & M64, _text(told)
    before = dict(vm.counters["exits"])
    for board in (native, vm.board):
        board.run(1)
    exits = [
        key.split(":")[1]
        for key, number in vm.counters["exits"].items()
        for _ in range(number - before.get(key, 0))
    ]
    asked = tuple(reason for reason in exits if reason not in UNASKED)
    return Step(pc, text, seen(native), seen(vm.board), asked)


def seen(board: Board) -> Seen:
    """What can be seen of a board now."""
    hart = board.hart
    return Seen(
        hart.pc & M64,
        hart.mode_name,
        tuple(value & M64 for value in hart.x[:32]),
        tuple(hart.csrs.read(NUMBERS[name]) for name in CSRS),
    )


def _text(board: Board) -> str:
    try:
        return disassemble(board.hart.mmu.fetch(board.hart.pc & M64))
    except Trap:
        return "(no instruction)"
