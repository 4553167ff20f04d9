"""02-1: the same load on one server and on a pool."""

from dataclasses import dataclass

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter
from models.performance.queueing.many_servers import waiting


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    servers: int = parameter(10, unit="servers", low=2, high=40, label="Servers in the pool")
    load: float = parameter(0.8, low=0.05, high=0.95, step=0.05, label="Load of each server")
    service: float = parameter(
        50.0, unit="ms", low=5.0, high=500.0, step=5.0, label="Mean service time"
    )


def draw(rng: np.random.Generator) -> Given:
    """Numbers with a wait worth computing."""
    return Given(
        servers=int(rng.integers(3, 21)),
        load=round(0.6 + 0.05 * int(rng.integers(0, 7)), 2),
        service=float(5 * rng.integers(2, 41)),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A service runs on {given.servers} servers, each busy {given.load:.0%} of the time. A "
        f"request takes {given.service:g} ms on average, exponentially distributed, and requests "
        "arrive at random.\n"
        "How many milliseconds does a request wait on average, before its service starts, if each "
        "server has a line of its own (alone), and if all share one line (pooled)?"
    )


def mean_wait(given: Given, servers: int) -> float:
    """The model's answer, in ms."""
    return float(waiting(servers, given.load, given.service).mean)


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    alone, pooled = mean_wait(given, 1), mean_wait(given, given.servers)
    must_wait = float(waiting(given.servers, given.load).waits)
    spare = given.servers * (1 - given.load)
    return (
        f"Alone, M/M/1: load/(1 - load) = {given.load:g}/{1 - given.load:.2g} = "
        f"{alone / given.service:.4g} service times of {given.service:g} ms: {alone:.4g} ms.\n"
        f"Pooled, M/M/{given.servers}: a request has to wait with probability {must_wait:.4g} "
        f"(Erlang C at {given.servers * given.load:g} erlangs).\n"
        f"Who waits, waits 1/(servers x (1 - load)) = 1/{spare:.3g} service times on average.\n"
        f"The product is {pooled / given.service:.4g} service times: {pooled:.4g} ms."
    )


def _one_too_few(given: Given) -> float:
    """The same requests on one server fewer."""
    servers = given.servers - 1
    load = given.load * given.servers / servers
    return float(waiting(servers, load, given.service).mean)


def _slips(servers_of: str) -> tuple[Slip, ...]:
    def wait(given: Given) -> float:
        return mean_wait(given, 1 if servers_of == "one" else given.servers)

    return (
        Slip(lambda g: wait(g) / g.service, "this is in service times; give milliseconds.", "unit"),
        Slip(lambda g: wait(g) / 1000, "this is in seconds; give milliseconds.", "unit"),
        Slip(
            lambda g: wait(g) + g.service,
            "this includes the service itself; count the wait alone.",
        ),
    )


ALONE = Quantity("alone", "ms", lambda g: mean_wait(g, 1), slips=_slips("one"))
POOLED = Quantity(
    "pooled",
    "ms",
    lambda g: mean_wait(g, g.servers),
    slips=(
        *_slips("pool"),
        Slip(_one_too_few, "this is the wait with one server too few."),
        Slip(
            lambda g: mean_wait(g, 1) / g.servers,
            "this divides the single server's wait by the servers; a shared line gains more, "
            "because a free server never stands beside a waiting request.",
        ),
    ),
)

STUB = """\
task = exercise("02-1")
alone = TODO  # ms, a line for each server
pooled = TODO  # ms, one line for all
task.check(alone, pooled)
"""

# Written apart from models.performance: the textbook's recursion, one step a server.
SOLUTION = """\
task = exercise("02-1")
g = task.given
offered = g.servers * g.load
inverse = 1.0  # of the blocking probability, Erlang B
for n in range(1, g.servers + 1):
    inverse = 1 + n / offered * inverse
must_wait = 1 / (g.load + (1 - g.load) * inverse)  # Erlang C
alone = g.service * g.load / (1 - g.load)
pooled = g.service * must_wait / (g.servers * (1 - g.load))
task.check(alone, pooled)
"""

EXERCISE = Exercise(
    id="02-1",
    title="One line or many?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((ALONE, POOLED), steps, Given()),
    planted=(
        Planted(
            "constant",
            STUB.replace("alone = TODO", "alone = 1.0").replace("pooled = TODO", "pooled = 1.0"),
            "alone: 1 ms is too small",
        ),
        Planted(
            "off by one",
            SOLUTION.replace("g.servers * g.load", "g.servers * g.load\ncut = g.servers - 1")
            .replace("g.servers + 1", "cut + 1")
            .replace(
                "must_wait = 1 / (g.load + (1 - g.load) * inverse)",
                "must_wait = 1 / (offered / cut + (1 - offered / cut) * inverse)",
            )
            .replace("(g.servers * (1 - g.load))", "(cut - offered)"),
            "one server too few",
        ),
        Planted(
            "memoriser",
            STUB.replace("alone = TODO", "alone = 200.0").replace(
                "pooled = TODO", "pooled = 10.23"
            ),
            "right for the printed numbers, but not for yours",
        ),
    ),
)
