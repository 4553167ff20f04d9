"""Virtual machines from 1967 to 2009, each time as a run: which machine, which engine, what came.

::

    1967  CP-40                 every sensitive instruction traps: trap-and-emulate
    1985  80386                 some do not trap: trap-and-emulate fails, and the guest can tell
    1999  VMware Workstation    the same processor, the kernel translated first
    2005  VT-x                  a mode for the guest's kernel, shadow page tables as before
    2009  nested paging         a second stage of translation (in every new server by then)

The processor is this book's throughout, with holes where x86 had them; the guest is the teaching
kernel, the same bytes in each year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.events import TITLES
from models.facts import Beside, Fact, Facts
from models.hypervisors.side_by_side import Guest, SideBySide, side_by_side
from models.parameters import Parameters, choice, parameter


@dataclass(frozen=True)
class Era:
    """What a year had.

    Attributes
    ----------
    year : int
    name : str
    technique : str
    holes : bool
        Whether sensitive instructions pass in silence on its processor.
    """

    year: int
    name: str
    technique: str
    holes: bool

    @property
    def heading(self) -> str:
        """Year and name."""
        return f"{self.year} {self.name}"


ERAS = (
    Era(1967, "CP-40", "trap-and-emulate", False),
    Era(1985, "80386", "trap-and-emulate", True),
    Era(1999, "VMware Workstation", "binary-translation", True),
    Era(2005, "VT-x", "hardware-assisted-shadow", True),
    Era(2009, "nested paging", "hardware-assisted", True),
)


@dataclass(frozen=True)
class Work(Parameters):
    """What the guest does in each year."""

    workload: str = choice(
        "hello",
        {
            "hello": "The kernel's start",
            "syscall": "System calls",
            "mapping": "Memory mapping",
            "fork": "Processes",
        },
        label="Workload",
    )
    part: int = parameter(10, unit="%", low=1, high=100, label="Of the workload's own size")


@dataclass(frozen=True)
class Moment:
    """One year's run.

    Attributes
    ----------
    era : Era
    run : SideBySide
    """

    era: Era
    run: SideBySide

    @property
    def instructions(self) -> int:
        """The guest's instructions on the bare board."""
        native = self.run.native
        return native.total("retired") - native["retired"].get("firmware", 0)

    @property
    def verdict(self) -> str:
        """In words, how the guest fared."""
        if self.run.equal:
            return "as on a board of its own"
        return "dies of it" if self.run.stops[1].reason == "halt" else "goes astray, never ends"

    @property
    def said(self) -> str:
        """The last line on its console."""
        return (self.run.consoles[1].split("\n")[:-1] or [""])[-1]

    def facts(self) -> Facts:
        """How the guest fared, and what it took."""
        return Facts(
            Fact("Engine", TITLES[self.era.technique]),
            Fact("Processor", "has holes" if self.era.holes else "traps all"),
            Fact("The guest", self.verdict),
            Fact("It says at last", self.said),
            Fact("What differs", ", ".join(self.run.differs[:3]) or "nothing"),
            Fact("Exits per 1000 instructions", self._exits(), "", 1),
            Fact("Done by the processor", 100 * self.run.direct, "%", 1),
            title=self.era.heading,
        )

    def _exits(self) -> float | str:
        if not self.run.equal:
            return "-"  # of what it should have done: nothing
        return 1000 * self.run.guest.total("exits") / self.instructions


@dataclass(frozen=True)
class Timeline:
    """All years.

    Attributes
    ----------
    work : Work
    moments : tuple of Moment
    """

    work: Work
    moments: tuple[Moment, ...]

    def beside(self) -> Beside:
        """The years as columns."""
        return Beside({m.era.heading: m.facts() for m in self.moments}, title="1967 to 2009")


def timeline(work: Work, eras: Iterable[Era] = ERAS) -> Timeline:
    """Run the same guest in each year."""
    made = []
    for era in eras:
        guest = Guest(
            technique=era.technique, workload=work.workload, part=work.part, holes=era.holes
        )
        made.append(Moment(era, side_by_side(guest)))
    return Timeline(work, tuple(made))
