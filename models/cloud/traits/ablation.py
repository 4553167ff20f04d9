"""Taking traits out, each by replacing the one mechanism that stands for it."""

from collections.abc import Collection
from dataclasses import replace

from models.cloud.platform.clock import DAY
from models.cloud.platform.design import Design

#: What replaces the mechanism when a trait is taken out.
REPLACED: dict[str, dict[str, object]] = {
    "self-service": {"desk": "tickets"},
    "network access": {"entrance": "site"},
    "pooling": {"hosts": "silos"},
    "elasticity": {"lead": 14 * DAY, "term": 30 * DAY},
    "metering": {"meter": "none"},
}
TRAITS = tuple(REPLACED)


def without(traits: Collection[str], design: Design | None = None) -> Design:
    """A design (by default a cloud with all five) with traits taken out.

    Raises
    ------
    ValueError
        For an unknown trait.
    """
    return _changed(traits, design or Design(), REPLACED)


def given(traits: Collection[str], design: Design) -> Design:
    """A design with the mechanisms of a cloud for some traits.

    Raises
    ------
    ValueError
        For an unknown trait.
    """
    cloud = Design()
    whole = {
        trait: {name: getattr(cloud, name) for name in fields} for trait, fields in REPLACED.items()
    }
    return _changed(traits, design, whole)


def _changed(
    traits: Collection[str], design: Design, mechanisms: dict[str, dict[str, object]]
) -> Design:
    for trait in traits:
        if trait not in mechanisms:
            raise ValueError(f"trait: {trait!r} is unknown; allowed: {', '.join(TRAITS)}")
        design = replace(design, **mechanisms[trait])  # type: ignore[arg-type]
    return design
