"""Chapter 2.4: the reader draws the fleet that 'Too late' scales, and is scored against it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import traitlets

from models.cloud.outcome import HOUR, Outcome
from models.cloud.too_late import TooLate, by_hand, too_late
from models.explorers import assets, failures
from models.explorers.view import Widget
from models.facts import Beside, Fact, Facts

MOST = 40  # servers: the height of the drawing
MINUTES = 15
TITLE = "Draw the fleet yourself"
HOW = (
    "The grey area is the work that arrives, in servers. Drag across the bars, or step from bar "
    "to bar with Tab and move each with the arrow keys: so many servers are there in each minute."
)


class DrawnView(Widget):
    """The live drawing; `result` is a table of facts as HTML, the policy's until a fleet ran."""

    _esm = assets.by_hand_module()
    spec = traitlets.Dict().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)

    def __init__(self, drawing: "Drawing") -> None:
        super().__init__(spec=drawing.spec(), result=_facts(drawing.policy).html())
        self.drawing = drawing
        self.on_msg(self.receive)

    def receive(self, _: Any, message: Mapping[str, Any], buffers: Any = None) -> None:
        """A fleet from the page."""
        try:
            self.result = self.drawing.score(message["line"]).html()
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            self.result = f'<p class="refusal">{failures.record(error, "by hand")}</p>'


class Drawing:
    """A fleet by hand against the policy, on the same requests.

    Parameters
    ----------
    parameters : TooLate
        The crowd and the policy.
    """

    def __init__(self, parameters: TooLate) -> None:
        self.parameters = parameters

    @cached_property
    def policy(self) -> Outcome:
        """What the reader is scored against."""
        return too_late(self.parameters).elastic

    def spec(self) -> dict[str, Any]:
        """What the page draws: demand, and the fleet that the run begins with in every minute."""
        begin = int(self.policy.ready[0, 0])
        return {
            "title": TITLE,
            "how": HOW,
            "most": MOST,
            "line": [begin] * MINUTES,
            "demand": [round(float(x), 1) for x in self.policy.offered.mean(axis=1)],
        }

    def score(self, line: Sequence[int]) -> Beside:
        """The reader's fleet and the policy's side by side."""
        mine = by_hand(self.parameters, line)
        return Beside({"by hand": _facts(mine), "by policy": _facts(self.policy)}, TITLE)

    @cached_property
    def view(self) -> DrawnView:
        """The live drawing."""
        return DrawnView(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        peak = self.policy.offered.mean(axis=1).max()
        still = (
            f"The policy answers a burst of {self.parameters.burst:g} s that takes up to "
            f"{peak:.0f} servers. Run live to draw your own fleet against it."
        )
        facts = _facts(self.policy)
        html = (
            f'<section class="explorer" data-explorer="by-hand" aria-label="{TITLE}">'
            f'<p class="explorer-title">{TITLE}</p><p>{still}</p>{facts.html()}</section>'
        )
        return {**self.view.mime(), "text/html": html, "text/plain": facts.text()}


def _facts(outcome: Outcome) -> Facts:
    return Facts(
        Fact("Waited too long", 100 * float(outcome.late.mean()), "%", 1),
        Fact("99th percentile of the wait", outcome.quantile(0.99), "s", 1),
        Fact("Idle", float(outcome.idle.mean()) / HOUR, "server-hours", 2),
        Fact("Bill by the second", float(outcome.bill.mean()), "$", 3),
        title="The policy's fleet",
    )
