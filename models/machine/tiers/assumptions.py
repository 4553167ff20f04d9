"""What a loop takes for granted once it is entered, so that its rounds need not check it.

A register that a loop does not write, or only adds constants to, keeps its size: a slice has at
most 2**30 instructions, and each adds at most 2**11. If it is modest at the entry, sums with it do
not overflow; and if it is not negative, an unsigned comparison with it needs no conversions. What
may be assumed is read off the hart when the loop is translated. Guards at the entry check it each
time; where one fails, the loop is translated again without. (A tenth faster on the program of
benchmarks/machine_compute.py, in CPython and in Pyodide.)
"""

from __future__ import annotations

from collections.abc import Sequence

from models.machine.decode import Decoded
from models.machine.tiers.emit import Environment, assign, condition
from models.machine.tiers.ranges import Interval, Ranges
from models.machine.tiers.trace import Trace

MODEST = 1 << 60  # at the entry
STEADY = 1 << 61  # from then on: more than MODEST + 2**(30 + 11)


class Assumptions:
    """Those of one trace, made as its instructions are written.

    Parameters
    ----------
    trace
        If it is no loop, nothing is assumed.
    registers
        Their present values; None: assume nothing.

    Attributes
    ----------
    guards
        Conditions that have to hold at the entry.
    """

    def __init__(self, trace: Trace, registers: Sequence[int] | None):
        self.guards: list[str] = []
        self._possible: dict[int, tuple[int, Interval]] = {}  # least value at the entry; later
        if registers is None or not trace.loops:
            return
        steps = [step.decoded for step in trace.steps]
        written = {d.rd for d in steps}
        changed = {d.rd for d in steps if d.base.name != "addi" or d.rd != d.rs1}
        for n in set(range(1, 32)) - changed:
            least = 0 if n not in written and registers[n] >= 0 else -MODEST
            if least <= registers[n] <= MODEST:
                self._possible[n] = least, (0 if least == 0 else -STEADY, STEADY)

    def help(self, d: Decoded, env: Environment, pc: int, ranges: Ranges) -> None:
        """Assume what makes an instruction's text another, and note it in `ranges`."""
        here = [n for n in sorted({d.rs1, d.rs2}) if n in self._possible]
        if here and (d.base.kind == "branch" or (d.base.kind == "alu" and d.rd)):
            assumed = ranges.copy()
            for n in here:
                assumed.narrow(n, self._possible[n][1])
            if _text(d, env, pc, assumed) != _text(d, env, pc, ranges):
                for n in here:
                    least, later = self._possible.pop(n)
                    ranges.narrow(n, later)
                    self.guards.append(f"{least} <= x{n} <= {MODEST}")
        self._possible.pop(d.rd, None)


def _text(d: Decoded, env: Environment, pc: int, ranges: Ranges) -> list[str]:
    known = ranges.operands(d, pc)
    if d.base.kind == "branch":
        return [condition(d.base.name, env, known)]
    return assign("value", d.base.name, env, known)
