"""Ways in which a guest could tell that it is virtualized, each tried under each engine.

A way is *closed* if the guest sees just what it sees on the bare board. It is a *limit* if it does
not; then `LIMITS` says why that is left so. Nothing is taken on trust: a guest looks, and what it
saw is compared.

One way cannot be tried here, and no hypervisor closes it: a clock that the hypervisor does not
keep. This board's time is the guest's own instructions. In the world outside, a guest that asks a
server for the time finds that its system calls, or its page faults, take too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from models.facts import Beside, Fact, Facts
from models.guests.tells import ANSWERS, MEMORY, MOST, TELLS, Tell, program
from models.hypervisors.host import Host
from models.hypervisors.techniques import ENGINES, HARDWARE
from models.machine.board import Board, BoardOptions

_HOLE = (
    "the processor says nothing when U-mode reads a register, and the guest's kernel runs there: "
    "this is the machine on which trap-and-emulate cannot be built"
)
_USER = (
    "the user's code runs as it is, and reads the processor's registers where it should read the "
    "guest's: so SIDT told programs on x86; translating the user's code too would cost its speed"
)
_MIDDLE = (
    "only instructions that begin where the translator came by are replaced; compilers make no "
    "such jump, and without holes it is closed"
)
_LAST = "translated code finds registers there; a kernel that wants to map the page gets it at once"
_RESERVED = (
    "an exit takes the reservation away, and the specification lets an SC fail: a program has to "
    "try again, and then finds it there"
)
_STALE = "translating code empties the TLB; without a fence the specification promises neither"
_ALL = tuple(name for name in ENGINES if name != "interpret")
#: What is known to be open, by way and engine, and why it is left so.
LIMITS: dict[tuple[str, str], str] = {
    ("a jump into the middle, where registers can be read", "trap-and-emulate"): _HOLE,
    ("a jump into the middle, where registers can be read", "binary-translation"): _MIDDLE,
    ("a kernel's look at registers", "trap-and-emulate"): _HOLE,
    ("a user's look at registers", "trap-and-emulate"): _HOLE,
    ("a user's look at registers", "binary-translation"): _USER,
    ("the last page, which it has not mapped", "binary-translation"): _LAST,
    ("the same, after code that it had never executed", "binary-translation"): _STALE,
    **{("a reservation, over a page's first touch", name): _RESERVED for name in _ALL},
}


@dataclass(frozen=True)
class Tried:
    """One way, under one engine.

    Attributes
    ----------
    tell : Tell
    technique : str
    native, seen : tuple of int
        s0 to s11 in the end, on the bare board and here; empty if it never ended.
    """

    tell: Tell
    technique: str
    native: tuple[int, ...]
    seen: tuple[int, ...]

    @property
    def closed(self) -> bool:
        """Whether the guest saw nothing else."""
        return self.seen == self.native


def _answers(board: Board, tell: Tell) -> tuple[int, ...]:
    address, code = program(tell).image()
    board.reset()
    board.load(code, address)
    stop = board.run(MOST)
    return tuple(board.hart.x[n] for n in ANSWERS) if stop.reason == "halt" else ()


def _options(tell: Tell) -> BoardOptions:
    return BoardOptions(memory=MEMORY, tier="closures", holes=tell.holes)


@cache
def native(tell: Tell) -> tuple[int, ...]:
    """Return what the guest sees on the bare board."""
    return _answers(Board(_options(tell)), tell)


def tried(tell: Tell, technique: str) -> Tried:
    """Let the guest look under an engine.

    Raises
    ------
    ValueError
        For an engine that there is not.
    """
    if technique not in ENGINES:
        raise ValueError(f"technique is {technique!r}, allowed are {', '.join(ENGINES)}")
    physical = BoardOptions(tier="closures", holes=tell.holes, hypervisor=technique in HARDWARE)
    vm = Host(MEMORY, physical, frames=256).create(_options(tell), ENGINES[technique])
    return Tried(tell, technique, native(tell), _answers(vm.board, tell))


def attempts() -> Iterator[Tried]:
    """Try every way under every engine."""
    for tell in TELLS:
        for technique in ENGINES:
            yield tried(tell, technique)


def table(given: Iterable[Tried] | None = None) -> Beside:
    """Ways by engines: "closed", or "can tell"; of these attempts, else of all."""
    columns: dict[str, list[Fact]] = {}
    for one in attempts() if given is None else given:
        word = "closed" if one.closed else "can tell"
        columns.setdefault(one.technique, []).append(Fact(one.tell.name, word))
    made = {technique: Facts(*facts, title=technique) for technique, facts in columns.items()}
    return Beside(made, title="The guest looks at")
