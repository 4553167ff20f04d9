"""Chapter 1, 'Is it a cloud?' in small: three systems by both of the article's definitions."""

from dataclasses import dataclass

from models.cloud.definitions import MOST, Examined, Tenancy, examine
from models.cloud.traits.systems import SYSTEMS
from models.explorers import ticks
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.prediction import Misconception, Prediction
from models.parameters import Parameters, choice, parameter

COLUMNS = ("Self-service", "Access", "Pooling", "Elasticity", "Metering", "Distributed")
THREE = {name: SYSTEMS[name].label for name in ("cluster", "grid", "public")}
PHYSICIST, BAKER = Tenancy(system="cluster"), Tenancy(system="public", machines=1)
_WHO = {(True, True): "both", (True, False): "physicist", (False, True): "baker"}


def _truth() -> str:
    """Whose system shows all five traits."""
    return _WHO.get((examine(PHYSICIST).cloud, examine(BAKER).cloud), "neither")


who_uses_a_cloud = Prediction(
    name="who-uses-a-cloud",
    question=(
        "A physicist sends a job to a computing cluster, which cuts it into tasks for hundreds of "
        "machines. A baker rents one virtual machine from a public cloud, by the second; the whole "
        "shop runs on it, and nothing is cut. By the five traits, who of the two uses a cloud?"
    ),
    truth=_truth,
    because=(
        "The baker gets the machine alone, from anywhere, out of a shared pool, within a minute, "
        "and pays for what was used. On how many machines one's own work lies is not asked."
    ),
    options={
        "physicist": "The physicist",
        "baker": "The baker",
        "both": "Both",
        "neither": "Neither",
    },
    misconceptions=(
        Misconception(
            "physicist",
            "Many machines make a cloud",
            "the article's first sentence says so. But the job waits for hours in a queue, and can "
            "only be sent from the cluster's own login machine.",
        ),
        Misconception(
            "both",
            "Other people's computers make a cloud",
            "the baker's do. The cluster lacks two traits: jobs wait for hours in its queue, and "
            "can only be sent from its own login machine.",
        ),
        Misconception(
            "neither",
            "One machine is too few",
            "for distributed computing, yes. A cloud is a way to get machines, be it one.",
        ),
    ),
)


@dataclass(frozen=True)
class Three(Parameters):
    """One of three systems, and how much of it one tenant uses."""

    system: str = choice("cluster", THREE, label="System")
    machines: int = parameter(
        MOST, unit="machines", low=1, high=MOST, label="Machines for the tenant's work"
    )


def examine_one(three: Three) -> Examined:
    """By both definitions."""
    return examine(Tenancy(system=three.system, machines=three.machines))


def draw(examined: Examined) -> Figure:
    """The chosen system, then all three as they are: five traits, and how the work lies."""
    rows = {"<b>Yours</b>": _answers(examined)}
    rows |= {label: _answers(examine(Tenancy(name))) for name, label in THREE.items()}
    return ticks.grid(rows, COLUMNS, "Yes", "No")


def _answers(examined: Examined) -> list[bool]:
    return [*(finding.shown for finding in examined.judged.findings), examined.distributed]


def describe(examined: Examined) -> str:
    """In words what the figure shows."""
    missing = examined.judged.missing
    traits = f"lacks {' and '.join(missing)}" if missing else "shows all five traits"
    return (
        f"{examined.label} {traits}; the tenant's work lies on {_machines(examined)}. It is "
        f"{'' if examined.distributed else 'not '}distributed, and "
        f"{'a cloud' if examined.cloud else 'no cloud'}."
    )


def _machines(examined: Examined) -> str:
    return f"{examined.hosts} machine{'s' if examined.distributed else ''}"


three_systems = Explorer(
    name="three-systems",
    title="Distributed, or a cloud?",
    model=examine_one,
    parameters=Three,
    picture=draw,
    alt=describe,
    controls=("system", "machines"),
    preview="system",
    guard=who_uses_a_cloud.name,
)
