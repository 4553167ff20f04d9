"""Chapter 6: runs of the example programs as tables: some steps, or what was counted."""

from dataclasses import dataclass, replace
from typing import Any

from models.explorers import look, programs
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.guests.lockstep import Lockstep, lockstep
from models.machine.debugger import OPTIONS, Debugger, build, loaded

HEAD = ("Step", "Mode", "Address", "Instruction", "What changed")
MOST_STEPS = 2_000_000  # every example ends before


@dataclass(frozen=True)
class Trace:
    """Some steps of an example program.

    Attributes
    ----------
    name : str
        Of the program (`NAMES` or `GUESTS` of `models.explorers.programs`).
    first, steps : int
        Number of the first step shown, and how many.
    """

    name: str
    first: int = 1
    steps: int = 16

    @property
    def rows(self) -> list[list[str]]:
        """Number, mode, address, instruction and what it changed, a row a step."""
        return look.trace(loaded_with(self.name), self.first + self.steps - 1)[self.first - 1 :]

    @property
    def caption(self) -> str:
        """Which steps of what."""
        last = self.first + self.steps - 1
        return f"{self.name}.S, steps {self.first} to {last}. {programs.title(self.name)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        rows = self.rows
        plain = "\n".join([self.caption, *("  ".join(row).rstrip() for row in rows)])
        return {"text/html": look.table(self.caption, HEAD, rows), "text/plain": plain}


def loaded_with(name: str) -> Debugger:
    """An example program at its beginning, on the machine that it needs."""
    program = build(programs.source(name), f"{name}.S")
    return Debugger(program, loaded(program, replace(OPTIONS, hypervisor=name in programs.GUESTS)))


def run(name: str) -> Debugger:
    """An example program, run to its end."""
    debugger = loaded_with(name)
    debugger.run(MOST_STEPS)
    return debugger


def counted(name: str) -> Facts:
    """What the machine counted in an example program, from its start to its end."""
    counters = run(name).board.counters
    facts = [
        Fact(f"{family.replace('_', ' ')}: {key}", number)
        for family in counters
        for key, number in sorted(counters[family].items())
    ]
    return Facts(*facts, title=f"Counted in {name}.S")


def compared(name: str, stride: int = 1, most: int = MOST_STEPS, **other: Any) -> Lockstep:
    """Run an example beside a machine built otherwise (fields of `BoardOptions`).

    The first machine reads and executes one instruction at a time.
    """
    program = build(programs.source(name), f"{name}.S")
    one, second = replace(OPTIONS, tier="step"), replace(OPTIONS, **other)
    return lockstep(program, one, second, stride, most)


def after_the_privileged_read() -> str:
    """What `user.S` comes to at its `csrr a1, mstatus`: an option of the prediction.

    From the run alone: did a trap come, did U-mode go on behind it, and was the register read?
    """
    debugger = Debugger(build(programs.source("user")))
    while debugger.text != "csrr a1, mstatus":
        debugger.run(1)
    place, secret = debugger.pc, debugger.board.hart.csrs.mstatus
    debugger.run(1)
    if not debugger.traps:
        return "value" if debugger.board.hart.x[11] == secret else "zero"
    while not debugger.ended and debugger.mode != "U":
        debugger.run(1)
    return "handler" if debugger.pc == place + 4 else "ends"


privileged_read = Prediction(
    name="privileged-read",
    question="A program in U-mode executes csrr a1, mstatus: it reads a register that belongs to "
    "the machine. What happens?",
    truth=after_the_privileged_read,
    because="The attempt itself calls the handler, which sees everything and may answer as it "
    "likes. The program goes on and cannot tell that anybody was there.",
    options={
        "value": "It gets the register's value: reading harms nobody",
        "zero": "It gets zero and goes on",
        "ends": "The program is ended",
        "handler": "A handler of somebody else runs; then the program goes on",
    },
    misconceptions=(
        Misconception(
            "value",
            "Reading is harmless",
            "the value tells in which mode the machine was before. A program that may read it can "
            "find out that it does not own the machine. On RISC-V the attempt traps.",
        ),
        Misconception(
            "zero",
            "Silence",
            "some processors do answer with a wrong value in silence, and those are hard to "
            "virtualize: nobody learns of the attempt. RISC-V traps.",
        ),
        Misconception(
            "ends",
            "A fault is the end",
            "it is what many systems do, but it is their decision: the processor only calls the "
            "handler. This one skips the instruction and returns.",
        ),
    ),
)
