"""Chapter 7: 'The River', where each instruction ran: 1000 dots, three lanes.

The counts were kept when the engines were counted (`models.hypervisors count`), all of them stand
with the output, and the same script serves the page before anything is pressed and the live widget.
There, 'Run it now' lets the engine itself run, on a small size of the work.
"""

from collections.abc import Mapping
from functools import cached_property
from html import escape
from typing import Any

from models.explorers import assets, static
from models.explorers.embedded import AskingView, Embedded
from models.explorers.figures import numbers
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.hypervisors.side_by_side import Guest, side_by_side
from models.performance.handling import presets
from models.performance.river import ENGINES, WORKLOADS, Flow, River, flow

TITLE = "The River: where did each instruction run?"
PART = 2  # per cent of a workload's size, for a run in the page
#: What each exit is, in words: what the guest did, and what the hypervisor does.
TOLD = {
    "csr": (
        "reads or writes a control register. In the mode that it runs in, it may not: it traps",
        "does it to the guest's own copy of the register and goes on behind it",
    ),
    "trap-return": (
        "returns from a trap, which in this mode traps itself",
        "changes the guest's virtual mode and goes on where the guest's register says",
    ),
    "environment-call": (
        "calls: a program its kernel, or the kernel its firmware",
        "enters the guest's handler, or does what the firmware would do",
    ),
    "hidden-fault": (
        "touches a page that the shadow table does not have yet, though the guest's table has it",
        "copies the entry into the shadow table; the processor then does the instruction after all",
    ),
    "hidden-fault-call": (
        "touches such a page from translated code that calls instead of trapping",
        "copies the entry and does the access as well",
    ),
    "second-stage-fault": (
        "touches a page of its memory for the first time",
        "gives the page; the processor then does the instruction after all",
    ),
    "guest-fault": (
        "touches a page that its own table refuses",
        "enters the guest's own page-fault handler",
    ),
    "table-write": (
        "writes one of its page tables, which are write-protected",
        "does the store and forgets the shadow entries that depend on it",
    ),
    "table-write-call": (
        "writes a page table, from translated code that calls instead of trapping",
        "does the store and forgets the shadow entries that depend on it",
    ),
    "device-call": (
        "touches a device, from translated code that calls instead of trapping",
        "lets the virtual device answer",
    ),
    "code-write": (
        "writes a page that code was made from",
        "does the store and forgets the translation",
    ),
    "device": (
        "touches a register of a device, where its table leads nowhere",
        "lets the virtual device answer",
    ),
    "fence": (
        "empties the TLB, which in this mode traps",
        "drops what the shadow table holds of the address",
    ),
    "wait": ("waits for an interrupt", "lets the time pass until the next one"),
    "exception": (
        "raises an exception of its own",
        "enters the guest's own handler",
    ),
    "timer": (
        "is not even begun: a deadline has come",
        "looks whether it is the guest's, and goes on; the processor does the instruction then",
    ),
    "translation": (
        "comes to code that was never executed before",
        "translates the block; the processor then executes the translation",
    ),
    "interpreted": ("is one like every other", "looks it up and does it, in software"),
}


def _truth() -> Fact:
    return Fact("Handled, of the kernel's 1,000", flow(River()).handled("S"), "of 1,000", 0)


handled = Prediction(
    name="handled",
    question=(
        "A kernel runs as a guest and serves a program that makes one system call after the "
        "other. The hypervisor traps and emulates. Of 1,000 instructions that the guest's kernel "
        "issues, how many does the hypervisor handle?"
    ),
    truth=_truth,
    because=(
        "Only what touches the machine's own state traps: control registers, returns from traps, "
        "page tables, devices. All else runs on the processor as it is."
    ),
    low=0,
    high=1000,
    near=25,
    misconceptions=(
        Misconception(
            1000,
            "Every instruction",
            "that is what the article says. It would be an interpreter: correct, and tens of "
            "times slower.",
            within=100,
        ),
        Misconception(
            500,
            "A kernel is privileged, so half of what it does must be",
            "most of a kernel is additions, loads and jumps, as in any program.",
            within=200,
        ),
        Misconception(
            0,
            "A hypervisor leaves the guest alone",
            "it does so for nine of ten; but each control register that the kernel touches is an "
            "exit.",
            within=5,
        ),
    ),
)


