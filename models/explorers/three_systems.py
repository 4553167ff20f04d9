"""Chapter 1, 'Is it a cloud?' in small: three systems by both of the article's definitions."""

from dataclasses import dataclass

from models.cloud.definitions import MOST, Examined, Tenancy, examine
from models.cloud.traits.systems import SYSTEMS
from models.explorers import figures, ticks
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.parameters import Parameters, choice, parameter

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
    """A row a trait, with what its probe measured; beneath them, where the work lies."""
    findings = examined.judged.findings
    rows = {finding.label: (finding.shown, finding.told) for finding in findings}
    lies = f"the work lies on {_machines(examined)}"
    places = [-row for row in range(len(rows))] + [-len(rows) - 0.6]
    answers = [*rows.values(), (examined.distributed, lies)]
    return figures.figure(
        [
            *(
                ticks.marks(
                    [(0, y) for y, (yes, _) in zip(places, answers, strict=True) if yes is wanted],
                    name,
                    symbol,
                )
                for wanted, name, symbol in (
                    (True, "Yes", "circle"), (False, "No", "x-thin-open")
                )
            ),
            _words(places, [told for _, told in answers]),
        ],
        figures.axis("", (-0.1, 2), visible=False),
        figures.axis(
            "", (places[-1] - 0.6, 0.6), tickvals=places, ticktext=[*rows, "Distributed"],
            ticks="", showgrid=False, showline=False, zeroline=False,
        ),
        height=300,
        margin={"l": 120, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        phone={"margin": {"l": 108, "r": 4, "t": 8, "b": 8}, "height": 300},
    )  # fmt: skip


def _words(places: list[float], texts: list[str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [0.08] * len(places),
        "y": places,
        "text": texts,
        "textposition": "middle right",
        "textfont": {"size": 13, "color": var("ink")},
        "hoverinfo": "skip",
    }


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
