"""Chapter 2.4: four rules for one fleet."""

from dataclasses import dataclass
from typing import Any

from models.cloud.demand import PATTERNS, Pattern, demand
from models.cloud.elasticity import elasticity
from models.cloud.fluid import fluid
from models.cloud.outcome import Outcome
from models.cloud.scaling import POLICIES, Scaler
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.fleet import draw_fleet
from models.parameters import Parameters, choice, parameter


@dataclass(frozen=True)
class Day(Parameters):
    """A demand of twenty minutes and a policy for it."""

    pattern: str = choice("bursts", PATTERNS, label="Demand")
    policy: str = choice("target", POLICIES, label="Policy")
    boot: float = parameter(
        60.0, unit="s", low=0.1, high=900.0, step=1.0, scale="log", label="Boot delay"
    )
    cooldown: float = parameter(
        120.0, unit="s", low=0.0, high=600.0, step=10.0, label="Cooldown before shrinking"
    )
    maximum: int = parameter(40, unit="servers", low=4, high=60, step=1, label="At most")


def policies(parameters: Day) -> Outcome:
    """Twenty minutes, request by request."""
    return elasticity(*_twenty_minutes(parameters))


def policies_fluid(parameters: Day) -> Outcome:
    """The coarse answer for dragging."""
    scaler, pattern = _twenty_minutes(parameters)
    return fluid([scaler], [pattern])


def _twenty_minutes(p: Day) -> tuple[Scaler, Any]:
    scaler = Scaler(
        policy=p.policy, boot=p.boot, cooldown=p.cooldown, maximum=p.maximum,
        interval=10.0, service=3.0, objective=3.0, minimum=2,
    )  # fmt: skip
    return scaler, demand(Pattern(pattern=p.pattern, rate=1.0, peak=5.0, burst=90.0, seconds=1_200))


def draw_policies(outcome: Outcome) -> Figure:
    """As 'Too late', without a rival."""
    return draw_fleet(outcome, 48)


def describe_policies(outcome: Outcome) -> str:
    """In words what the figure shows."""
    ready = outcome.ready.mean(axis=1)
    return (
        f"The fleet varies between {ready.min():.0f} and {ready.max():.0f} servers and changes "
        f"direction {outcome.turns.mean():.1f} times; {100 * outcome.late.mean():.1f} % of the "
        f"requests wait too long."
    )


policies_explorer = Explorer(
    name="policies",
    title="Four rules for one fleet",
    model=policies,
    draft=policies_fluid,
    parameters=Day,
    picture=draw_policies,
    alt=describe_policies,
    controls=("policy", "pattern"),
    more=("boot", "cooldown", "maximum"),
)
