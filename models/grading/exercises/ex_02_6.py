"""02-6: which tenants' stories break without two traits, checked by playing them all."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.cloud.traits.ablation import TRAITS
from models.cloud.traits.knock_out import NOTHING, KnockOut, knock_out
from models.cloud.traits.stories import STORIES
from models.grading.choice import mark_choice
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, choice

#: What may be chosen, with what to say to who takes or leaves it wrongly.
OPTIONS = {
    "ledger": "it was ordered eight weeks ahead from the building, and changes nothing.",
    "bill": "it asks whether what is charged is what ran. Who counts, and when is it given back?",
    "crowd": "a program orders much, soon, on a Saturday evening, and over the internet.",
    "repair": "a phone starts a machine again in the middle of a Sunday night.",
    "weekend": "much work begins on Friday at six, at a terminal in the building.",
    "afternoon": "a laptop wants one machine for four hours, and pays for little more.",
}
NAMES = {story.short.lower(): name for name, story in STORIES.items()}
_CHOICES = {trait: trait for trait in TRAITS}


@dataclass(frozen=True)
class Given(Parameters):
    """What is taken away."""

    first: str = choice("pooling", _CHOICES, label="Taken away")
    second: str = choice("metering", _CHOICES, label="Taken away as well")


def draw(rng: np.random.Generator) -> Given:
    """Two other traits, of which each breaks something more, and not the printed pair's stories."""
    printed = _broken(Given().first, Given().second)
    pairs = [
        (first, second)
        for first, second in combinations(TRAITS, 2)
        if _broken(first, second) not in (printed, _broken(first), _broken(second))
    ]
    first, second = pairs[int(rng.integers(0, len(pairs)))]
    return Given(first=first, second=second)


def _broken(first: str, second: str = NOTHING) -> frozenset[str]:
    return frozenset(knock_out(KnockOut(first, second)).broken)


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A provider has neither {given.first} nor {given.second}; the other three traits are as "
        "they should be. For which of the six tenants does it go wrong?\n"
        f"Give a set out of {', '.join(OPTIONS)}. The check plays all six stories."
    )


def _right(given: Given, option: str) -> bool:
    return NAMES[option] in _broken(given.first, given.second)


STUB = """\
task = exercise("02-6")
breaks = TODO  # a set of stories, such as {"ledger", "crowd"}
task.check(breaks)
"""

# Reasoned from what each tenant does, not run; what breaks without one trait breaks without two.
SOLUTION = """\
task = exercise("02-6")
needs = {
    "self-service": {"crowd", "repair", "weekend", "afternoon"},
    "network access": {"crowd", "repair", "afternoon"},
    "pooling": {"crowd", "weekend"},
    "elasticity": {"crowd", "weekend", "afternoon"},
    "metering": {"bill", "afternoon"},
}
breaks = needs[task.given.first] | needs[task.given.second]
task.check(breaks)
"""

EXERCISE = Exercise(
    id="02-6",
    title="Two traits short",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_choice(OPTIONS, _right),
    planted=(
        Planted(
            "constant",
            STUB.replace("breaks = TODO", "breaks = set()"),
            "something is missing",
        ),
        Planted(
            "off by one",  # takes only the first trait away
            SOLUTION.replace(" | needs[task.given.second]", ""),
            "something is missing",
        ),
        Planted(
            "memoriser",
            STUB.replace("breaks = TODO", 'breaks = {"crowd", "weekend", "bill", "afternoon"}'),
            "something is missing",
        ),
    ),
)
