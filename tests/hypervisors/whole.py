"""Whole audits: those that are kept (see test_kept), others run once for all tests of a process."""

from functools import cache

from models.hypervisors.kept import KEPT, kept
from models.hypervisors.popek_goldberg import Audit, Machine, audit
from models.hypervisors.trial import MACHINES


@cache
def whole(machine: Machine) -> Audit:
    """Every form on one machine."""
    for name in KEPT:
        if MACHINES[name][1] == machine:
            return kept(name)
    return audit(machine)
