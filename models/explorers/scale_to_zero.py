"""Chapter 4: functions that scale to zero, their bill, and the callers who wait for a start."""

from typing import Any

from models.cloud.service_models.scale_to_zero import (
    Calls,
    Served,
    bill,
    cold_share,
    rented,
    scale_to_zero,
)
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure

RATES = Calls.declared("rate").axis(24)
ENDS = (RATES[0], RATES[-1])  # enough for a line that is straight on these axes
CHEAPEST, DEAREST = 1e-4, 100.0  # of the bill's axis, in rented instances


def draw(served: Served) -> Figure:
    """Two bills over the number of requests; beneath, the share that waits for a start."""
    p = served.parameters
    steps = _steps(p)
    lower: dict[str, Any] = {"yaxis": "y2"}
    return figures.figure(
        [
            figures.reference(ENDS, [bill(p, r) for r in ENDS], "Functions, by the running time",
                              line=_line("solid")),
            figures.reference(steps, [rented(p, r) for r in steps], "Rented instances",
                              line=_line("dash") | {"shape": "hv"}),
            figures.mark(p.rate, served.bill, "yours", textposition="top center"),
            figures.reference(RATES, 100 * cold_share(RATES, p.keep), "Gap longer than kept",
                              showlegend=False) | lower,
            figures.mark(p.rate, 100 * served.cold_share, "simulated") | lower
            | {"textposition": "middle right"},
        ],
        figures.axis("Requests an hour", ENDS, "log", anchor="y2",
                     tickvals=[0.1, 1, 10, 100, 1_000, 10_000],
                     ticktext=["0.1", "1", "10", "100", "1,000", "10,000"]),
        figures.axis("Instances", (CHEAPEST, DEAREST), "log", domain=[0.42, 1],
                     tickvals=[1e-4, 0.01, 1, 100], ticktext=["0.0001", "0.01", "1", "100"]),
        yaxis2=figures.axis("Cold, %", (-6, 106), domain=[0, 0.3], tickvals=[0, 50, 100]),
        margin={"l": 76, "r": 12, "t": 12, "b": 92},
        phone={"margin": {"l": 70, "r": 8, "t": 12, "b": 112}, "height": 420},
    )  # fmt: skip


def _steps(calls: Calls) -> list[float]:
    """Rates at which one more rented instance is needed, and both ends."""
    full = 3600 / calls.run  # requests an hour that one instance can do
    more = [n * full * 1.000001 for n in range(1, int(ENDS[1] / full) + 1)]
    return [ENDS[0], *(rate for rate in more if rate < ENDS[1]), ENDS[1]]


def _line(dash: str) -> dict[str, Any]:
    return {"color": "var(--ink)", "width": 2.5, "dash": dash}


def describe(served: Served) -> str:
    """In words what the figure shows."""
    p = served.parameters
    cheaper = "less" if served.bill < rented(p) else "no less"
    return (
        f"At {p.rate:,.4g} requests an hour the functions cost {cheaper} than rented instances "
        f"({served.bill:.3g} against {rented(p)}); {100 * served.cold_share:.1f} % of the requests "
        f"wait for a start."
    )


functions = Explorer(
    name="scale-to-zero",
    title="Scale to zero: the bill, and who waits",
    model=scale_to_zero,
    parameters=Calls,
    picture=draw,
    alt=describe,
    controls=("rate", "keep"),
    more=("cold", "run", "premium", "seed"),
    presets={
        "A nightly report": {"rate": 0.1},
        "An office at work": {"rate": 60.0},
        "A busy shop": {"rate": 15_000.0},
    },
    preview="rate",
)
