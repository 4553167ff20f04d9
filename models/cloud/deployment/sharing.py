"""Sharing a cost: the Shapley value, simpler splits, and which group would rather leave.

A group of members is a number whose bits are its members: of three, 0b101 is the first and the
third. A cost game is an array with the cost of each group, so `costs[0b101]` is theirs.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_MEMBERS = 12  # 4,096 groups


def shapley(costs: Floats) -> Floats:
    """Each member's share: what joining costs, averaged over all orders of arrival.

    Parameters
    ----------
    costs : ndarray, shape (2 ** members,)
        Cost of every group; of nobody, 0.

    Returns
    -------
    ndarray, shape (members,)
        Sums to the cost of all.

    Raises
    ------
    ValueError
        For a length that is no power of two up to 2 ** 12, or a cost of nobody.
    """
    members = _members(costs)
    groups = np.arange(len(costs))
    sizes = group_sizes(members)
    # So often, of all orders, do just these come before the member.
    weights = np.array(
        [factorial(s) * factorial(members - s - 1) for s in range(members)], float
    ) / factorial(members)
    shares = np.empty(members)
    for member in range(members):
        without = groups[groups >> member & 1 == 0]
        joining = costs[without | 1 << member] - costs[without]
        shares[member] = (weights[sizes[without]] * joining).sum()
    return shares


def group_sizes(members: int) -> NDArray[np.intp]:
    """Members in each group, shape (2 ** members,)."""
    groups = np.arange(2**members)
    return sum((groups >> m & 1 for m in range(members)), np.zeros(2**members, np.intp))


def totals(values: Floats) -> Floats:
    """Sum of the members' values for each group, shape (2 ** members,)."""
    groups = np.arange(2 ** len(values))
    return sum((value * (groups >> m & 1) for m, value in enumerate(values)), np.zeros(groups.size))


def would_leave(costs: Floats, shares: Floats) -> int:
    """The group that saves most by a cloud of its own; 0 if none saves anything."""
    gain = totals(shares) - costs
    gain[0] = 0.0
    best = int(gain.argmax())
    return best if gain[best] > 1e-9 * costs[-1] else 0


def partition(costs: Floats) -> tuple[int, ...]:
    """The cheapest division of all members into groups, as numbers; of equals the coarser.

    Raises
    ------
    ValueError
        As `shapley`.
    """
    _members(costs)
    cheapest, first = costs.astype(float).copy(), np.arange(len(costs))
    for group in range(1, len(costs)):
        lowest = group & -group
        part = (group - 1) & group
        while part:
            # Only parts with the lowest member: each division is met once.
            if part & lowest and costs[part] + cheapest[group ^ part] < cheapest[group] - 1e-9:
                cheapest[group], first[group] = costs[part] + cheapest[group ^ part], part
            part = (part - 1) & group
    groups, left = [], len(costs) - 1
    while left:
        groups.append(int(first[left]))
        left ^= groups[-1]
    return tuple(groups)


def _members(costs: Floats) -> int:
    members = len(costs).bit_length() - 1
    if len(costs) != 2**members or not 1 <= members <= MOST_MEMBERS:
        raise ValueError(
            f"costs: {len(costs)} costs are not one for each group; "
            f"allowed: 2 to the number of members, of which 1 to {MOST_MEMBERS}"
        )
    if costs[0]:
        raise ValueError(f"costs: nobody costs {costs[0]:g}; allowed: 0")
    return members
