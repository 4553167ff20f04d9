"""Chapter 8: the exit budget. Exits a second, cycles of one, clock: the share of a core."""

from dataclasses import dataclass

import numpy as np

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact, Facts
from models.performance.costs import ExitBudget, Overhead, budget
from models.performance.generations import counted
from models.performance.loss import ERAS, REQUESTS_A_ROUND, loss

SHARES = (0.01, 0.1, 1.0)
EXITS = (100.0, 1e7)
CYCLES = (100.0, 1e5)


def _a_sector() -> Fact:
    run, rounds = counted("disk by registers", "second")
    return Fact("Exits", sum(run.exits.values()) / rounds / REQUESTS_A_ROUND, "exits")


exits_of_a_sector = Prediction(
    name="exits-of-a-sector",
    question=(
        "A guest has nested paging, and a disk as disks were forty years ago: the driver names a "
        "sector and then fetches or writes its 512 bytes by loads and stores. The disk is "
        "software. How often does the guest leave for its hypervisor for one sector?"
    ),
    truth=_a_sector,
    because=(
        "Each load from a register of the device is an exit: 128 words of four bytes, the command, "
        "the status, the interrupt. Nested paging has removed another class."
    ),
    low=0,
    high=5_000,
    near=8,
    misconceptions=(
        Misconception(
            1,
            "One request, one exit",
            "the guest's driver knows nothing of requests to a hypervisor. It talks to a device, "
            "register by register.",
            within=2,
        ),
        Misconception(
            0,
            "Hardware assistance has removed them",
            "it removed exits for page tables and for the kernel's registers. A device that does "
            "not exist must still be played by somebody.",
        ),
        Misconception(
            512,
            "One for each byte",
            "the right way to count, but the data register is four bytes wide: one for each four.",
            within=20,
        ),
    ),
)


@dataclass(frozen=True)
class Budgeted:
    """A point of the map.

    Attributes
    ----------
    parameters : ExitBudget
    overhead : Overhead
    """

    parameters: ExitBudget
    overhead: Overhead

    def facts(self) -> Facts:
        """Share with its band, slow-down, and the rate that a tenth of the core allows."""
        p = self.parameters
        tenth = 0.1 * p.gigahertz * 1e9 / p.cycles
        return Facts(*self.overhead.facts(), Fact("A tenth of the core allows", tenth, "exits/s"))


def spend(parameters: ExitBudget) -> Budgeted:
    """Price the rate."""
    return Budgeted(parameters, budget(parameters))


def _line(share: float, gigahertz: float) -> Trace:
    """Where exits times cycles are one share of the core."""
    exits = np.geomspace(*EXITS, 30)
    cycles = share * gigahertz * 1e9 / exits
    shown = (cycles > CYCLES[0]) & (cycles < CYCLES[1])
    dash = {0.01: "dot", 0.1: "dash", 1.0: "solid"}[share]
    line = {"color": "var(--muted)", "width": 2, "dash": dash}
    name = f"{share:.0%} of a core"
    return figures.reference(exits[shown], cycles[shown], name, line=line)


def draw(result: Budgeted) -> Figure:
    """Lines of equal share over rate and cost, the three eras, and the reader's point."""
    p = result.parameters
    clipped = min(max(p.exits, EXITS[0]), EXITS[1]), min(max(p.cycles, CYCLES[0]), CYCLES[1])
    here = figures.mark(*clipped, "yours", textposition="top right")
    ticks = {"tickvals": [100, 1e3, 1e4, 1e5, 1e6, 1e7]}
    return figures.figure(
        [*(_line(share, p.gigahertz) for share in SHARES), _eras(), here],
        figures.axis(
            "Exits a second", EXITS, "log", **ticks,
            ticktext=["100", "1,000", "10,000", "100,000", "10⁶", "10⁷"],
        ),
        figures.axis(
            "Cycles of one exit", CYCLES, "log", tickvals=[100, 1e3, 1e4, 1e5],
            ticktext=["100", "1,000", "10⁴", "10⁵"],
        ),
        phone={
            "height": 420, "margin": {"l": 58, "r": 8, "t": 10, "b": 130},
            "xaxis": {"ticktext": ["100", "10³", "10⁴", "10⁵", "10⁶", "10⁷"]},
            "yaxis": {"ticktext": ["100", "10³", "10⁴", "10⁵"]},
        },
    )  # fmt: skip


def _eras() -> Trace:
    """The three guests of the ledger, at their mean cost of an exit."""
    points = [_era(name) for name in ERAS]
    return figures.run(
        [p["exits"] for p in points],
        [p["cycles"] for p in points],
        "Three guests, counted",
        mode="markers",
        marker={"symbol": "square-open", "size": 11, "color": "var(--ink)", "line": {"width": 2}},
    ) | {"meta": ""}


def _era(name: str) -> dict[str, int]:
    """A counted guest as settings: its rate, and the mean of what one exit costs it."""
    lost = loss(ERAS[name])
    cycles = lost.mid * ERAS[name].gigahertz * 1e9 / lost.exits
    return {"exits": round(lost.exits), "cycles": 10 * round(cycles / 10)}


def describe(result: Budgeted) -> str:
    """In words what the figure shows."""
    p, o = result.parameters, result.overhead
    return (
        f"{p.exits:,} exits a second at {p.cycles:,} cycles on {p.gigahertz:g} GHz take "
        f"{100 * o.share:.3g} % of the core, band {100 * o.low:.3g} to {100 * o.high:.3g} %. Lines "
        "of equal share fall from the upper left to the lower right."
    )


budget_explorer = Explorer(
    name="exit-budget",
    title="The exit budget",
    model=spend,
    parameters=ExitBudget,
    picture=draw,
    alt=describe,
    controls=("exits", "cycles", "gigahertz"),
    presets={
        "2006: shadow paging, disk by registers": _era("shadow paging, emulated I/O"),
        "2020: computing": _era("nested paging, compute"),
        "2020: virtio disk": _era("nested paging, paravirtual I/O"),
    },
    preview="exits",
    guard=exits_of_a_sector.name,
)
