"""Which trap rules of the processor each engine relies on: each is taken out, and something fails.

An engine sees its guest only when the processor traps. Here a processor is made that breaks one of
the rules by which it does: the trap does not come, and the instruction passes without any effect,
as POPF did on x86. A guest that needs every rule (`models.guests.every_trap`) then runs on it under
an engine. If it ends otherwise than on a sound bare board, the engine relies on that rule.

Interpretation is not in the table: it never lets a guest's instruction come to the processor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from models.events import EXCEPTIONS
from models.facts import Beside, Fact, Facts
from models.guests.every_trap import MEMORY, MOST, every_trap
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES, HARDWARE
from models.machine.assembler import Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.decode import Decoded, decode
from models.machine.semantics import M64, s64
from models.machine.traps import Mode, Trap

OPTIONS = BoardOptions(memory=MEMORY, tier="closures")
#: Engines whose guests run on the processor.
TRAPPING = tuple(name for name in ENGINES if name != "interpret")
PRIVILEGED = frozenset({"illegal-instruction", "virtual-instruction"})
#: What is found if the hypervisor never gets the processor back.
NEVER_LEFT = "never left"


@dataclass(frozen=True)
class Rule:
    """One rule: this traps, and the trap comes to the hypervisor.

    Attributes
    ----------
    name : str
        Of what traps.
    causes : frozenset of str
        Exceptions, as in `models.events`; empty for the timer's interrupt.
    of : callable
        Whether it is about an instruction, None for a word that is none.
    program : callable
        Makes the guest that shows it.
    """

    name: str
    causes: frozenset[str]
    of: Callable[[Decoded | None], bool] = lambda decoded: True
    program: Callable[[], Program] = every_trap

    def covers(self, trap: Trap) -> bool:
        """Tell whether a trap comes by this rule."""
        name = EXCEPTIONS[trap.cause]
        if name not in self.causes:
            return False
        return name not in PRIVILEGED or self.of(decode(trap.value))


def _named(*names: str) -> Callable[[Decoded | None], bool]:
    return lambda decoded: decoded is not None and decoded.base.name in names


@cache
def _endless() -> Program:
    return assemble("_start: j _start")


def _faults(access: str) -> frozenset[str]:
    return frozenset({f"{access}-page-fault", f"{access}-guest-page-fault"})


RULES = (
    Rule("CSR instruction", PRIVILEGED, lambda d: d is not None and d.base.kind == "csr"),
    Rule("MRET and SRET", PRIVILEGED, _named("mret", "sret")),
    Rule("SFENCE.VMA", PRIVILEGED, _named("sfence.vma")),
    Rule("WFI", PRIVILEGED, _named("wfi")),
    Rule("word that is no instruction", PRIVILEGED, lambda decoded: decoded is None),
    Rule("EBREAK", frozenset({"breakpoint"})),
    Rule("ECALL", frozenset({"ecall-u", "ecall-vs"})),
    Rule("fetch without a translation", _faults("instruction")),
    Rule("load without a translation", _faults("load")),
    Rule("store without a translation", _faults("store")),
    Rule("timer", frozenset(), program=_endless),
)


def without(host: Host, rule: Rule) -> None:
    """Take a rule out of a host's processor."""
    hart = host.board.hart
    sound = hart.exception
    if not rule.causes:
        host.processor.write("mie", 0)
        return

    def exception(trap: Trap) -> None:
        csrs = hart.csrs
        guests_own = csrs.virtual and csrs.medeleg & csrs.hedeleg & 1 << trap.cause
        if csrs.mode == Mode.M or guests_own or not rule.covers(trap):
            sound(trap)
            return
        hart.pc = s64(hart.pc + _length(host, trap))
        hart.clock.fuel[0] -= 1

    vars(hart)["exception"] = exception


def _length(host: Host, trap: Trap) -> int:
    """Bytes of the instruction that should have trapped; 4 if it cannot be fetched."""
    try:
        word = host.board.hart.mmu.fetch(host.board.hart.pc & M64)
    except Trap:
        return 4
    return 4 if word & 3 == 3 else 2


@cache
def _native(program: Callable[[], Program]) -> Board:
    board = Board(OPTIONS)
    _run(board, program())
    return board


def _run(board: Board, guest: Program) -> None:
    address, program = guest.image()
    board.reset()
    board.load(program, address)
    board.run(MOST)


def spoiled(technique: str, *lacking: Rule) -> tuple[str, ...]:
    """Run the guest under an engine, perhaps on a processor that lacks some rules.

    Parameters
    ----------
    technique
        One of `ENGINES`.
    *lacking
        What is taken out.

    Returns
    -------
    tuple of str
        Names of what differs from the bare board in the end; `NEVER_LEFT` alone if there is none.

    Raises
    ------
    AssertionError
        If memory outside the guest's was written: control has to hold, whatever becomes of it.
    """
    host = Host(2 * MEMORY, BoardOptions(tier="closures", hypervisor=technique in HARDWARE))
    vm = host.create(OPTIONS, ENGINES[technique])
    for rule in lacking:
        without(host, rule)
    program = lacking[0].program if lacking else every_trap
    try:
        _run(vm.board, program())
    except RuntimeError as error:  # `Processor.resume`: the board stopped, and no trap had come
        if not lacking or "the guest stopped the physical board" not in str(error):
            raise
        return (NEVER_LEFT,)
    assert host.astray() == []
    return tuple(differing(_native(program), vm.board))


def table(techniques: tuple[str, ...] = ()) -> Beside:
    """Rules by engines (all by default): "fails" if an engine relies on one, else "-"."""
    columns = {}
    for technique in techniques or TRAPPING:
        found = [(rule.name, spoiled(technique, rule)) for rule in RULES]
        words = [Fact(name, _word(differs)) for name, differs in found]
        columns[technique] = Facts(*words, title=technique)
    return Beside(columns, title="Without this rule the guest")


def _word(differs: tuple[str, ...]) -> str:
    if NEVER_LEFT in differs:
        return "is never left"
    return "fails" if differs else "-"
