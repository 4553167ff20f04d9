"""02-5: repair a meter whose bills do not add up to the pool's use."""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

Record = tuple[str, str, str, int]


@dataclass(frozen=True)
class Given(Parameters):
    """How much is tried."""

    end: int = parameter(3_600, unit="s", low=600, high=86_400, label="The bill is made at second")


@dataclass(frozen=True)
class Month:
    """What really happened.

    Attributes
    ----------
    used : dict
        Tenant to machine-seconds.
    pool : int
        Seconds of all machines as the hosts counted them.
    """

    used: dict[str, int]
    pool: int


def draw(rng: np.random.Generator) -> Given:
    """Another end of the month."""
    return Given(end=int(60 * rng.integers(20, 200)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "A meter's records are tuples (machine, tenant, what, second); what is 'start' or 'stop'. "
        "A machine starts once, and stops at most once. Records come in any order, and some come "
        f"twice. A machine that has not stopped still runs at second {given.end}, when the bill is "
        "made.\n"
        "The meter that you inherit adds end - second for each start, takes it off again for each "
        "stop, and counts a record as often as it comes: what the tenants used together is not "
        "what the hosts counted. Write use(records, end), which returns a dictionary from tenant "
        "to machine-seconds, so that it is.\n"
    )


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """From one machine to many; then records twice, in any order, and machines that still run."""
    for machines, twice, shuffled, running in (
        (1, 0, False, False),
        (1, 0, False, True),
        (2, 1, False, False),
        (3, 2, True, True),
        (30, 15, True, True),
    ):
        yield _case(given.end, rng, machines, twice, shuffled, running)


def _case(
    end: int, rng: np.random.Generator, machines: int, twice: int, shuffled: bool, running: bool
) -> Case:
    records: list[Record] = []
    used: dict[str, int] = {}
    for number in range(machines):
        tenant = "AB"[int(rng.integers(0, 2))]
        start, stop = sorted(int(x) for x in rng.integers(0, end, 2))
        still = running and number % 3 == 0
        records.append((f"m{number}", tenant, "start", start))
        if not still:
            records.append((f"m{number}", tenant, "stop", stop))
        used[tenant] = used.get(tenant, 0) + (end if still else stop) - start
    records += [records[int(i)] for i in rng.integers(0, len(records), twice)]
    if shuffled:
        records = [records[int(i)] for i in np.argsort(rng.random(len(records)))]
    shown = str(records) if len(records) < 7 else f"{machines} machines, {len(records)} records"
    return Case((records, end), f"use({shown}, {end})", Month(used, sum(used.values())))


def complaint(case: Case, result: Any) -> str:
    """Conservation first, then each tenant."""
    month: Month = case.about
    if not isinstance(result, dict) or not all(isinstance(v, Real) for v in result.values()):
        return f"{result!r} is no dictionary from tenant to seconds."
    together = sum(result.values())
    if together != month.pool:
        return (
            f"the tenants used {together} machine-seconds together, the hosts counted {month.pool}."
        )
    if {tenant: seconds for tenant, seconds in result.items() if seconds} != {
        tenant: seconds for tenant, seconds in month.used.items() if seconds
    }:
        return f"the sum is right, but {result} is not {month.used}."
    return ""


STUB = """\
task = exercise("02-5")

def use(records, end):
    return TODO

task.check(use)
"""

SOLUTION = """\
task = exercise("02-5")

def use(records, end):
    seconds = {}
    for machine, tenant, what, second in set(records):
        rest = end - second if what == "start" else second - end
        seconds[tenant] = seconds.get(tenant, 0) + rest
    return seconds

task.check(use)
"""

EXERCISE = Exercise(
    id="02-5",
    title="Repair the meter",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_code(cases, complaint, "Conserved in"),
    planted=(
        Planted(
            "constant",
            'task = exercise("02-5")\ntask.check(lambda records, end: {"A": end})\n',
            "the hosts counted",
        ),
        Planted(
            "off by one",  # counts the second of the stop, too
            SOLUTION.replace("else second - end", "else second - end + 1"),
            "the hosts counted",
        ),
        Planted(
            "memoriser",  # right as long as each record comes once
            SOLUTION.replace("set(records)", "records"),
            "the hosts counted",
        ),
    ),
)
