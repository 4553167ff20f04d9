"""Shapley against all orders of arrival and its own axioms; groups against every division."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.deployment.sharing import (
    group_sizes,
    partition,
    shapley,
    totals,
    would_leave,
)


def games(members: int):
    costs = st.lists(st.floats(0, 100), min_size=2**members - 1, max_size=2**members - 1)
    return costs.map(lambda values: np.array([0.0, *values]))


def by_orders(costs):
    """Each member's cost of joining, averaged over every order."""
    members = len(costs).bit_length() - 1
    shares, orders = np.zeros(members), list(permutations(range(members)))
    for order in orders:
        group = 0
        for member in order:
            shares[member] += costs[group | 1 << member] - costs[group]
            group |= 1 << member
    return shares / len(orders)


def divisions(members):
    """Every division of a list into groups, as tuples of bit masks."""
    if not members:
        yield ()
        return
    first, *rest = members
    for division in divisions(rest):
        yield (1 << first, *division)
        for i, group in enumerate(division):
            yield (*division[:i], group | 1 << first, *division[i + 1 :])


@given(games(4))
@settings(max_examples=60, deadline=None)
def test_shapley_is_the_mean_over_all_orders(costs):
    np.testing.assert_allclose(shapley(costs), by_orders(costs), atol=1e-9)


@given(games(5), games(5))
def test_shapley_divides_all_and_adds_up(one, other):
    assert shapley(one).sum() == pytest.approx(one[-1], abs=1e-8)
    np.testing.assert_allclose(shapley(one + other), shapley(one) + shapley(other), atol=1e-8)


@given(games(3), st.floats(0, 50))
def test_who_always_adds_the_same_pays_just_that(costs, fee):
    wider = np.concatenate([costs, costs + fee])  # a fourth member, at the same fee with anybody
    np.testing.assert_allclose(shapley(wider)[:3], shapley(costs), atol=1e-8)
    assert shapley(wider)[3] == pytest.approx(fee, abs=1e-8)


def test_a_runway_is_paid_length_by_length():
    """Littlechild and Owen: each stretch is shared by those who need it."""
    need = np.array([10.0, 30.0, 60.0])
    costs = np.array([max((need[m] for m in range(3) if g >> m & 1), default=0) for g in range(8)])
    assert shapley(costs).tolist() == pytest.approx([10 / 3, 10 / 3 + 10, 10 / 3 + 10 + 30])
    assert would_leave(costs, shapley(costs)) == 0
    assert would_leave(costs, np.full(3, 20.0)) == 0b001  # the short one pays twice its need


@given(games(4))
@settings(max_examples=60, deadline=None)
def test_the_cheapest_division_is_the_cheapest_of_all(costs):
    found = partition(costs)
    assert sum(found) == 15
    least = min(sum(costs[g] for g in division) for division in divisions([0, 1, 2, 3]))
    assert sum(costs[g] for g in found) == pytest.approx(least, abs=1e-6)


def test_of_equal_divisions_the_coarser():
    assert partition(np.array([0.0, 1.0, 1.0, 2.0])) == (3,)


@given(games(4))
def test_who_leaves_saves_and_nobody_saves_more(costs):
    shares = np.full(4, costs[-1] / 4)
    group = would_leave(costs, shares)
    gains = totals(shares) - costs
    assert gains[1:].max() <= (gains[group] if group else 0) + 1e-6


def test_groups_are_counted():
    assert group_sizes(3).tolist() == [0, 1, 1, 2, 1, 2, 2, 3]
    assert totals(np.array([1.0, 10.0])).tolist() == [0, 1, 10, 11]


@pytest.mark.parametrize(
    ("costs", "says"),
    [
        (np.zeros(3), "3 costs are not one for each group"),
        (np.ones(4), "nobody costs 1; allowed: 0"),
        (np.zeros(1), "1 costs are not"),
        (np.zeros(2**13), "of which 1 to 12"),
    ],
)
def test_what_is_no_game_is_refused(costs, says):
    with pytest.raises(ValueError, match=says):
        shapley(costs)
