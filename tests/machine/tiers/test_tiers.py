"""Every tier has the same state, counts and time wherever it is stopped."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machine.guard import Guard, guarded
from tests.machine.tiers.random_programs import board

QUICK = ("closures", "python", "webassembly")
SOAK_PROGRAMS = 20_000


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """Nothing here takes more than a second."""
    with guarded(60) as made:
        yield made


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), damaged=st.booleans())
def test_random_programs_agree_at_random_limits(guard: Guard, seed: int, damaged: bool) -> None:
    guard(check, seed, damaged)


@pytest.mark.soak
@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_thousands_of_random_programs_agree(guard: Guard, damaged: bool) -> None:
    for seed in random.Random(5).sample(range(1 << 32), SOAK_PROGRAMS):
        guard(check, seed, damaged)


def check(seed: int, damaged: bool) -> None:
    """Run one program on all tiers, in pieces of any length, the same for all."""
    rng = random.Random(seed)
    limits = [int(2 ** rng.uniform(0, 11)) for _ in range(8)]
    boards = {tier: board(seed, tier, damaged=damaged) for tier in ("step", *QUICK)}
    for limit in limits:
        stops = {tier: made.run(limit) for tier, made in boards.items()}
        states = {tier: made.state() for tier, made in boards.items()}
        for tier in QUICK:
            assert stops[tier] == stops["step"], (seed, tier)
            for key, value in states["step"].items():
                assert states[tier][key] == value, (seed, tier, key)
