"""Every tier has the same state, counts and time at every limit."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.machine.tiers.random_programs import board

QUICK = ("closures", "python", "webassembly")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_programs_agree_at_random_limits(seed):
    check(seed)


def check(seed):
    rng = random.Random(seed)
    limits = [rng.choice((1, 2, 3, 7, 50, 400, 1500)) for _ in range(8)]
    boards = {tier: board(seed, tier) for tier in ("step", *QUICK)}
    for limit in limits:
        stops = {tier: made.run(limit) for tier, made in boards.items()}
        states = {tier: made.state() for tier, made in boards.items()}
        for tier in QUICK:
            assert stops[tier] == stops["step"], (seed, tier)
            for key, value in states["step"].items():
                assert states[tier][key] == value, (seed, tier, key)
