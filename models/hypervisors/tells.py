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
from models.hypervisors.host import HUGE, Host
from models.hypervisors.techniques import ENGINES, HARDWARE
from models.machine.board import Board, BoardOptions, Stop

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
    "an exit takes the reservation away, and no register tells that there was one; the "
    "specification lets an SC fail: a program has to try again, and then finds it there"
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


#: What a guest can see of a neighbour on the same processor, under any engine: that a translation
#: which it has changed and not fenced is gone. The neighbour's turn may have taken it away.
SHARED = frozenset(
    {
        "a translation that it has changed, and not fenced",
        "the same, after code that it had never executed",
    }
)


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


def _load(board: Board, tell: Tell) -> None:
    address, code = program(tell).image()
    board.reset()
    board.load(code, address)


def _answers(board: Board, stop: Stop) -> tuple[int, ...]:
    return tuple(board.hart.x[n] for n in ANSWERS) if stop.reason == "halt" else ()


def _options(tell: Tell) -> BoardOptions:
    return BoardOptions(memory=MEMORY, tier="closures", holes=tell.holes)


@cache
def native(tell: Tell) -> tuple[int, ...]:
    """Return what the guest sees on the bare board."""
    board = Board(_options(tell))
    _load(board, tell)
    return _answers(board, board.run(MOST))


def tried(tell: Tell, technique: str, neighbours: int = 0, quantum: int = MOST) -> Tried:
    """Let the guest look under an engine.

    Parameters
    ----------
    tell, technique
        The way, and one of `ENGINES`.
    neighbours
        Other guests on the same processor, which do the same.
    quantum
        Instructions of a turn.

    Raises
    ------
    ValueError
        For an engine that there is not.
    """
    if technique not in ENGINES:
        raise ValueError(f"technique is {technique!r}, allowed are {', '.join(ENGINES)}")
    physical = BoardOptions(tier="closures", holes=tell.holes, hypervisor=technique in HARDWARE)
    host = Host((1 + neighbours) * HUGE, physical, frames=512)
    guests = [host.create(_options(tell), ENGINES[technique]) for _ in range(1 + neighbours)]
    for vm in guests:
        _load(vm.board, tell)
    stop = host.run(MOST, quantum)[guests[0]]
    return Tried(tell, technique, native(tell), _answers(guests[0].board, stop))


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


def report() -> str:
    """Say what came of every way, and for each that is open, why."""
    lines = [table().text(), ""]
    for (name, technique), why in LIMITS.items():
        lines.append(f"{name}, {technique}: {why}.")
    return "\n".join(lines)
