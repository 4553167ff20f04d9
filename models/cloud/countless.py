"""The article's 'countless small programs': what they cost, and whether a cloud needs them."""

from dataclasses import dataclass

import numpy as np

from models.cloud.definitions import Examined, Tenancy, examine
from models.cloud.scatter_gather import Job, scatter_gather
from models.cloud.traits.systems import SYSTEMS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter
from models.performance.queueing.erlang import Floats

POINTS = 41


@dataclass(frozen=True)
class Countless(Parameters):
    """An hour of work, cut ever more finely; and a tenant whose work is not cut at all."""

    overhead: float = parameter(1.0, unit="s", low=0.0, high=60.0, label="To hand out one task")
    most: int = parameter(
        100_000, unit="tasks", low=10, high=100_000, scale="log", label="Cut into at most"
    )
    system: str = choice(
        "public",
        {key: system.label for key, system in SYSTEMS.items()},
        label="The tenant's system",
    )


@dataclass(frozen=True)
class Cost:
    """What came out.

    Attributes
    ----------
    parameters : Countless
    tasks : ndarray of int, shape (points,)
    makespans : ndarray, shape (points,)
        Seconds, with a machine for each task.
    undivided : Examined
        The tenant whose work runs on one machine.
    """

    parameters: Countless
    tasks: np.ndarray
    makespans: Floats
    undivided: Examined

    @property
    def best(self) -> int:
        """Where in the makespans the least one is."""
        return int(np.argmin(self.makespans))

    @property
    def keeps_falling(self) -> bool:
        """Whether each finer cut ends sooner."""
        return bool((np.diff(self.makespans) < 0).all())

    def facts(self) -> Facts:
        """The best cut, the finest one, and the tenant."""
        return Facts(
            Fact("Best cut", int(self.tasks[self.best]), "tasks"),
            Fact("It takes", float(self.makespans[self.best]), "s", 1),
            Fact("Finest cut", int(self.tasks[-1]), "tasks"),
            Fact("It takes then", float(self.makespans[-1]), "s", 1),
            Fact("Traits met with one undivided task", self.undivided.judged.shown, "of 5"),
            title="Countless small programs",
        )


def countless(parameters: Countless) -> Cost:
    """Time ever finer cuts, and examine the undivided tenant's system."""
    p = parameters
    tasks = np.unique(np.rint(np.geomspace(1, p.most, POINTS)).astype(int))
    jobs = (Job(tasks=int(n), machines=int(n), overhead=p.overhead) for n in tasks)
    return Cost(
        parameters=p,
        tasks=tasks,
        makespans=np.array([scatter_gather(job).makespan[0] for job in jobs]),
        undivided=examine(Tenancy(system=p.system, machines=1)),
    )
