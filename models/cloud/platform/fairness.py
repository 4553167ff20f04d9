"""Dominant-resource fairness: the next turn is the tenant's who has least of what it has most."""

import heapq
from collections import deque
from collections.abc import Iterator, Sequence


class FairLine:
    """Whose request comes next, when tenants with different needs share a fleet.

    A tenant's share is that of its dominant resource: of 10 % of the processors and 30 % of the
    memory, 30 %. Shares are compared as whole numbers, with one common denominator, so that equal
    ones are equal; then the older request comes first. See Ghodsi and others, NSDI 2011.

    Parameters
    ----------
    totals : sequence of int
        Of the fleet, one a resource.
    needs : sequence of sequence of int
        Of each request, one a resource, in the order of arrival.
    tenants : sequence of int
        Of each request.

    Examples
    --------
    The paper's: 9 processors and 18 GB; one tenant's tasks take 1 and 4, the other's 3 and 1. Of
    the first five, three are the first's and two the second's.

    >>> line = FairLine((9, 18), [(1, 4)] * 5 + [(3, 1)] * 5, [0] * 5 + [1] * 5)
    >>> turns = []
    >>> for request in line:
    ...     turns.append(line.tenants[request])
    ...     line.placed(request)
    >>> turns[:5]
    [0, 1, 0, 1, 0]
    """

    def __init__(
        self, totals: Sequence[int], needs: Sequence[Sequence[int]], tenants: Sequence[int]
    ) -> None:
        self.tenants, self._needs = tenants, needs
        self._factors = [_product(totals) // total for total in totals]
        self._has = {tenant: [0] * len(totals) for tenant in tenants}
        self._lines: dict[int, deque[int]] = {tenant: deque() for tenant in tenants}
        for request, tenant in enumerate(tenants):
            self._lines[tenant].append(request)

    def __iter__(self) -> Iterator[int]:
        """Requests, each when its turn comes; say `placed` before asking for the next."""
        turns = [(0, line[0], tenant) for tenant, line in self._lines.items()]
        heapq.heapify(turns)
        while turns:
            _, _, tenant = turns[0]
            line = self._lines[tenant]
            yield line.popleft()
            if line:
                heapq.heapreplace(turns, (self.share(tenant), line[0], tenant))
            else:
                heapq.heappop(turns)

    def placed(self, request: int) -> None:
        """The request got what it needs: its tenant's share grows."""
        has = self._has[self.tenants[request]]
        for resource, need in enumerate(self._needs[request]):
            has[resource] += need

    def share(self, tenant: int) -> int:
        """The tenant's dominant share, times the product of all totals."""
        return max(h * f for h, f in zip(self._has[tenant], self._factors, strict=True))


def _product(totals: Sequence[int]) -> int:
    product = 1
    for total in totals:
        product *= total
    return product
