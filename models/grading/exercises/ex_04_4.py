"""04-4: which layers one service model takes out of the consumer's hands, compared with another."""

from dataclasses import dataclass

import numpy as np

from models.cloud.service_models.attempts import attempt
from models.cloud.service_models.offers import MODELS
from models.grading.choice import mark_choice
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, choice

TITLES = {model.name: model.title for model in MODELS.values()}
OPTIONS = {
    "network": "wires and switches are the consumer's only where the hardware is.",
    "hardware": "the servers are the consumer's only where they were bought.",
    "hypervisor": "who rents a virtual machine gets what the hypervisor makes, not it.",
    "kernel": "a virtual machine boots its own kernel; a container runs on one that is there.",
    "image": "the system's files are the consumer's as long as an image is handed over.",
    "runtime": "who hands over source code leaves the language to the provider, and may choose a "
    "version from a list, and that is a knob.",
    "process": "on a PaaS the consumer says how many processes run, and they stay; a function's "
    "come with an event and go when the provider thinks fit.",
    "code": "the code is the consumer's as long as any is handed over.",
    "data": "entries and settings are the consumer's everywhere.",
}
ORDER = tuple(MODELS)


@dataclass(frozen=True)
class Given(Parameters):
    """The two models."""

    before: str = choice("PaaS", TITLES, label="From")
    after: str = choice("FaaS", TITLES, label="To")


def draw(rng: np.random.Generator) -> Given:
    """A step of two models, which takes more than one layer away."""
    first = int(rng.integers(0, 3))
    return Given(before=ORDER[first], after=ORDER[first + 2])


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A team moves its application from {TITLES[given.before]} to {TITLES[given.after]}. Which "
        "layers could it replace before, and no longer can?\n"
        f"Give a set out of {', '.join(OPTIONS)}. The check tries every layer on both."
    )


def _right(given: Given, layer: str) -> bool:
    before, after = (attempt(m, layer, "replace") for m in (given.before, given.after))
    return before.allowed and not after.allowed


STUB = """\
task = exercise("04-4")
given_up = TODO  # a set such as {"network", "data"}
task.check(given_up)
"""

# Reasoned: what each model leaves to the provider that the one before did not.
SOLUTION = """\
task = exercise("04-4")
order = ["own", "IaaS", "CaaS", "PaaS", "FaaS", "SaaS"]
steps = [
    {"network", "hardware", "hypervisor"}, {"kernel"}, {"image", "runtime"}, {"process"}, {"code"},
]
first, last = order.index(task.given.before), order.index(task.given.after)
given_up = set().union(*steps[first:last])
task.check(given_up)
"""

EXERCISE = Exercise(
    id="04-4",
    title="What is given up?",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_choice(OPTIONS, _right),
    planted=(
        Planted("constant", STUB.replace("TODO", '{"data"}'), "data does not belong"),
        Planted(
            "off by one",
            SOLUTION.replace("steps[first:last]", "steps[first : last + 1]"),
            "does not belong",
        ),
        Planted("memoriser", STUB.replace("TODO", '{"process"}'), "belong"),
    ),
)
