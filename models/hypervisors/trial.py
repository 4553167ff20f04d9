"""One subject of the audit, looked at closely: an instruction or a CSR, on one machine."""

from __future__ import annotations

from dataclasses import dataclass

from models.facts import Fact, Facts
from models.hypervisors.execution import Outcome
from models.hypervisors.popek_goldberg import (
    WORST,
    Form,
    Machine,
    Verdict,
    about,
    classify,
    forms,
    outcomes,
)
from models.parameters import Parameters, choice

#: The machines of chapter 6: label and switches.
MACHINES = {
    "plain": ("Plain", Machine()),
    "counters": ("Counters open to U-mode", Machine(counters=True)),
    "tw": ("TW set: WFI traps in S-mode too", Machine(tw=True)),
    "wfi": ("WFI completes in U-mode", Machine(holes=("wfi",))),
    "holes": ("Holes", Machine(holes=("sstatus", "sret", "sfence.vma", "mhartid"))),
}


def _subjects() -> dict[str, str]:
    """What a reader can choose: no compressed twins, and of numbered CSRs the first."""
    found: dict[str, str] = {}
    families = set()
    for form in forms():
        kind = "CSR" if form.row.startswith("csr") else "instruction"
        family = form.subject.rstrip("0123456789") if kind == "CSR" else form.subject
        if not form.row.startswith("c.") and (family not in families or form.subject in found):
            found[form.subject] = f"{form.subject} ({kind})"
            families.add(family)
    return {name: found[name] for name in sorted(found)}


@dataclass(frozen=True)
class Question(Parameters):
    """What is tried, and on which machine."""

    subject: str = choice("sstatus", _subjects(), label="Instruction or CSR")
    machine: str = choice(
        "plain", {k: label for k, (label, _) in MACHINES.items()}, label="Machine"
    )


@dataclass(frozen=True)
class Trial:
    """What one form did in every world.

    Attributes
    ----------
    question
    form
        Of the subject's forms one that was judged worst.
    verdict
    outcomes
        World by world, both programs.
    """

    question: Question
    form: Form
    verdict: Verdict
    outcomes: list[Outcome]

    @property
    def because(self) -> str:
        """Why the form is sensitive, or that it is not."""
        verdict = self.verdict
        reasons = []
        if verdict.control:
            reasons.append("changes " + ", ".join(sorted(verdict.control)))
        if verdict.behaviour:
            reasons.append("its result differs between worlds")
        return " and ".join(reasons) or "no"

    @property
    def trapping(self) -> str:
        """The modes in which it always traps."""
        modes = [mode for mode, traps in self.verdict.traps.items() if "" not in traps]
        return ", ".join(modes) or "no mode"

    def facts(self) -> Facts:
        """Form, where it traps, why it is sensitive, and the verdict."""
        return Facts(
            Fact("Tried", self.form.text),
            Fact("Always traps in", self.trapping),
            Fact("Sensitive", self.because),
            Fact("Verdict", self.verdict.kind),
            title=f"{self.question.subject}, {len(about([self.question.subject]))} forms run",
        )


def trial(question: Question) -> Trial:
    """Run every form of the subject and keep the worst."""
    machine = MACHINES[question.machine][1]
    tried = about([question.subject])
    found = [(form, runs, classify(form, runs)) for form, runs in zip(
        tried, outcomes(machine, tried), strict=True
    )]  # fmt: skip
    # Of equals, the first that is sensitive by both criteria shows most.
    form, runs, verdict = min(
        found,
        key=lambda one: (WORST.index(one[2].kind), not one[2].control, not one[2].behaviour),
    )
    return Trial(question, form, verdict, runs)
