"""The audit of Popek and Goldberg, by running every instruction form instead of consulting a list.

An instruction is *sensitive* if it changes what is not the program's own (control sensitive), or if
the same program gets another result in another world (behaviour sensitive). It is *privileged* if
it always traps in U-mode and completes above, *innocuous* if it is not sensitive, and *critical* if
it is sensitive and completes in U-mode. Theorem 1: without critical instructions, a hypervisor by
trap-and-emulate can be made. Timing is left out: how long an instruction takes is no result.

Source: G. Popek and R. Goldberg, Formal Requirements for Virtualizable Third Generation
Architectures, CACM 17(7), 1974.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from models.facts import Fact, Facts
from models.hypervisors.execution import MEMORY_TRAPS, Bench, Outcome
from models.hypervisors.worlds import WORLDS, Machine, programs
from models.machine.csr_bits import WRITABLE
from models.machine.csr_names import NAMES, NUMBERS
from models.machine.decode import decode, encode
from models.machine.disassembler import disassemble
from models.machine.isa import INSTRUCTIONS, Instruction
from models.machine.traps import Mode

INNOCUOUS, PRIVILEGED, CRITICAL, TRAPS = "innocuous", "privileged", "critical", "always traps"
PLAIN = Machine()
WORST = (CRITICAL, PRIVILEGED, TRAPS, INNOCUOUS)
_RD, _POINTER, _VALUE = 10, 8, 9  # rd, a register that points to memory, one that holds a value
_IMMEDIATE = 16  # aligned for every load and store, and in range of nearly every immediate


@dataclass(frozen=True)
class Form:
    """An instruction as it can be written, with operands that matter.

    Attributes
    ----------
    word
    row
        Its name in the instruction table.
    subject
        What it is about: the CSR, or the instruction itself.
    """

    word: int
    row: str
    subject: str

    @property
    def text(self) -> str:
        """As the disassembler writes it."""
        return disassemble(self.word, 0)


@dataclass(frozen=True)
class Verdict:
    """What the runs say of one form.

    Attributes
    ----------
    form
    kind
        One of `WORST`.
    control
        What it changed that is not the program's, where it completed.
    behaviour
        Two worlds in which the same program got different results; empty if there are none.
    traps
        By mode's name, the exceptions seen; an empty name where it completed.
    """

    form: Form
    kind: str
    control: frozenset[str]
    behaviour: tuple[str, ...]
    traps: dict[str, frozenset[str]]

    @property
    def sensitive(self) -> bool:
        """By either criterion."""
        return bool(self.control or self.behaviour)


@dataclass(frozen=True)
class Audit:
    """Verdicts on a machine, form by form."""

    machine: Machine
    verdicts: tuple[Verdict, ...]

    def kinds(self) -> dict[str, str]:
        """Of each subject the worst kind among its forms."""
        found: dict[str, str] = {}
        for verdict in self.verdicts:
            name = verdict.form.subject
            found[name] = min(found.get(name, INNOCUOUS), verdict.kind, key=WORST.index)
        return found

    @property
    def critical(self) -> tuple[str, ...]:
        """The offenders: what is sensitive and does not trap in U-mode."""
        return tuple(name for name, kind in self.kinds().items() if kind == CRITICAL)

    def facts(self) -> Facts:
        """Forms by kind, and what theorem 1 says."""
        number = {kind: sum(v.kind == kind for v in self.verdicts) for kind in WORST}
        harmless = sum(v.kind == PRIVILEGED and not v.sensitive for v in self.verdicts)
        return Facts(
            Fact("Forms executed", len(self.verdicts)),
            Fact("Runs", len(self.verdicts) * len(WORLDS) * len(programs())),
            Fact("Innocuous", number[INNOCUOUS]),
            Fact("Always trap", number[TRAPS]),
            Fact("Privileged and sensitive", number[PRIVILEGED] - harmless),
            Fact("Privileged, not sensitive", harmless),
            Fact("Critical", number[CRITICAL]),
            Fact("Offenders", ", ".join(self.critical) or "none"),
            Fact("Theorem 1 applies", "no" if self.critical else "yes"),
            title="Popek-Goldberg audit",
        )


def audit(machine: Machine = PLAIN, subjects: Iterable[str] | None = None) -> Audit:
    """Execute every form, or those of some subjects, in every world and classify it.

    Parameters
    ----------
    machine
    subjects
        Names of instructions or CSRs, as `Form.subject` has them.

    Raises
    ------
    ValueError
        For a subject or a hole that the machine does not have.
    """
    tried = forms() if subjects is None else about(subjects)
    return Audit(machine, tuple(map(classify, tried, outcomes(machine, tried))))


def outcomes(machine: Machine, tried: Sequence[Form]) -> list[list[Outcome]]:
    """Of each form, what it did in every world."""
    found: list[list[Outcome]] = [[] for _ in tried]
    for index, outcome in Bench(machine).run([form.word for form in tried]):
        found[index].append(outcome)
    return found


def about(subjects: Iterable[str]) -> tuple[Form, ...]:
    """The forms of some subjects; ValueError for one that the machine does not have."""
    wanted = frozenset(subjects)
    if unknown := wanted - {form.subject for form in forms()}:
        raise ValueError(f"subjects: {min(unknown)!r} is neither an instruction nor a CSR here")
    return tuple(form for form in forms() if form.subject in wanted)


def classify(form: Form, outcomes: list[Outcome]) -> Verdict:
    """Judge one form by what it did; a run that was refused its memory says nothing."""
    outcomes = [o for o in outcomes if o.trap not in MEMORY_TRAPS]
    completed = [o for o in outcomes if not o.trap]
    control = frozenset().union(*(o.changed for o in completed))
    behaviour = _different(completed)
    if not completed:
        kind = TRAPS
    elif all(o.trap for o in outcomes if o.world.mode == Mode.U):
        kind = PRIVILEGED
    else:
        kind = CRITICAL if control or behaviour else INNOCUOUS
    traps = {
        mode.name: frozenset(o.trap for o in outcomes if o.world.mode == mode)
        for mode in (Mode.U, Mode.S, Mode.M)
    }
    return Verdict(form, kind, control, behaviour, traps)


def _different(completed: list[Outcome]) -> tuple[str, ...]:
    """Two worlds in which one program's result differs, U-mode's first."""
    first: dict[int, Outcome] = {}
    for outcome in completed:
        reference = first.setdefault(outcome.program, outcome)
        if outcome.result != reference.result:
            return reference.world.name, outcome.world.name
    return ()


# ---------------------------------------------------------------- forms
@cache
def forms() -> tuple[Form, ...]:
    """Every row of the instruction table; CSR instructions with every CSR, reading and writing.

    The theorems ask of a machine without the H extension; this one has no F and D either.
    """
    rows = [row for row in INSTRUCTIONS if row.extension not in ("H", "F", "D")]
    return tuple(_form(row, operands) for row in rows for operands in _variants(row))


def _variants(row: Instruction) -> list[dict[str, int]]:
    """Operands to try: registers that make it work, and x0 where x0 means something else."""
    if row.kind == "csr":
        source, value = ("uimm", _IMMEDIATE) if "uimm" in row.fields else ("rs1", _VALUE)
        return [
            {"rd": _RD, "csr": NUMBERS[name], source: given}
            for name in WRITABLE
            for given in (value, 0)
        ]
    usual = {name: _usual(row, name) for name in row.fields}
    if row.name == "sfence.vma":
        return [usual | {"rs1": a, "rs2": b} for a in (0, _POINTER) for b in (0, _VALUE)]
    return [usual]


def _usual(row: Instruction, name: str) -> int:
    match name.rstrip("'"):
        case "rd":
            return _RD
        case "rs1":
            return _POINTER
        case "rs2":
            return _VALUE
        case "imm" | "uimm":
            allowed = row.fields[name].range
            return _IMMEDIATE if _IMMEDIATE in allowed else allowed.step
        case _:
            return 0  # aq, rl, pred, succ, fm: order among harts, of which there is one


def _form(row: Instruction, operands: dict[str, int]) -> Form:
    word = encode(row.name, **operands)
    decoded = decode(word)
    if decoded is None:
        raise ValueError(f"{row.name}: {word:#x} does not decode")
    subject = row.name
    if row.kind == "csr":
        subject = NAMES[operands["csr"]]
    return Form(word, row.name, subject)
