"""03-3: place a workload where the rules allow it and it costs least."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.deployment.placement import CIRCLES, Needs, Site, broken, cheapest
from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

AUDITS = ("security", "patients", "payments")
NAMES = ("Alder", "Birch", "Cedar", "Douglas", "Elm", "Fir", "Ginkgo", "Hazel")


@dataclass(frozen=True)
class Given(Parameters):
    """How many cases the check draws."""

    cases: int = parameter(60, unit="cases", low=10, high=200, label="Fresh cases")


def draw(rng: np.random.Generator) -> Given:
    """More or fewer of them."""
    return Given(cases=int(rng.integers(50, 80)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "Write place(needs, sites), which returns the name of the cheapest site that may run a "
        "workload, or None if none may. A site has name, price, place, law, audits (a set), "
        "exclusive (a bool) and room (free servers); needs has servers, place, law, audits and "
        "exclusive.\n"
        "Places and laws are 'home', 'union' or 'anywhere': what lies at home lies in the union, "
        "too. needs names the widest that is allowed. A site must have every audit of needs, room "
        "for all servers, and exclusive machines if needs.exclusive. Of equal prices, the first.\n"
        f"The check draws {given.cases} cases that nobody has seen."
    )


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """From one site to eight; prices meet now and then."""
    for n in range(given.cases):
        needs = Needs(
            servers=int(rng.integers(1, 100)),
            place=_one(tuple(CIRCLES), rng),
            law=_one(tuple(CIRCLES), rng),
            audits=_some(rng, 0.3),
            exclusive=bool(rng.random() < 0.3),
        )
        sites = [_site(name, rng) for name in NAMES[: 1 + n * len(NAMES) // given.cases]]
        yield Case((needs, sites), f"{needs} among {sites}", (needs, sites))


def _site(name: str, rng: np.random.Generator) -> Site:
    return Site(
        name,
        price=round(0.5 + 0.1 * int(rng.integers(0, 12)), 1),
        place=_one(tuple(CIRCLES), rng),
        law=_one(tuple(CIRCLES), rng),
        audits=_some(rng, 0.7),
        exclusive=bool(rng.random() < 0.5),
        room=int(rng.integers(20, 200)),
    )


def _one(names: tuple[str, ...], rng: np.random.Generator) -> str:
    return names[int(rng.integers(0, len(names)))]


def _some(rng: np.random.Generator, share: float) -> frozenset[str]:
    return frozenset(audit for audit in AUDITS if rng.random() < share)


def complaint(case: Case, answer: Any) -> str:
    """What is wrong with a placement."""
    needs, sites = case.about
    names = {site.name: site for site in sites}
    right = cheapest(needs, sites)
    if answer is None:
        return f"{right.name} may run it." if right else ""
    if not isinstance(answer, str) or answer not in names:
        return f"{answer!r} is not the name of a site."
    if rules := broken(needs, names[answer]):
        return f"{answer} may not run it: {rules[0]}."
    if right is None or answer != right.name:
        assert right is not None  # the answer itself breaks no rule
        return f"{answer} may run it, but {right.name} comes first or is cheaper."
    return ""


STUB = """\
task = exercise("03-3")

def place(needs, sites):
    return TODO

task.check(place)
"""

SOLUTION = """\
task = exercise("03-3")
width = {"home": 0, "union": 1, "anywhere": 2}

def place(needs, sites):
    best = None
    for site in sites:
        if width[site.place] > width[needs.place] or width[site.law] > width[needs.law]:
            continue
        if needs.audits - site.audits or needs.servers > site.room:
            continue
        if needs.exclusive and not site.exclusive:
            continue
        if best is None or site.price < best.price:
            best = site
    return best.name if best else None

task.check(place)
"""

EXERCISE = Exercise(
    id="03-3",
    title="A place that is allowed",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_code(cases, complaint, "Allowed and cheapest in"),
    planted=(
        Planted(
            "constant",
            STUB.replace("return TODO", "return sites[0].name"),
            "may not run it",
        ),
        Planted(
            "off by one",  # the same place only: home is not counted as inside the union
            SOLUTION.replace("width[site.place] > width[needs.place]", "site.place != needs.place"),
            "may run it",
        ),
        Planted(
            "memoriser",  # cheapest of all, which is right where nothing is asked
            STUB.replace("return TODO", "return min(sites, key=lambda site: site.price).name"),
            "may not run it",
        ),
    ),
)
