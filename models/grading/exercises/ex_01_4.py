"""01-4: systems that are distributed and yet no cloud, told in words and checked by the probes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from models.cloud.platform.clock import DAY, HOUR
from models.cloud.platform.design import Design
from models.cloud.traits.probes import probe
from models.grading.choice import mark_choice
from models.grading.feedback import Feedback
from models.grading.task import Attempt, Exercise, Planted
from models.parameters import Parameters, parameter

NAMES = ("Aspen", "Birch", "Cedar", "Dogwood", "Elm")

#: What may be missing: how the system is then made, and how that is told.
GAPS: Mapping[str, tuple[dict[str, str | float], str]] = {
    "whole": ({}, "a web page sells it from a pool that all share, for as long as one likes, and "
                  "charges for each second; within a minute it is there"),
    "desk": ({"desk": "tickets"}, "it comes from a shared pool and is metered by the second, once "
                                  "somebody has read the request, on working days from nine to "
                                  "five"),
    "building": ({"entrance": "site"}, "a program grants it at once from a shared pool and counts "
                                       "each second; requests are typed on the terminals in the "
                                       "provider's building"),
    "silos": ({"hosts": "silos"}, "a web page grants it within a minute and counts each second; "
                                  "every customer has machines of its own, which nobody else may "
                                  "use while they idle"),
    "queue": ({"lead": 6 * HOUR}, "a web page takes the request at any time, a shared pool serves "
                                  "it and counts each second; usually it begins after six hours"),
    "month": ({"lead": 30 * DAY}, "a web page takes the order, and a month later machines join "
                                  "the shared pool for it; each second is then counted"),
    "flat": ({"meter": "none"}, "a web page grants it within a minute from a shared pool; every "
                                "customer pays the same fee, and no use is recorded"),
}  # fmt: skip
WORK = {
    True: "cuts one customer's job into tasks for many machines",
    False: "runs one customer's work undivided, on one machine",
}


@dataclass(frozen=True)
class Given(Parameters):
    """Five systems, by a number from which they follow."""

    number: int = parameter(7, low=1, high=9_999, label="Systems number")

    def systems(self) -> dict[str, tuple[bool, str]]:
        """Name to whether its work is divided, and what is missing."""
        rng = np.random.default_rng((1, self.number))
        kinds = [list(GAPS)[1 + int(n)] for n in np.argsort(rng.random(len(GAPS) - 1))]
        # Both traps are always there: a divided cloud, and an undivided system that is none.
        made = [(True, kinds[0]), (True, "whole"), (False, kinds[1]), (False, "whole")]
        made.append((True, kinds[2]) if rng.random() < 0.7 else (False, kinds[2]))
        order = np.argsort(rng.random(len(NAMES)))
        return {name: made[int(n)] for name, n in zip(NAMES, order, strict=True)}


def draw(rng: np.random.Generator) -> Given:
    """Other systems."""
    return Given(number=int(rng.integers(8, 10_000)))


def prompt(given: Given) -> str:
    """The question."""
    told = "\n".join(
        f"{name} {WORK[divided]}: {GAPS[gap][1]}."
        for name, (divided, gap) in given.systems().items()
    )
    return (
        f"{told}\n"
        "Which of these are distributed, for their customer's work lies on several machines, and "
        f"yet no cloud by the five traits? Give a set of names out of {', '.join(NAMES)}. The "
        "check builds each system and runs the five probes on it."
    )


@cache
def missing(gap: str) -> tuple[str, ...]:
    """The traits that the probes do not find in a system with this gap."""
    changes, _ = GAPS[gap]
    return tuple(f.trait for f in probe(Design(**changes)) if not f.shown)  # type: ignore[arg-type]


def _right(given: Given, name: str) -> bool:
    divided, gap = given.systems()[name]
    return divided and bool(missing(gap))


def _because(divided: bool, gap: str) -> str:
    lacks = " and ".join(missing(gap))
    cloud = f"it lacks {lacks}" if lacks else "it shows all five traits, so it is a cloud"
    return f"it {WORK[divided]}, and {cloud}."


def mark(attempt: Attempt) -> Feedback:
    """Run every option; what to say of each depends on this reader's systems."""
    systems = attempt.given.systems()
    options = {name: _because(*system) for name, system in systems.items()}
    return mark_choice(options, _right)(attempt)


STUB = """\
task = exercise("01-4")
names = TODO  # a set of names, such as {"Birch", "Elm"}
task.check(names)
"""

# Reasoned, not run: whatever has a gap is no cloud.
SOLUTION = """\
task = exercise("01-4")
names = set()
for name, (divided, gap) in task.given.systems().items():
    if divided and gap != "whole":
        names.add(name)
task.check(names)
"""

EXERCISE = Exercise(
    id="01-4",
    title="Distributed, but no cloud",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted("constant", STUB.replace("TODO", "set()"), "something is missing"),
        Planted(
            "off by one",  # takes whatever is distributed
            SOLUTION.replace('divided and gap != "whole"', "divided"),
            "so it is a cloud",
        ),
        Planted(
            "memoriser",
            STUB.replace("TODO", repr(["Aspen", "Elm"])),
            "does not belong",
        ),
        Planted(
            "whatever is no cloud",
            SOLUTION.replace('divided and gap != "whole"', 'gap != "whole"'),
            "on one machine",
        ),
    ),
)
