"""Which of the hosts that fit takes the VM: a policy sees them all, and answers with one.

A policy is any function of the fleet and of the hosts that fit. If none fits, whatever it answers
does not fit, and the scheduler notices: so none of them has to look.
"""

from collections.abc import Callable

import numpy as np

from models.cloud.platform.fleet import Fleet, Mask

Policy = Callable[[Fleet, Mask], int]
_NEVER = np.iinfo(np.int64).max


def first_fit(fleet: Fleet, fits: Mask) -> int:
    """The first host in the row: fast, and the last ones stay empty."""
    return int(fits.argmax())


def best_fit(fleet: Fleet, fits: Mask) -> int:
    """The fullest host that still fits: keeps large gaps for large VMs."""
    return int(np.where(fits, fleet.slack, _NEVER).argmin())


def spread(fleet: Fleet, fits: Mask) -> int:
    """The emptiest host: a failure hits few VMs, and neighbours have air."""
    return int(np.where(fits, fleet.slack, -1).argmax())


POLICIES: dict[str, Policy] = {"first": first_fit, "best": best_fit, "spread": spread}
