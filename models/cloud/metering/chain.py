"""Records that cannot be changed in silence: each seals the one before it.

    digest[i] = SHA-256(digest[i-1], record i)

Whoever changes a record and leaves the digests is found at once. Whoever computes the digests anew
is not, unless somebody else has kept one of the old ones: a chain proves order and integrity to
those who hold a digest of it, and to nobody else.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.facts import Fact, Facts
from models.parameters import Parameters, choice, parameter

HOURS = 24  # records of the day that is tampered with
START = "0" * 64  # what the first record seals

DEEDS = {
    "alter": "Alter a record",
    "drop": "Take a record out",
    "swap": "Swap it with the next",
    "cut": "Cut off the rest",
    "redo": "Alter it, compute all digests anew",
}
KEPT = {
    "none": "No digest",
    "last": "The day's last digest",
    "six": "Every sixth digest",
}


@dataclass(frozen=True)
class Record:
    """What a tenant used in an hour."""

    hour: int
    tenant: str
    seconds: int

    def text(self) -> str:
        """As it is sealed: unambiguous, whatever the tenant is called."""
        return f"{self.hour}\n{self.seconds}\n{self.tenant}"


@dataclass(frozen=True)
class Sealed:
    """A record and its digest."""

    record: Record
    digest: str


def seal(records: Sequence[Record]) -> tuple[Sealed, ...]:
    """Chain records, the first to START."""
    chain, before = [], START
    for record in records:
        before = link(before, record)
        chain.append(Sealed(record, before))
    return tuple(chain)


def link(before: str, record: Record) -> str:
    """The digest of a record after the one before it, 64 hexadecimal digits."""
    return hashlib.sha256(f"{before}\n{record.text()}".encode()).hexdigest()


def misfits(chain: Sequence[Sealed]) -> tuple[int, ...]:
    """Places, from 0, at which a digest does not follow from the one before and the record."""
    before = [START, *(sealed.digest for sealed in chain)]
    return tuple(
        place
        for place, sealed in enumerate(chain)
        if link(before[place], sealed.record) != sealed.digest
    )


def disowned(chain: Sequence[Sealed], kept: Mapping[int, str]) -> tuple[int, ...]:
    """Of the digests that somebody kept, by their place, those that the chain does not have."""
    return tuple(
        place
        for place, digest in sorted(kept.items())
        if place >= len(chain) or chain[place].digest != digest
    )


@dataclass(frozen=True)
class Tampering(Parameters):
    """What the provider does to the day's records, and what the tenant has kept."""

    deed: str = choice("alter", DEEDS, label="The provider's deed")
    kept: str = choice("none", KEPT, label="The tenant keeps")
    hour: int = parameter(10, unit="o'clock", low=1, high=HOURS - 1, label="At the record of")


@dataclass(frozen=True)
class Audit:
    """What the tenant finds.

    Attributes
    ----------
    parameters : Tampering
    shown : tuple of Sealed
        The chain that the provider shows.
    misfits : tuple of int
        Places whose digest does not follow.
    kept, disowned : tuple of int
        Places of which the tenant kept a digest; those where the chain has another or none.
    """

    parameters: Tampering
    shown: tuple[Sealed, ...]
    misfits: tuple[int, ...]
    kept: tuple[int, ...]
    disowned: tuple[int, ...]

    @property
    def found(self) -> bool:
        """Whether anything gives the deed away."""
        return bool(self.misfits or self.disowned)

    @property
    def suspects(self) -> tuple[int, int]:
        """First and last place at which the deed may have begun, as far as the tenant can tell."""
        if self.misfits:
            return self.misfits[0], self.misfits[0]
        first = self.disowned[0] if self.disowned else HOURS - 1
        good = [place for place in self.kept if place < first]
        return (good[-1] + 1 if good else 0), first

    def facts(self) -> Facts:
        """Found or not, by what, and where."""
        low, high = self.suspects
        where = f"{low} o'clock" if low == high else f"between {low} and {high} o'clock"
        return Facts(
            Fact("Records shown", len(self.shown), "records"),
            Fact("Digests that do not follow", len(self.misfits)),
            Fact("Kept digests that the chain does not have", len(self.disowned)),
            Fact("The deed", f"found, {where}" if self.found else "not found"),
            title="The audit",
        )


def day() -> tuple[Record, ...]:
    """What one tenant used in each hour of a day, busy at noon."""
    return tuple(Record(hour, "A", 600 + 120 * (12 - abs(hour - 12))) for hour in range(HOURS))


def audit(parameters: Tampering) -> Audit:
    """Tamper with a sealed day, then look at it as the tenant does."""
    p = parameters
    true = seal(day())
    shown = tamper(true, p.deed, p.hour)
    step = {"none": HOURS + 1, "last": HOURS, "six": 6}[p.kept]
    kept = {place: true[place].digest for place in range(step - 1, HOURS, step)}
    return Audit(p, shown, misfits(shown), tuple(kept), disowned(shown, kept))


def tamper(chain: tuple[Sealed, ...], deed: str, place: int) -> tuple[Sealed, ...]:
    """The chain after one of DEEDS at a place, from 0."""
    before, here, after = chain[:place], chain[place], chain[place + 1 :]
    dearer = replace(here.record, seconds=here.record.seconds + 600)
    if deed == "alter":
        return (*before, replace(here, record=dearer), *after)
    if deed == "drop":
        return (*before, *after)
    if deed == "swap":
        return (*before, *after[:1], here, *after[1:])
    if deed == "cut":
        return before
    if deed == "redo":
        return seal([sealed.record for sealed in before] + [dearer] + [s.record for s in after])
    raise ValueError(f"deed: {deed!r} is unknown; allowed: {', '.join(DEEDS)}")
