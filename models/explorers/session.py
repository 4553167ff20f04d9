"""What one reader does to one explorer: messages in, replies out. Knows nothing of widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.explorers import failures
from models.explorers.figures import with_ghost
from models.facts import Facts
from models.parameters import Parameter

if TYPE_CHECKING:
    from models.explorers.explorer import Answer, Explorer

MOST_CHANGES = 3  # facts that the sentence names
SEED = re.compile(r"[0-9]{1,15}")  # what a JavaScript number holds exactly


class Session:
    """The settings that a reader has reached, and the last full answer.

    Parameters
    ----------
    explorer : Explorer
        Answers at its defaults at once; what is wrong there is raised here.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.values = explorer.defaults()
        self.seed = explorer.seed
        self.settled: Answer = explorer.probe()
        self.settled_values = dict(self.values)
        self.first = self._reply(self.settled, settled=True)

    def receive(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one message: ``set`` with values or typed text by name, ``preset`` or ``reset``.

        A link's message carries the ``seed`` too, if the explorer has one.

        A value that is not allowed leaves the picture as it was, with the reason beside its
        control; an error of the model becomes a sentence and is recorded in `failures`.
        """
        settled = bool(message.get("settled", True))
        wanted, refusals = self._wanted(message)
        if refusals:
            return self._reply(None, settled, refusals=refusals)
        try:
            parameters = self.explorer.parameters(**wanted)
        except ValueError as rule:  # between fields: told beside each that has just been moved
            moved = {name: str(rule) for name in wanted if wanted[name] != self.values[name]}
            return self._reply(None, settled, refusals=moved)
        seed = self._seed(message)
        try:
            answer = self.explorer.answer(parameters, draft=not settled, seed=seed)
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            alarm = failures.record(error, f"{self.explorer.name} at {wanted}")
            return self._reply(None, settled, alarm=alarm)
        self.values, self.seed = wanted, seed
        reply = self._reply(answer, settled)
        if settled:
            self.settled, self.settled_values = answer, dict(wanted)
        return reply

    def _wanted(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The settings that a message asks for, and what it may not ask for."""
        if "reset" in message:
            return self.explorer.defaults(), {}
        if "preset" in message:
            return self.explorer.defaults() | dict(self.explorer.presets[message["preset"]]), {}
        wanted, refusals = dict(self.values), {}
        for name, value in message["set"].items():
            if name not in wanted:
                continue  # a link of an older edition may name what is gone
            declared = self.explorer.parameters.declared(name)
            try:
                parse = declared.parse if isinstance(value, str) else declared.check
                wanted[name] = parse(value)
            except ValueError as refusal:
                refusals[name] = _readable(refusal, declared)
        return wanted, refusals

    def _seed(self, message: Mapping[str, Any]) -> int | None:
        """The seed to draw from: the explorer's own after a reset, a link's, or the one before."""
        if self.explorer.seed is None or "reset" in message:
            return self.explorer.seed
        wanted = str(message.get("seed", ""))
        return int(wanted) if SEED.fullmatch(wanted) else self.seed

    def _reply(
        self,
        answer: Answer | None,
        settled: bool,
        refusals: Mapping[str, str] | None = None,
        alarm: str = "",
    ) -> dict[str, Any]:
        reply = {
            "values": dict(self.values),
            "seed": self.seed,
            "settled": settled,
            "refusals": dict(refusals or {}),
            "alarm": alarm,
            "changed": "",
        }
        if answer is None:
            return reply
        return reply | {
            "figure": with_ghost(answer.figure, self.settled.figure),
            "facts": answer.facts.html(),
            "alt": answer.alt,
            "changed": self._changed(answer) if settled else "",
        }

    def _changed(self, answer: Answer) -> str:
        moved = [
            f"{p.label} {_said(p, self.settled_values[p.name])} → {_said(p, self.values[p.name])}"
            for p in self.explorer.declarations
            if self.settled_values[p.name] != self.values[p.name]
        ]
        if not moved:
            return ""
        told = differences(self.settled.facts, answer.facts)
        return f"{', '.join(moved)}: {'; '.join(told) or 'no fact changes'}."


def differences(before: Facts, after: Facts) -> list[str]:
    """The first few facts that a reader sees change."""
    old = {fact.name: fact for fact in before}
    changes = [
        f"{fact.name.lower()} {old[fact.name].shown()} → {fact}"
        for fact in after
        if fact.name in old and fact.shown() != old[fact.name].shown()
    ]
    return changes[:MOST_CHANGES]


def _said(declared: Parameter, value: Any) -> str:
    if declared.kind == "choice":
        return declared.choices[value]
    if declared.kind == "flag":
        return "on" if value else "off"
    return f"{value:,.6g}"


def _readable(refusal: ValueError, declared: Parameter) -> str:
    """The refusal with the label that the reader knows in place of the field's name."""
    return str(refusal).replace(f"{declared.name}:", f"{declared.label}:", 1)
