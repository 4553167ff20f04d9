"""What the privileged specification protects, beside what the audit's runs found.

The specification does not list sensitive instructions; it says what must trap in U-mode. The rules
below are its own, read off an instruction word. They decide nothing in the audit.

Source: The RISC-V Instruction Set Manual, volume II (20211203): 2.1 (CSR numbers: bits 9:8 are the
least mode, bits 11:10 are 11 if read-only), 3.1.11 and 4.1.5 (counter enables), 3.3 and 4.2.1
(mret, sret, wfi, sfence.vma).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from models.hypervisors.popek_goldberg import CRITICAL, PRIVILEGED, Audit, Verdict
from models.machine.csr_names import NUMBERS
from models.machine.decode import decode

INSTRUCTIONS = ("sret", "mret", "wfi", "sfence.vma", "ecall", "ebreak", "c.ebreak")
_IDENTITY = ("misa", "mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr")
_AGREED = ("", "", "")
_HEADS = ("About", "Forms", "Specification, and runs", "Because")


@dataclass(frozen=True)
class Difference:
    """Where the two disagree, with the reason; an empty reason is an unexplained finding."""

    subjects: tuple[str, ...]
    forms: int
    specification: str
    runs: str
    because: str

    def row(self) -> tuple[str, ...]:
        """As a line of the table."""
        names = self.subjects
        about = ", ".join(names) if len(names) < 7 else f"{names[0]} to {names[-1]} ({len(names)})"
        said = f"{self.specification}: {self.runs}"
        return about, str(self.forms), said, self.because or "not explained"


@dataclass(frozen=True)
class Agreement:
    """An audit against the specification."""

    audit: Audit
    differences: tuple[Difference, ...]

    @property
    def trapping(self) -> int:
        """Forms that trap in U-mode exactly when the specification says so."""
        audit = self.audit
        return sum(must_trap(v, audit) == ("" not in v.traps["U"]) for v in audit.verdicts)

    @property
    def title(self) -> str:
        """The table's caption."""
        return (
            f"{self.trapping:,} of {len(self.audit.verdicts):,} forms trap in U-mode exactly as "
            "the specification says. Judged otherwise:"
        )

    def text(self) -> str:
        """One line a difference."""
        lines = [" | ".join(_HEADS), *(" | ".join(d.row()) for d in self.differences)]
        return "\n".join([self.title, *(f"  {line}" for line in lines)])

    def html(self) -> str:
        """As a table."""
        head = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
        rows = [[escape(cell) for cell in d.row()] for d in self.differences]
        body = "".join(
            f'<tr><th scope="row">{row[0]}</th><td>{"</td><td>".join(row[1:])}</td></tr>'
            for row in rows
        )
        return (
            f'<table class="facts words"><caption>{self.title}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    __repr__ = text
    _repr_html_ = html


def compare(audit: Audit) -> Agreement:
    """Find every form that the runs judge otherwise than the specification, and say why."""
    found = [(_judge(verdict, audit), verdict) for verdict in audit.verdicts]
    found = [(judged, verdict) for judged, verdict in found if judged != _AGREED]
    found.sort(key=lambda pair: pair[0])  # stable: the order of the table within
    differences = []
    for judged, group in groupby(found, key=lambda pair: pair[0]):
        verdicts = [verdict for _, verdict in group]
        subjects = tuple(dict.fromkeys(verdict.form.subject for verdict in verdicts))
        differences.append(Difference(subjects, len(verdicts), *judged))
    return Agreement(audit, tuple(differences))


def must_trap(verdict: Verdict, audit: Audit) -> bool:
    """Whether the specification makes a form trap in U-mode on a machine with these switches."""
    decoded = decode(verdict.form.word)
    assert decoded is not None  # forms() has decoded it
    if decoded.base.kind != "csr":
        return verdict.form.row in INSTRUCTIONS
    number = decoded.csr
    swaps = decoded.base.name in ("csrrw", "csrrwi")
    if number >> 10 == 3 and (swaps or decoded.rs1 or decoded.imm):
        return True  # a write to a read-only register
    open_counter = verdict.form.subject in ("cycle", "time", "instret") and audit.machine.counters
    return number >> 8 & 3 > 0 or (0xC00 <= number < 0xC20 and not open_counter)


def _judge(verdict: Verdict, audit: Audit) -> tuple[str, str, str]:
    """Say what the specification says, what the runs say, and why they differ; empty if not."""
    said, traps = must_trap(verdict, audit), "" not in verdict.traps["U"]
    harmless = said and verdict.kind == PRIVILEGED and not verdict.sensitive
    if said == traps and not harmless and verdict.kind != CRITICAL:
        return _AGREED
    specification = "must trap in U" if said else "may run in U"
    runs = "traps" if traps else "completes"
    runs += "; nothing sensitive seen" if harmless else ""
    runs += " and is sensitive" if verdict.kind == CRITICAL else ""
    return specification, runs, "; ".join(_reasons(verdict, audit, traps))


def _reasons(verdict: Verdict, audit: Audit, traps: bool) -> Iterator[str]:
    subject = verdict.form.subject
    number = NUMBERS.get(subject, 0)
    if subject in audit.machine.holes:
        yield "a hole of this machine"
    elif not traps and 0xC00 <= number < 0xC20:
        yield "the kernel has opened the counter: its value is the machine's, not the guest's"
    elif traps and subject.startswith(("hpmcounter", "mhpmcounter", "mhpmevent")):
        yield "this board counts no such events: always zero, writes ignored"
    elif traps and subject in _IDENTITY:
        yield "says what the hart is; the same in every world of one board"
