"""The second tier: hot traces as Python functions, written as source and compiled.

A loop that adds an array becomes::

    def code(loads, stores, fuel, r):
        n = fuel[0]
        if n < 4: return 0x80000011          # too little fuel: odd, so the stepper does it
        x10 = r[10]; x11 = r[11]; ...        # registers live in locals
        try:
            for n in range(n, 3, -4):        # n: fuel at the start of each round
                x12 = ram_q[loads[(a := x10) & 0xfffffffffffff007] + a >> 3]
                x10 = x10 + 8                # cannot overflow: it was an address
                x13 = x13 + x12
                if not -0x8000000000000000 <= x13 <= 0x7fffffffffffffff: x13 = ...
                if not x10 != x11:
                    r[10] = x10; ...; fuel[0] = n - 4; return 0x80000020
            r[10] = x10; ...; fuel[0] = n - 4; return 0x80000010
        except KeyError as error: return fault(error, locals(), sites, fuel)

Precise faults cost nothing: each access to memory has a line of its own and looks its page up in a
dict, which raises KeyError; the line number then tells which instruction it was and how many have
been done, and the stepper does that instruction by all the rules. Only decoded integers and our own
templates enter the source, never text from a guest.
"""

from __future__ import annotations

from typing import Any

from models.machine.codecache import CodeCache, CodePage
from models.machine.hart import Hart
from models.machine.semantics import HELPERS, s64
from models.machine.tiers.assumptions import Assumptions
from models.machine.tiers.emit import Environment, assign, condition, view
from models.machine.tiers.ranges import Ranges
from models.machine.tiers.trace import Step, Trace, follow

Sites = dict[int, tuple[int, int]]  # line: (address, instructions done before it)


def live(trace: Trace) -> tuple[list[int], list[int]]:
    """Return the registers to load at the entry, and those that the trace writes."""
    needed: set[int] = set()
    written: set[int] = set()
    for step in trace.steps:
        d = step.decoded
        sources = {d.rs1, d.rs2} if d.base.kind != "fence" else set()
        needed |= sources - written
        written |= {d.rd} - {0} if d.base.kind != "fence" else set()
    if trace.loops:  # an exit in the second round stores what the first wrote
        needed |= written
    return sorted(needed - {0}), sorted(written)


