"""03-2: label eight scenarios; NIST's rules are asked about each."""

from dataclasses import dataclass

import numpy as np

from models.cloud.deployment.labels import (
    COMMUNITY,
    HYBRID,
    PRIVATE,
    PUBLIC,
    Cloud,
    label_of_two,
    labels,
)
from models.grading.feedback import Feedback, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.parameters import Parameters, parameter

NONE = "none"
ANSWERS = (PRIVATE, COMMUNITY, PUBLIC, HYBRID, NONE)
HOWMANY = 8


@dataclass(frozen=True)
class Scenario:
    """A situation in words, and the cloud or the two clouds that it is.

    Attributes
    ----------
    words, because : str
        What the reader is told, and what decides.
    first : Cloud
    second : Cloud or None
    link : str
        Between the two.
    """

    words: str
    because: str
    first: Cloud
    second: Cloud | None = None
    link: str = "bound"

    @property
    def label(self) -> str:
        """By the rules; "none" where none fires or two clouds merely stand side by side."""
        if self.second:
            found = label_of_two(self.first, self.second, self.link)
        else:
            found = labels(self.first)
        return found[0] if found else NONE


OWN = Cloud(users="one", owner="user", operator="user", place="user")
HOSTED = Cloud(users="one")
OPEN = Cloud(users="anyone")
SHARED = Cloud(users="community")
SCENARIOS = (
    Scenario("A bank runs a cloud for its departments in its own cellar.",
             "one organization alone uses it.", OWN),
    Scenario("A provider runs machines in its own building for one ministry and nobody else.",
             "one organization alone uses it; owner and place do not matter.", HOSTED),
    Scenario("A provider's staff run a rack that stands in a factory and serves the factory alone.",
             "one organization alone uses it, whoever runs it.",
             Cloud(users="one", place="user")),
    Scenario("A very large cloud of many thousand servers serves one carmaker's plants alone.",
             "size is no part of any rule; one organization alone uses it.",
             Cloud(users="one", owner="user", operator="user")),
    Scenario("Anyone with a credit card can rent servers in a large provider's halls.",
             "anyone may use it, at the provider's.", OPEN),
    Scenario("A university offers servers free of charge to anyone, from its own small room.",
             "anyone may use it, at the provider's; rent and size are no part of the rule.",
             Cloud(users="anyone", size="small", rented=False)),
    Scenario("A provider with twenty servers rents them out to whoever comes.",
             "anyone may use it; size is no part of the rule.",
             Cloud(users="anyone", size="small")),
    Scenario("Hospitals, insurers and a registry with the same duties of secrecy share a cloud.",
             "organizations with shared concerns, and nobody else, use it.", SHARED),
    Scenario("A provider builds a cloud for public authorities that are bound by one security "
             "rule.",
             "organizations with shared concerns use it, whoever built it.", SHARED),
    Scenario("Four firms of one industry, with nothing in common but their trade, share a hall.",
             "several organizations use it, but share no concern: no rule fires.",
             Cloud(users="industry")),
    Scenario("A cloud for everybody runs on idle computers in its users' homes.",
             "anyone may use it, but it stands with its users: no rule fires.",
             Cloud(users="anyone", owner="user", place="user", rented=False)),
    Scenario("A shop's own cloud starts the same images in a public cloud when it overflows, and "
             "keeps the data in step.",
             "two clouds, and data and applications move between them.", OWN, OPEN),
    Scenario("A firm has a private cloud for its ledger and rents public servers for its website; "
             "nothing passes from one to the other.",
             "two clouds side by side: what runs in one cannot run in the other.",
             OWN, OPEN, "apart"),
    Scenario("An authority moves its applications freely between its community cloud and a hosted "
             "private one.",
             "two clouds, bound by what lets applications move.", SHARED, HOSTED),
)  # fmt: skip


@dataclass(frozen=True)
class Given(Parameters):
    """Eight scenarios, by a number from which they follow."""

    number: int = parameter(3, low=1, high=9_999, label="Sheet number")

    def scenarios(self) -> dict[str, Scenario]:
        """Letter to scenario: one of each label first, shuffled, and no more than eight."""
        rng = np.random.default_rng((3, self.number))
        order = [int(n) for n in np.argsort(rng.random(len(SCENARIOS)))]
        firsts = {SCENARIOS[n].label: n for n in reversed(order)}
        chosen = list(firsts.values())
        chosen += [n for n in order if n not in chosen][: HOWMANY - len(chosen)]
        shuffled = [chosen[int(n)] for n in np.argsort(rng.random(HOWMANY))]
        return {letter: SCENARIOS[n] for letter, n in zip("ABCDEFGH", shuffled, strict=True)}


def draw(rng: np.random.Generator) -> Given:
    """Another sheet."""
    return Given(number=int(rng.integers(4, 10_000)))


def prompt(given: Given) -> str:
    """The question."""
    lines = (f"{letter}. {s.words}" for letter, s in given.scenarios().items())
    return "\n".join(
        [
            "Which deployment model is each of these, by NIST's rules? Give a dictionary of "
            f"letters to labels: {', '.join(ANSWERS)}.",
            *lines,
        ]
    )


def mark(attempt: Attempt) -> Feedback:
    """Ask the rules about each scenario; speak to the first that is wrong."""
    given = attempt.given.scenarios()
    answer = attempt.answers[0]
    if not isinstance(answer, dict):
        return not_yet("form", 'Give a dictionary, such as {"A": "private", "B": "none"}.')
    for letter in given:
        if answer.get(letter) not in ANSWERS:
            return not_yet(
                "form",
                f"{letter}: {answer.get(letter)!r} is no label; allowed: {', '.join(ANSWERS)}.",
            )
    wrong = [letter for letter, scenario in given.items() if answer[letter] != scenario.label]
    if not wrong:
        return passed(f"The rules say the same of all {HOWMANY}.")
    first = wrong[0]
    found = not_yet("misconception", f"{len(wrong)} of {HOWMANY} differ from the rules.")
    if attempt.tries:
        found = not_yet(
            "misconception", *found.lines, f"{first} is not {answer[first]}: {given[first].because}"
        )
    return found


STUB = """\
task = exercise("03-2")
answer = TODO  # such as {"A": "private", "B": "none", ...}
task.check(answer)
"""

# Reasoned from the attributes, not by the rules' code.
SOLUTION = """\
task = exercise("03-2")
one = {"one": "private", "community": "community", "industry": "none"}
answer = {}
for letter, s in task.given.scenarios().items():
    if s.second:
        answer[letter] = "hybrid" if s.link == "bound" else "none"
    elif s.first.users == "anyone":
        answer[letter] = "public" if s.first.place == "provider" else "none"
    else:
        answer[letter] = one[s.first.users]
task.check(answer)
"""

EXERCISE = Exercise(
    id="03-2",
    title="Eight clouds to label",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted(
            "constant",
            STUB.replace("answer = TODO", 'answer = dict.fromkeys("ABCDEFGH", "private")'),
            "differ from the rules",
        ),
        Planted(
            "off by one",  # where it stands taken for who may use it
            SOLUTION.replace("if s.second:", "if s.second and False:"),
            "differ from the rules",
        ),
        Planted(
            "memoriser",
            STUB.replace(
                "answer = TODO",
                f"answer = { ({k: s.label for k, s in Given().scenarios().items()})!r}",
            ),
            "differ from the rules",
        ),
    ),
)
