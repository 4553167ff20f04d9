"""02-4: the boot delay from which on elasticity cannot help a burst any more."""

from dataclasses import dataclass

import numpy as np

from models.grading.numeric import Quantity, Slip, mark_numbers
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter


@dataclass(frozen=True)
class Given(Parameters):
    """What the reader is told."""

    servers: int = parameter(10, unit="servers", low=2, high=100, label="Servers before the burst")
    calm: int = parameter(4, unit="requests/s", low=1, high=100, label="Before and after the burst")
    crowd: int = parameter(20, unit="requests/s", low=2, high=500, label="During the burst")
    burst: int = parameter(60, unit="s", low=10, high=600, label="Length of the burst")
    interval: int = parameter(15, unit="s", low=1, high=60, label="The scaler decides every")

    def check(self) -> None:
        """Keep the calm stable and the burst a burst."""
        if not self.calm < self.servers < self.crowd:
            raise ValueError(
                f"servers: {self.servers} servers of one request a second are out of range; "
                f"allowed: between {self.calm} and {self.crowd}, the calm and the burst"
            )


def draw(rng: np.random.Generator) -> Given:
    """A burst that leaves a line behind."""
    servers = int(rng.integers(8, 21))
    return Given(
        servers=servers,
        calm=servers - int(rng.integers(4, 7)),
        crowd=servers + int(rng.integers(4, 13)),
        burst=int(10 * rng.integers(4, 10)),
        interval=int(rng.choice([10, 15, 20, 30])),
    )


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"{given.servers} servers, each of which serves one request a second, meet a burst of "
        f"{given.burst} s. The scaler looks at what has arrived every {given.interval} s; the "
        "burst begins just after a look. At the next one the scaler asks for all it wants.\n"
        "Treat requests as a fluid. From which boot delay on, in seconds, do the new servers find "
        "nobody waiting any more?"
    )


def line(given: Given) -> float:
    """Requests that wait when the burst ends."""
    return (given.crowd - given.servers) * given.burst


def cleared(given: Given) -> float:
    """Seconds from the burst's beginning until the old servers alone have worked off the line."""
    return given.burst + line(given) / (given.servers - given.calm)


def useless_from(given: Given) -> float:
    """The answer: what is asked for at the first look joins when the line is gone."""
    return cleared(given) - given.interval


def steps(given: Given) -> str:
    """Worked with the reader's numbers."""
    g = given
    return (
        f"During the burst the line grows by {g.crowd} - {g.servers} = {g.crowd - g.servers} "
        f"requests a second: after {g.burst} s {line(g):.0f} wait.\n"
        f"Then it shrinks by {g.servers} - {g.calm} = {g.servers - g.calm} a second: for another "
        f"{line(g) / (g.servers - g.calm):.4g} s. It is gone {cleared(g):.4g} s after the burst "
        "began.\n"
        f"The scaler sees the burst after {g.interval} s. A server that takes "
        f"{cleared(g):.4g} - {g.interval} = {useless_from(g):.4g} s or longer comes too late."
    )


BOOT = Quantity(
    "boot delay",
    "s",
    useless_from,
    slips=(
        Slip(lambda g: useless_from(g) / 60, "this is in minutes; give seconds.", "unit"),
        Slip(
            lambda g: g.burst - g.interval,
            "this is when the burst ends, but the line that it leaves outlives it.",
        ),
        Slip(cleared, "the scaler does not see the burst before its first look."),
        Slip(
            lambda g: cleared(g) - 2 * g.interval,
            "this counts one look too many; the first one after the beginning sees the burst.",
        ),
        Slip(
            lambda g: g.burst + line(g) / g.servers - g.interval,
            "after the burst requests still arrive; the old servers work off the line with what "
            "they have left.",
        ),
    ),
)

STUB = """\
task = exercise("02-4")
boot = TODO  # s
task.check(boot)
"""

SOLUTION = """\
task = exercise("02-4")
g = task.given
waiting, seconds = 0, 0
while seconds < g.burst or waiting > 0:  # a second at a time
    waiting += (g.crowd if seconds < g.burst else g.calm) - g.servers
    seconds += 1
gone = seconds + waiting / (g.servers - g.calm)  # the last second was not needed in full
boot = gone - g.interval
task.check(boot)
"""

EXERCISE = Exercise(
    id="02-4",
    title="Too late",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_numbers((BOOT,), steps, Given()),
    planted=(
        Planted("constant", STUB.replace("TODO", "1.0"), "1 s is too small"),
        Planted(
            "off by one",
            SOLUTION.replace("gone - g.interval", "gone - 2 * g.interval"),
            "one look too many",
        ),
        Planted(
            "memoriser",
            STUB.replace("TODO", "145.0"),
            "right for the printed numbers, but not for yours",
        ),
        Planted(
            "the burst's end",
            STUB.replace("TODO", "task.given.burst - task.given.interval"),
            "the line that it leaves outlives it",
        ),
    ),
)
