"""04-2: who must act on a flaw, by service model."""

from dataclasses import dataclass

import numpy as np

from models.cloud.service_models.attempts import who_acts
from models.grading.choice import mark_choice
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, choice

WHERE = {
    "image": "libc, the C library among the files that every program loads",
    "kernel": "the kernel of the operating system",
    "runtime": "the interpreter of the language",
    "process": "the program that starts the application's processes and restarts them",
    "hypervisor": "the hypervisor",
}
OPTIONS = {
    "own": "with your own hardware nobody else is there to act.",
    "IaaS": "all that lies on the disk image that you handed over is yours, and only that.",
    "CaaS": "the files in a container's image are yours; the kernel beneath them is not.",
    "PaaS": "the provider looks after the system and the language, but what is mended gets "
    "into a build, and you are the one who builds.",
    "FaaS": "you handed over a function; all that runs it is the provider's.",
    "SaaS": "you handed over entries and settings; the application is the provider's too.",
}


@dataclass(frozen=True)
class Given(Parameters):
    """Where the flaw is."""

    layer: str = choice("image", WHERE, label="Layer of the flaw")


def draw(rng: np.random.Generator) -> Given:
    """Another layer."""
    return Given(layer=list(WHERE)[int(rng.integers(1, len(WHERE)))])


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A flaw is found in {WHERE[given.layer]}, and a fixed version is published. On which "
        "service models does the consumer have to do something before the flaw is closed in what "
        "runs? A deployment counts as doing something.\n"
        f"Give a set out of {', '.join(OPTIONS)}. The check lets each side try, and attacks again."
    )


def _right(given: Given, model: str) -> bool:
    return who_acts(model, given.layer) != "the provider"


STUB = """\
task = exercise("04-2")
consumer_acts = TODO  # a set such as {"own", "SaaS"}
task.check(consumer_acts)
"""

# Reasoned: each model hands one layer or more to the provider, and a built-in runtime waits.
SOLUTION = """\
task = exercise("04-2")
acts = {
    "hypervisor": {"own"},
    "kernel": {"own", "IaaS"},
    "image": {"own", "IaaS", "CaaS"},
    "runtime": {"own", "IaaS", "CaaS", "PaaS"},
    "process": {"own", "IaaS", "CaaS", "PaaS"},
}
consumer_acts = acts[task.given.layer]
task.check(consumer_acts)
"""

EXERCISE = Exercise(
    id="04-2",
    title="Who patches?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_choice(OPTIONS, _right),
    planted=(
        Planted("constant", STUB.replace("TODO", "set()"), "something is missing"),
        Planted(
            "off by one",
            SOLUTION.replace("acts[task.given.layer]", 'acts[task.given.layer] | {"FaaS", "PaaS"}'),
            "does not belong",
        ),
        Planted(
            "memoriser",
            SOLUTION.replace("acts[task.given.layer]", 'acts["image"]'),
            "belong",
        ),
    ),
)