def stored(found: Flow) -> dict[str, Any]:
    """What the page's script has to know of one flow: groups of dots, facts, costs."""
    costs = {}
    for name in presets():
        taken = found.cycles(name)
        if taken is not None:
            each, walks = taken
            costs[name] = {
                "each": [round(cycles) for cycles in each],
                "walks": round(1000 * walks / found.instructions),
                "fact": _row(_priced(found, name)),
            }
    return {
        "groups": [[g.mode, g.way, g.reason] for g in found.groups],
        "dots": list(found.dots),
        "rates": numbers(1000 * g.number / found.instructions for g in found.groups),
        "facts": [_row(fact) for fact in found.facts()],
        "costs": costs,
    }


def _priced(found: Flow, costs: str) -> Fact:
    chosen = River(found.parameters.engine, found.parameters.workload, costs)
    return list(flow(chosen).facts())[-1]


def _row(fact: Fact) -> list[str]:
    return [fact.name, fact.shown(), fact.unit]


class RiverView(AskingView):
    """The live form, which can also let an engine run."""

    _esm = assets.river_module()

    def reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Run the engine that the reader looks at."""
        chosen = River(str(message["engine"]), str(message["workload"]))
        facts = side_by_side(Guest(chosen.engine, chosen.workload, PART)).facts()
        facts.title = f"Run just now, {PART} % of the size: {WORKLOADS[chosen.workload]}"
        return {"facts": facts.html(), "alarm": ""}

    def refuse(self, sentence: str) -> dict[str, Any]:
        """No run, and why."""
        return {"facts": "", "alarm": sentence}


class RiverExplorer(Embedded):
    """The explorer; the last line of a cell shows it."""

    name = "river"
    widget = RiverView

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """Every engine with every workload."""
        return {f"{e}/{w}": flow(River(e, w)) for e in ENGINES for w in WORKLOADS}

    def html(self) -> str:
        """Controls, the picture, its sentence and the facts, with every flow's data."""
        data = {
            "flows": {key: stored(found) for key, found in self.flows.items()},
            "told": {reason: list(words) for reason, words in TOLD.items()},
        }
        names = ("engine", "workload", "shown")
        lists = "".join(static.listed(River.declared(name)) for name in names)
        body = (
            f'<section class="explorer river" data-explorer="{self.name}" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p>'
            f'<div class="explorer-controls">{lists}</div>'
            f'<figure class="river-picture" role="img" aria-label="{escape(TITLE)}">'
            "<canvas></canvas></figure>"
            '<p class="river-told" aria-live="polite"></p>'
            '<div class="explorer-buttons" role="group" aria-label="The river">'
            '<button type="button" data-do="flow" hidden>Let it flow</button>'
            '<button type="button" data-do="step" hidden>One exit</button>'
            '<button type="button" data-do="reset" hidden>Reset</button>'
            '<button type="button" data-do="link" hidden>Copy link to these settings</button>'
            '<button type="button" data-do="run" hidden>Run it now</button></div>'
            '<p class="refusal" role="alert"></p><div class="river-run"></div>'
            f'<div class="facts-place">{self.facts().html()}</div>'
            "<p><small>Precomputed: each engine ran each piece of work once; the dots are its "
            "counts beyond the kernel's start, scaled to 1,000, in an order drawn with seed 1. "
            "<em>Run it now</em>, when the page is live, lets the engine itself run "
            f"{PART} % of the work, the kernel's start before it.</small></p>"
            f"{static.embedded(data)}</section>"
        )
        return static.guarded(body, handled.name)

    def facts(self) -> Facts:
        """The facts of the flow at the defaults."""
        return flow(River()).facts()


river = RiverExplorer()
