"""Damaged inputs bring out the documented errors and nothing else; error branches are met."""

from __future__ import annotations

import json
import random

import pytest

from models.machine.assembler import assemble
from tests.machine.robust.fuzz import fuzz, fuzz_with_coverage, watchdog
from tests.machine.robust.guests import Programs, Queues, Tables
from tests.machine.robust.images import Elf, Snapshot
from tests.machine.robust.mutate import damage
from tests.machine.robust.source import OTHER, SOURCES, Source

#: Cases of each subject: so many bring out every error branch.
CASES = {Programs: 250, Tables: 500, Queues: 2500, Elf: 3000, Snapshot: 900, Source: 1500}
CI_SHARE = 8  # of them: about a second each
SOAK_CASES = 1_000_000


@pytest.mark.parametrize("subject", CASES, ids=lambda subject: subject.__name__)
def test_damage_is_refused(subject: type) -> None:
    result = fuzz(subject(), seed=1, cases=CASES[subject] // CI_SHARE)
    assert result.share >= 0.5
    assert 0 < result.refused < result.cases or not subject.errors


@pytest.mark.soak
@pytest.mark.parametrize("subject", CASES, ids=lambda subject: subject.__name__)
def test_damage_is_refused_and_error_branches_are_reached(subject: type) -> None:
    result = fuzz_with_coverage(subject(), seed=1, cases=CASES[subject])
    assert result.share >= 0.5
    assert [place for place, why in result.missed.items() if not why] == []


@pytest.mark.soak
@pytest.mark.parametrize("subject", CASES, ids=lambda subject: subject.__name__)
def test_a_million_damaged_inputs(subject: type) -> None:
    result = fuzz(subject(), seed=2, cases=SOAK_CASES)
    print(json.dumps({result.name: result.to_dict()}))
    assert result.share >= 0.5


def test_damage_is_always_the_same() -> None:
    valid, places = bytes(range(64)), [(0, 4), (8, 8)]
    one, other = (damage(random.Random(7), valid, places) for _ in range(2))
    assert one == other
    assert one != valid


def test_what_hangs_is_ended() -> None:
    def hang() -> None:
        while True:
            pass

    with pytest.raises(TimeoutError, match="took more than"), watchdog(0.05):
        hang()


def test_other_exceptions_are_not_swallowed() -> None:
    class Broken(Elf):
        name = "broken"

        def feed(self, case: bytes) -> None:
            raise KeyError("planted")

    with pytest.raises(KeyError, match="planted"):
        fuzz(Broken(), seed=1, cases=1)


def test_the_sources_that_are_damaged_are_valid() -> None:
    for text in SOURCES:
        assert assemble(text, includes={"other.S": OTHER}, defines={"COUNT": 4}).image()[1]
