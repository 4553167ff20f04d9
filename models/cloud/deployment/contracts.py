"""Which contract for which server: how much of the time it is busy decides.

A contract costs so much for each hour in which a server is held, and so much more for each hour in
which it is used. Over the busy share that is a straight line; each server belongs to the lowest:

    $/h |       / on demand: nothing for holding, much for using
        |     _/____ reserved
        |   _/______ own
        | _/
        |/________________ busy share
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.cloud.deployment.burst import PEAK
from models.cloud.deployment.load import SHAPES, Floats, Workload, load
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter


@dataclass(frozen=True)
class Contract:
    """A way to get a server; dollars an hour."""

    name: str
    held: float
    used: float

    def cost(self, busy: Floats) -> Floats:
        """Of a server that is busy for these shares of the time."""
        return self.held + self.used * busy


@dataclass(frozen=True)
class Offers(Parameters):
    """What is on offer, and the demand."""

    own: float = parameter(
        0.35, unit="$/h", low=0.05, high=2.0, step=0.05, label="Own server, held"
    )
    power: float = parameter(
        0.05, unit="$/h", low=0.0, high=0.5, step=0.01, label="Own server, power when used"
    )
    discount: float = parameter(
        40.0, unit="%", low=0.0, high=80.0, step=5.0, label="Discount for reserving"
    )
    demand: float = parameter(
        1.0, unit="$/h", low=0.1, high=10.0, step=0.1, scale="log", label="On demand, used"
    )
    spot: float = parameter(
        70.0, unit="%", low=0.0, high=95.0, step=5.0, label="Discount of spot servers"
    )
    lost: float = parameter(
        20.0, unit="%", low=0.0, high=90.0, step=5.0, label="Spot work lost and done again"
    )
    interruptible: bool = flag(False, label="The work may be interrupted")
    shape: str = choice("office", SHAPES, label="Demand")

    def contracts(self) -> tuple[Contract, ...]:
        """The offers as contracts; spot only for work that may be interrupted."""
        always = (
            Contract("own", self.own, self.power),
            Contract("reserved", self.demand * (1 - self.discount / 100), 0.0),
            Contract("on demand", 0.0, self.demand),
        )
        if not self.interruptible:
            return always
        # Of each hour's work a share is lost with its server and takes another hour, and so on.
        repeated = 1 / (1 - self.lost / 100)
        return (*always, Contract("spot", 0.0, self.demand * (1 - self.spot / 100) * repeated))


@dataclass(frozen=True)
class Mix:
    """The contract of each server.

    Attributes
    ----------
    parameters : Offers
    contracts : tuple of Contract
    usage : ndarray, shape (servers,)
        Busy share of each server, falling.
    chosen : ndarray of int, shape (servers,)
        Index of its cheapest contract.
    """

    parameters: Offers
    contracts: tuple[Contract, ...]
    usage: Floats
    chosen: NDArray[np.intp]

    @property
    def cost(self) -> float:
        """Dollars an hour of all servers, each under its contract."""
        return sum(
            float(c.cost(self.usage[self.chosen == i]).sum()) for i, c in enumerate(self.contracts)
        )

    def alone(self, name: str) -> float:
        """Dollars an hour with all servers under one contract."""
        (contract,) = (c for c in self.contracts if c.name == name)
        return float(contract.cost(self.usage).sum())

    def count(self, name: str) -> int:
        """Servers under a contract; none where it is not on offer."""
        names = [c.name for c in self.contracts]
        return int((self.chosen == names.index(name)).sum()) if name in names else 0

    def facts(self) -> Facts:
        """How many servers under each contract, and what that saves."""
        single = {contract.name: self.alone(contract.name) for contract in self.contracts}
        best = min(single, key=lambda name: single[name])
        return Facts(
            Fact("Own", self.count("own"), "servers"),
            Fact("Reserved", self.count("reserved"), "servers"),
            Fact("On demand", self.count("on demand"), "servers"),
            Fact("Spot", self.count("spot"), "servers"),
            Fact("Cost, each by its contract", self.cost, "$/h", 1),
            Fact("Cost, all by the best single one", single[best], "$/h", 1),
            Fact("which is", best),
            title="A contract for each server",
        )


def mix(parameters: Offers) -> Mix:
    """The cheapest contract of each server, for the demand of two weeks."""
    demand = load(Workload(shape=parameters.shape, peak=PEAK))
    return mix_of(demand.usage(PEAK), parameters)


def mix_of(usage: Floats, parameters: Offers) -> Mix:
    """The same for servers of any busy shares; of equals the first contract."""
    contracts = parameters.contracts()
    chosen = np.argmin([c.cost(usage) for c in contracts], axis=0)
    return Mix(parameters, contracts, usage, chosen)
