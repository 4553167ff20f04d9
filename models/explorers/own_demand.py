"""Chapter 2.4: the reader's own CSV, read where it lies, through the same models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import traitlets

from models.cloud.demand import Demand
from models.cloud.elasticity import Progress, draw, simulate
from models.cloud.fluid import fluid
from models.cloud.outcome import Outcome
from models.cloud.scaling import POLICIES, Scaler
from models.cloud.traces import Reading, TraceError, read
from models.explorers import assets, failures
from models.explorers.fleet import draw_fleet
from models.explorers.view import Widget, _bundle, control
from models.facts import Fact, Facts
from models.parameters import choice, parameter

MOST_BYTES = 64_000_000  # more than MOST_ROWS rows can fill
POINTS = 600  # intervals drawn; longer runs are averaged
TITLE = "Your own demand"
HOW = (
    "A CSV with the header timestamp,value and one row an interval. The file is read in this "
    "browser and does not leave it."
)


@dataclass(frozen=True)
class Own(Reading):
    """How to read the file, and the scaler that meets it."""

    policy: str = choice("target", POLICIES, label="Policy")
    boot: float = parameter(
        60.0, unit="s", low=0.1, high=3_600.0, step=1.0, scale="log", label="Boot delay"
    )


def run(own: Own, data: bytes, progress: Progress | None = None) -> tuple[Demand, Outcome]:
    """The file's demand, and what elasticity comes to on it, request by request."""
    demand = read(data, own)
    scaler = scaler_for(own, demand)
    return demand, simulate([scaler], draw([scaler], [demand], 1), progress)


def scaler_for(own: Own, demand: Demand) -> Scaler:
    """Decisions as often as the file has values, at most every ten minutes."""
    interval = min(max(demand.width, 10.0), 600.0)
    return Scaler(
        policy=own.policy,
        boot=own.boot,
        interval=interval,
        service=own.service,
        objective=min(own.service, 600.0),
        maximum=500,
        minimum=1,
        cooldown=300.0,
        replications=1,
    )


def facts(demand: Demand, outcome: Outcome, coarse: bool) -> Facts:
    """The outcome's facts under what they are of, with the conservation of requests."""
    title = "Coarse: as a fluid, without chance" if coarse else outcome.title
    return Facts(
        *outcome.facts(),
        Fact("Served", int(outcome.served[0]), "requests"),
        Fact("Waiting at the end", int(outcome.waiting[0]), "requests"),
        Fact("In service at the end", int(outcome.in_service[0]), "requests"),
        title=" ".join([f"{title}.", *demand.notes]),
    )


def averaged(outcome: Outcome) -> Outcome:
    """At most POINTS intervals, each the mean of some: what a picture can show."""
    group = -(-len(outcome.offered) // POINTS)
    length = len(outcome.offered) // group * group

    def mean(values: Any) -> Any:
        return values[:length].reshape(-1, group, values.shape[1]).mean(axis=1)

    return replace(
        outcome,
        interval=outcome.interval * group,
        offered=mean(outcome.offered),
        ready=mean(outcome.ready),
        arrived_in=outcome.arrived_in // group,
    )


class OwnView(Widget):
    """The live file field; `answer` carries a refusal, or a picture with its facts.

    Another model asks for other settings (`asks`) and overrides `_run`.
    """

    _esm = assets.own_demand_module()
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    asks: type[Reading] = Own
    heading = TITLE

    def __init__(self) -> None:
        controls = [control(p) for p in self.asks.declarations().values()]
        spec = {"title": self.heading, "how": HOW, "controls": controls, "bytes": MOST_BYTES}
        super().__init__(spec=spec, answer={})
        self.on_msg(self.receive)

    def receive(self, _: Any, message: Mapping[str, Any], buffers: Any = None) -> None:
        """A file from the page, or its wish for Plotly."""
        if message.get("plotly"):
            self.send({"plotly": _bundle()})
            return
        if not buffers:
            self.answer = {
                "refusal": f"the file has {message['size']:,} bytes; "
                f"allowed: up to {MOST_BYTES:,} (a part, or longer intervals)"
            }
            return
        own, refusals = _parsed(self.asks, message["values"])
        if own is None:
            self.answer = {"refusals": refusals}
            return
        try:
            self._run(own, bytes(buffers[0]))
        except TraceError as error:
            self.answer = {"refusal": str(error)}
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            self.answer = {"refusal": failures.record(error, "own demand")}

    def _run(self, own: Any, data: bytes) -> None:
        """The coarse answer at once, then the exact one with its progress."""
        demand = read(data, own)
        scaler = scaler_for(own, demand)
        coarse = _answer(demand, fluid([scaler], [demand]), coarse=True)
        self.answer = coarse | {"status": "Request by request: 0 %"}

        def progress(done: float) -> None:
            self.answer = {"status": f"Request by request: {100 * done:.0f} %"}

        exact = simulate([scaler], draw([scaler], [demand], 1), progress)
        self.answer = _answer(demand, exact, coarse=False)


def _parsed(
    asks: type[Reading], values: Mapping[str, Any]
) -> tuple[Reading | None, dict[str, str]]:
    wanted, refusals = {}, {}
    for name, value in values.items():
        declared = asks.declared(name)
        try:
            wanted[name] = declared.parse(value) if isinstance(value, str) else value
            declared.check(wanted[name])
        except ValueError as error:
            refusals[name] = str(error)
    return (None if refusals else asks(**wanted)), refusals


def _answer(demand: Demand, outcome: Outcome, coarse: bool) -> dict[str, Any]:
    shown = averaged(outcome)
    top = 1.1 * float(max(shown.ready.max(), shown.offered.max()))
    return {
        "figure": draw_fleet(shown, top),
        "facts": facts(demand, outcome, coarse).html(),
        "alt": f"{outcome.arrived[0]:,} requests in {outcome.seconds / 86_400:.1f} days; the "
        f"fleet varies between {shown.ready.min():.0f} and {shown.ready.max():.0f} servers.",
        "status": "",
    }


class OwnDemand:
    """The file field as the last line of a cell shows it."""

    name = "own-demand"
    live: type[OwnView] = OwnView

    @cached_property
    def view(self) -> OwnView:
        """The live field."""
        return self.live()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        heading = self.live.heading
        html = (
            f'<section class="explorer" data-explorer="{self.name}" aria-label="{heading}">'
            f'<p class="explorer-title">{heading}</p><p>Run live to choose a file. {HOW}</p>'
            f"</section>"
        )
        return {**self.view.mime(), "text/html": html, "text/plain": f"{heading}. {HOW}"}
