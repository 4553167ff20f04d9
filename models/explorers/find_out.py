"""Chapter 7: 'The guest that finds out': two boards with the same bytes, in lock-step.

Every step of both stands with the output, so the same script serves the page before anything is
pressed and the live widget, where the reader writes the three instructions.
"""

import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from html import escape
from typing import Any

from models.explorers import assets, static
from models.explorers.bench import told
from models.explorers.embedded import AskingView, Embedded
from models.explorers.prediction import Misconception, Prediction
from models.facts import Facts
from models.hypervisors.find_out import CSRS, DEFAULT, RULES, Duel, Seen, Setting, find_out
from models.machine.assembler import AssemblyError

TITLE = "The guest that finds out"
HOW = (
    "The kernel's three instructions run on the bare board, and as a guest whose kernel the "
    "hypervisor executes in U-mode; its mode below is the one that it believes to be in. What is "
    "equal so far?"
)
ALWAYS = ("pc", "mode", "a0", "a1", "a2", "sstatus")
MOST_TEXT = 400  # characters of three instructions


def _truth() -> str:
    step = find_out(Setting(holes=True)).steps[0]
    if not step.differs:
        return "answered" if step.exits else "equal"
    return "ends" if step.guest.mode == "M" else "silent"


silent_hole = Prediction(
    name="silent-hole",
    question=(
        "A kernel reads its status register, sstatus. As a guest it runs in U-mode, where it may "
        "not; and on this processor such a read does not trap. What becomes of the guest?"
    ),
    truth=_truth,
    because=(
        "It gets a value, only not its own: that of the machine below. Nobody is called, nothing "
        "is reported."
    ),
    options={
        "ends": "It is ended: the instruction is not allowed",
        "answered": "The hypervisor answers, as always",
        "equal": "Nothing: reading harms nobody",
        "silent": "It goes on, with a wrong value",
    },
    misconceptions=(
        Misconception(
            "ends", "An error", "an error would be a trap, and the hypervisor would be called."
        ),
        Misconception(
            "answered", "The hypervisor answers", "it has to be asked, and only a trap asks it."
        ),
        Misconception(
            "equal",
            "Reading harms nobody",
            "the guest decides by what it has read, and it has read somebody else's register.",
        ),
    ),
)


def stored(duel: Duel) -> dict[str, Any]:
    """What the page's script has to know of both runs."""
    states = [duel.start, *(s for step in duel.steps for s in (step.native, step.guest))]
    names = shown(states)
    return {
        "names": names,
        "start": _values(duel.start, names),
        "steps": [
            {
                "pc": f"{step.pc:#x}",
                "text": step.text,
                "native": _values(step.native, names),
                "guest": _values(step.guest, names),
                "differs": list(step.differs),
                "exits": list(step.exits),
            }
            for step in duel.steps
        ],
        "facts": duel.facts().html(),
    }


def shown(states: Iterable[Seen]) -> list[str]:
    """Names of the cells: some always, and whatever is not everywhere the same."""
    named = [state.named() for state in states]
    moving = {name for name in named[0] if len({one[name] for one in named}) > 1}
    others = [name for name in named[0] if name in moving and name not in ALWAYS]
    registers = [name for name in others if name not in CSRS]
    return [*ALWAYS[:-1], *registers, ALWAYS[-1], *(n for n in others if n in CSRS)]


def _values(state: Seen, names: list[str]) -> list[str]:
    named = state.named()
    return [state.mode if name == "mode" else f"{named[name]:#x}" for name in names]


class FindOutView(AskingView):
    """The live form, in which Python runs what the reader writes."""

    _esm = assets.find_out_module()

    def reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Both runs of what the reader wrote, or what is wrong with it."""
        try:
            text = str(message["lines"])
            if len(text) > MOST_TEXT:
                raise ValueError(f"{len(text)} characters; allowed: up to {MOST_TEXT}")
            setting = Setting(bool(message["holes"]), str(message["rule"]))
            return {"duel": stored(find_out(setting, text.splitlines())), "refusal": ""}
        except AssemblyError as error:
            return self.refuse(told(error)["text"].partition(": ")[2])
        except ValueError as error:
            return self.refuse(str(error))

    def refuse(self, sentence: str) -> dict[str, Any]:
        """No run, and why."""
        return {"duel": None, "refusal": sentence}


class FindOut(Embedded):
    """The explorer; the last line of a cell shows it."""

    name = "find-out"
    widget = FindOutView

    @cached_property
    def duels(self) -> dict[str, Duel]:
        """Of the printed three instructions; the live page asks for what it needs."""
        live = sys.platform == "emscripten"
        settings = [Setting()] if live else [Setting(h, r) for h in (False, True) for r in RULES]
        return {_key(setting): find_out(setting) for setting in settings}

    def html(self) -> str:
        """Controls, both boards and the facts, with the runs' data."""
        data = {key: stored(duel) for key, duel in self.duels.items()}
        rules = "".join(
            f'<option value="{name}">{escape(label)}</option>' for name, label in RULES.items()
        )
        lines = "\n".join(DEFAULT)
        body = (
            f'<section class="explorer duel" data-explorer="{self.name}" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p><p>{HOW}</p>'
            '<div class="explorer-controls"><div class="control flag"><label>'
            '<input type="checkbox" data-duel="holes"> <span>The processor has holes</span>'
            '</label></div><div class="control"><label>Replace before it is executed '
            f'<select data-duel="rule">{rules}</select></label></div></div>'
            '<label class="duel-program">Three instructions of the guest\'s kernel'
            f'<textarea rows="3" spellcheck="false" autocapitalize="off" readonly>{escape(lines)}'
            "</textarea></label>"
            '<p class="refusal" role="alert"></p>'
            '<div class="explorer-buttons" role="group" aria-label="Both boards">'
            '<button type="button" data-do="step" hidden>Step ▶</button>'
            '<button type="button" data-do="run" hidden>Run</button>'
            '<button type="button" data-do="back" hidden>To the beginning</button>'
            '<button type="button" data-do="reset" hidden>Reset</button>'
            '<button type="button" data-do="link" hidden>Copy link to these settings</button></div>'
            '<p class="duel-lamp"></p><p class="duel-told" aria-live="polite"></p>'
            '<div class="duel-boards"></div>'
            f'<div class="facts-place">{self.facts().html()}</div>'
            "<p><small>Both run in this book's machine. Before the page is live, the program is "
            "the printed one.</small></p>"
            f"{static.embedded(data)}</section>"
        )
        return static.guarded(body, silent_hole.name)

    def facts(self) -> Facts:
        """The facts of the printed program at the defaults."""
        return self.duels[_key(Setting())].facts()


def _key(setting: Setting) -> str:
    return f"{'holes' if setting.holes else 'plain'}/{setting.rule}"


find_out_explorer = FindOut()
