"""The runs that chapter 7's predicates share: each is made once, whoever asks."""

from functools import cache

from models.hypervisors.side_by_side import Guest, SideBySide, side_by_side

MODEL = "models.hypervisors.side_by_side:side_by_side"


@cache
def run(parameters: Guest) -> SideBySide:
    """See `side_by_side`."""
    return side_by_side(parameters)