class _Writer:
    """Writes one trace as the source of a function."""

    def __init__(self, trace: Trace, assumptions: Assumptions):
        self.trace, self.assumptions = trace, assumptions
        self.lines: list[str] = []
        self.sites: Sites = {}
        self.views: set[str] = set()
        self.dirty: set[int] = set()
        self.ranges = Ranges()
        self.length = len(trace.steps)
        self.indent = "   " if trace.loops else "  "

    def source(self) -> str:
        """Return the whole function."""
        needed, written = live(self.trace)
        if self.trace.loops:
            self.dirty = set(written)
        self.lines = [
            "",  # the signature: known when the views are
            f" n = fuel[0]\n if n < {self.length}: return {self.trace.start | 1}",
            " " + "; ".join(f"x{n} = r[{n}]" for n in needed) if needed else " pass",
            " pass",  # the guards: known when the assumptions are
            " try:",
        ]
        if self.trace.loops:
            self.lines.append(f"  for n in range(n, {self.length - 1}, {-self.length}):")
        self.lines = "\n".join(self.lines).split("\n")
        before = len(self.lines)
        guard = self.lines.index(" try:") - 1
        for done, step in enumerate(self.trace.steps):
            self._step(step, done)
        if len(self.lines) == before:  # a jump to itself
            self._line("pass")
        last = self.trace.steps[-1]
        if self.trace.loops:  # there is no fuel for another round
            self.indent = "  "
            self._exit(self.length, str(self.trace.start))
        elif last.expected is not None:
            self._exit(self.length, str(self.trace.end))
        self._line(" except KeyError as error: return fault(error, locals(), sites, fuel)", "")
        if guards := " and ".join(self.assumptions.guards):
            self.lines[guard] = f" if not ({guards}): return again(loads, stores, fuel)"
        names = "".join(f", ram_{code}=ram_{code}" for code in sorted(self.views))
        self.lines[0] = f"def code(loads, stores, fuel, r=r{names}):"
        return "\n".join(self.lines)

    def _line(self, text: str, indent: str | None = None) -> None:
        self.lines.append((self.indent if indent is None else indent) + text)

    def _exit(self, done: int, target: str, extra: str = "") -> None:
        stores = "".join(f"r[{n}] = x{n}; " for n in sorted(self.dirty))
        self._line(f"{extra}{stores}fuel[0] = n - {done}; return {target}")

    def _step(self, step: Step, done: int) -> None:
        d, pc = step.decoded, step.pc
        env: Environment = {
            "a": f"x{d.rs1}" if d.rs1 else 0,
            "b": f"x{d.rs2}" if d.rs2 else 0,
            "i": d.imm,
            "pc": pc,
        }
        self.assumptions.help(d, env, pc, self.ranges)
        known = self.ranges.operands(d, pc)
        kind, following = d.base.kind, s64(pc + d.length)
        if kind == "alu" and d.rd:
            for line in assign(f"x{d.rd}", d.base.name, env, known):
                self._line(line)
        elif kind in ("load", "store"):
            self._access(step, done, env)
        elif kind == "branch":
            self._branch(step, done + 1, condition(d.base.name, env, known))
        elif kind in ("jal", "jalr"):
            if kind == "jalr":
                for line in assign("target", d.base.name, env, known):
                    self._line(line)
            if d.rd:
                self._line(f"x{d.rd} = {following}")
        if kind != "fence":
            self.ranges.assign(d, pc)
            self.dirty |= {d.rd} - {0}
        if kind == "jalr":
            if step.expected is None:
                self._exit(done + 1, "target")
            else:
                self._line(f"if target != {step.expected}:")
                self._exit(done + 1, "target", " ")

    def _access(self, step: Step, done: int, env: Environment) -> None:
        d = step.decoded
        code, shift, mask = view(d)
        self.views.add(code)
        address = f"{env['a']} + {d.imm}" if d.imm else f"{env['a']}"
        table = "loads" if d.base.kind == "load" else "stores"
        scaled = f" >> {shift}" if shift else ""
        place = f"ram_{code}[{table}[(a := {address}) & {mask:#x}] + a{scaled}]"
        if d.base.kind == "load":
            self._line(f"x{d.rd} = {place}" if d.rd else place)
        else:
            clip = "" if code == "q" else f" & {(1 << 8 * d.base.width) - 1:#x}"
            self._line(f"{place} = {env['b']}{clip}")
        self.sites[len(self.lines)] = step.pc, done
        self.ranges.reached(d)

    def _branch(self, step: Step, done: int, taken: str) -> None:
        d, pc = step.decoded, step.pc
        target, following = s64(pc + d.imm), s64(pc + d.length)
        if target == following:
            return
        if step.expected == target:
            self._line(f"if not {taken}:")
            self._exit(done, str(following), " ")
        else:
            self._line(f"if {taken}:")
            self._exit(done, str(target), " ")


class PythonSource:
    """Translates hot traces of one hart.

    Parameters
    ----------
    hart, cache
        Whose code, and where it is kept.
    """

    def __init__(self, hart: Hart, cache: CodeCache):
        self.hart, self.cache = hart, cache
        registers = hart.x

        def fault(error: KeyError, names: dict[str, Any], sites: Sites, fuel: list[int]) -> int:
            """Put the registers back, and hand over the instruction that missed."""
            del names["error"]  # its traceback holds this frame, which would hold these names
            for name, value in names.items():
                if name[0] == "x":
                    registers[int(name[1:])] = value
            pc, done = sites[error.__traceback__.tb_lineno]  # type: ignore[union-attr]
            fuel[0] = names["n"] - done
            return pc | 1

        ram = hart.bus.ram
        self._namespace: dict[str, Any] = {f"ram_{c}": view for c, view in ram.views.items()}
        self._namespace |= HELPERS | {"r": hart.x, "fault": fault}

    def translate(self, code_page: CodePage, start: int, assume: bool = True) -> None:
        """Translate the trace from an address, in place of the code that stands there."""

        def again(loads: dict[int, int], stores: dict[int, int], fuel: list[int]) -> int:
            """Run without assumptions: one does not hold."""
            self.translate(code_page, start, assume=False)
            return code_page.functions[start](loads, stores, fuel)

        ram = self.hart.bus.ram
        delta = code_page.frame - ram.base - code_page.page
        trace = follow(ram, delta, start, code_page.taken)
        if not trace.steps:
            return
        writer = _Writer(trace, Assumptions(trace, self.hart.x if assume else None))
        source = writer.source()
        namespace = {**self._namespace, "sites": writer.sites, "again": again}
        exec(compile(source, f"<trace {start:#x}>", "exec"), namespace)
        offset = code_page.frame - code_page.page
        low, high = trace.low + offset, trace.high + offset
        self.cache.add(code_page, start, namespace["code"], low, high)
