"""Whole audits, each run once for all tests of a process."""

from functools import cache

from models.hypervisors.popek_goldberg import Audit, Machine, audit


@cache
def whole(machine: Machine) -> Audit:
    """Every form on one machine."""
    return audit(machine)
