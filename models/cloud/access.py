"""Broad network access: one interface, reached by clients that have little in common.

A task is some requests in turn over one encrypted connection. What takes time is counted apart:

    connecting    a round trip to connect, one to agree on keys (TLS 1.3)
    round trips   one a request, and more where an answer does not fit the window
    sending       the answer's bits at the client's bandwidth
    lost packets  a timeout where a lost packet leaves silence, a round trip where others follow it

The window is TCP's slow start: ten packets, then twice as many each round trip. It does not shrink
here, and the connection is otherwise idle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.cloud.chance import repeats
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

TRIES = 2_000  # tasks of each client in a run
PACKET = 1_460  # bytes of data in an Ethernet frame
WINDOW = 10  # packets, to begin with (RFC 6928)
FIRST_TIMEOUT = 1.0  # s, before any round trip was measured (RFC 6298)
LEAST_TIMEOUT = 0.2  # s, as Linux has it; RFC 6298 asks for 1 s
PATIENCE = 10.0  # s: who waits longer has given up
STAGES = ("Connecting", "Round trips", "Sending", "Lost packets")


@dataclass(frozen=True)
class Client:
    """Somebody at the other end of a network; orders of magnitude, not a measurement.

    Attributes
    ----------
    name : str
    delay : float
        Milliseconds that its own network adds to a round trip.
    loss : float
        Share of packets lost, each way.
    megabits : float
        A second, towards it.
    cut : float
        Share of requests during which the connection breaks off.
    installs : bool
        Whether a provider's own program can be put on it.
    """

    name: str
    delay: float
    loss: float
    megabits: float
    cut: float
    installs: bool


CLIENTS = (
    Client("phone", 50.0, 0.01, 20.0, 0.02, False),
    Client("laptop", 10.0, 0.002, 100.0, 0.002, True),
    Client("server", 0.5, 1e-5, 10_000.0, 1e-5, True),
    Client("thin terminal", 20.0, 0.001, 10.0, 0.001, False),
)


@dataclass(frozen=True)
class Access(Parameters):
    """A task, the distance to where it is done, and what the provider asks of clients."""

    distance: float = parameter(
        50.0, unit="ms", low=0.0, high=300.0, step=10.0, label="Round trip to the data centre"
    )
    bandwidth: float = parameter(
        1.0, unit="times", low=0.1, high=100.0, step=0.1, scale="log", label="Bandwidth"
    )
    loss: float = parameter(1.0, unit="times", low=0.0, high=10.0, step=0.5, label="Packets lost")
    turns: int = parameter(5, unit="requests", low=1, high=20, label="Requests in turn")
    kilobytes: float = parameter(
        30.0, unit="kB", low=1.0, high=1_000.0, step=1.0, scale="log", label="An answer"
    )
    interface: str = choice(
        "standard",
        {"standard": "HTTPS, which all speak", "own": "The provider's own program"},
        label="Interface",
    )
    token: bool = flag(False, label="A request carries a token of its own")
    seed: int = parameter(1, low=0, high=2**31 - 1, label="Seed")


@dataclass(frozen=True)
class Visit:
    """What one kind of client comes to.

    Attributes
    ----------
    client : Client
    reached : bool
        Whether it can use the interface at all.
    stages : dict
        Name to seconds, shape (tasks,): they add up to a task's time.
    made : ndarray of int, shape (tasks,)
        Machines that exist after asking for one until an answer came; none without the interface.
    """

    client: Client
    reached: bool
    stages: dict[str, Floats]
    made: Counts

    @property
    def seconds(self) -> Floats:
        """Of each task."""
        return np.sum(list(self.stages.values()), axis=0)

    @property
    def served(self) -> float:
        """Share of tasks that end within the patience; none without the interface."""
        return float((self.seconds <= PATIENCE).mean()) if self.reached else 0.0

    def quantile(self, p: float) -> float:
        """Seconds that a share `p` of the tasks does not exceed; infinite without the interface."""
        return float(np.quantile(self.seconds, p)) if self.reached else float("inf")


@dataclass(frozen=True)
class Accessed:
    """All clients with the same task, at the same interface."""

    parameters: Access
    visits: tuple[Visit, ...]

    def facts(self) -> Facts:
        """Half of the tasks take no longer than this."""
        return Facts(
            *(
                Fact(f"{v.client.name.capitalize()}: half done within", v.quantile(0.5), "s", 2)
                if v.reached
                else Fact(f"{v.client.name.capitalize()}: half done within", "never")
                for v in self.visits
            ),
            title="One task, four clients",
        )

    def retries(self) -> Facts:
        """Machines that exist for each thousand wanted; none where nobody can ask for one."""
        return Facts(
            *(
                Fact(v.client.name.capitalize(), 1_000 * float(v.made.mean()), "machines", 1)
                for v in self.visits
            ),
            title="For 1,000 machines asked for there are",
        )


def access(parameters: Access) -> Accessed:
    """Let every client do the task, and ask for a machine until it gets an answer."""
    rng = np.random.default_rng(parameters.seed)
    return Accessed(parameters, tuple(_visit(parameters, client, rng) for client in CLIENTS))


def _visit(p: Access, client: Client, rng: np.random.Generator) -> Visit:
    trip = (p.distance + client.delay) / 1_000
    loss = min(p.loss * client.loss, 0.2)
    flights, packets = flights_of(p.turns, p.kilobytes)
    sending = p.turns * p.kilobytes * 8 / (1_000 * client.megabits * p.bandwidth)
    lost = (
        silence(2, loss, FIRST_TIMEOUT, rng).sum(axis=1)
        + silence(p.turns, loss, max(LEAST_TIMEOUT, 3 * trip), rng).sum(axis=1)
        + trip * resent(packets, loss, rng).sum(axis=1)
    )
    reached = p.interface == "standard" or client.installs
    fixed = dict(zip(STAGES, (2 * trip, flights * trip, sending), strict=False))
    return Visit(
        client,
        reached,
        {name: np.full(TRIES, seconds) for name, seconds in fixed.items()} | {STAGES[-1]: lost},
        # Drawn for all, so that the interface changes nobody else's luck.
        ask(client.cut, p.token, rng) * reached,
    )


def flights_of(turns: int, kilobytes: float) -> tuple[int, Counts]:
    """Round trips that the answers take, and the packets that follow a request's own in each.

    A turn's first packets come with the answer's first round trip; the window doubles with each
    and stays as it is between turns.
    """
    window, flights = WINDOW, []
    for _ in range(turns):
        left = max(1, int(np.ceil(1_000 * kilobytes / PACKET)))
        while left > 0:
            flights.append(min(left, window))
            left, window = left - window, window * 2
    return len(flights), np.array(flights)


def silence(exchanges: int, loss: float, timeout: float, rng: np.random.Generator) -> Floats:
    """Seconds waited for packets sent alone, shape (TRIES, exchanges).

    A packet and its answer both get through with probability (1 - loss)^2. Otherwise nothing
    tells the sender: it sends again after the timeout, then after twice as long, and so on.
    """
    failures = repeats(1 - (1 - loss) ** 2, rng.random((TRIES, exchanges)))
    return timeout * (2.0**failures - 1)


def resent(packets: Counts, loss: float, rng: np.random.Generator) -> Floats:
    """Round trips for lost packets that others follow, shape (TRIES, flights).

    What follows tells the receiver of the gap, so it is filled a round trip later.
    """
    missing = rng.random((TRIES, len(packets))) < 1 - (1 - loss) ** packets
    return missing * (1 + repeats(loss, rng.random((TRIES, len(packets)))))


def ask(cut: float, token: bool, rng: np.random.Generator) -> Counts:
    """Ask for one machine until an answer comes; machines that exist then, shape (TRIES,).

    A connection breaks at any instant of a request alike: in its first half the request has not
    arrived, in its second the machine is made and the answer lost. The client cannot tell which,
    and asks again. A token tells the provider that it has been asked this before.
    """
    made = np.zeros(TRIES, np.int64)
    waiting = np.ones(TRIES, bool)
    while waiting.any():
        broken, arrived = rng.random(TRIES) < cut, rng.random(TRIES) < 0.5
        carried_out = waiting & (~broken | arrived)
        made = np.maximum(made, carried_out) if token else made + carried_out
        waiting &= broken
    return made
