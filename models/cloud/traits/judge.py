"""Is it a cloud? A system, perhaps with something changed, before the five probes."""

from dataclasses import dataclass
from functools import cache

from models.cloud.platform.design import Design
from models.cloud.traits.ablation import TRAITS, given
from models.cloud.traits.probes import Finding, probe
from models.cloud.traits.systems import SYSTEMS
from models.facts import Fact, Facts
from models.parameters import Parameters, choice

_AS_IT_IS = "nothing"
_GIFTS = {
    _AS_IT_IS: "Nothing",
    "self-service": "A program that says yes",
    "network access": "A way in from the web",
    "pooling": "One pool for all",
    "elasticity": "Machines at once, no least term",
    "metering": "A meter",
}


@dataclass(frozen=True)
class Candidate(Parameters):
    """A system, and up to two things that somebody builds for it."""

    system: str = choice(
        "cluster", {name: system.label for name, system in SYSTEMS.items()}, label="System"
    )
    first: str = choice(_AS_IT_IS, _GIFTS, label="Build for it")
    second: str = choice(_AS_IT_IS, _GIFTS, label="And")

    def design(self) -> Design:
        """How the system is made once that is built."""
        built = {self.first, self.second} - {_AS_IT_IS}
        return given(built, SYSTEMS[self.system].design)


@dataclass(frozen=True)
class Judged:
    """What the probes found.

    Attributes
    ----------
    parameters : Candidate
    findings : tuple of Finding
        One a trait.
    """

    parameters: Candidate
    findings: tuple[Finding, ...]

    @property
    def shown(self) -> int:
        """How many of the five traits."""
        return sum(finding.shown for finding in self.findings)

    @property
    def missing(self) -> tuple[str, ...]:
        """The traits that the probes did not find."""
        return tuple(finding.trait for finding in self.findings if not finding.shown)

    def facts(self) -> Facts:
        """What each probe measured."""
        return Facts(
            *(Fact(finding.label, finding.words()) for finding in self.findings),
            Fact("Traits shown", f"{self.shown} of {len(TRAITS)}"),
            title=f"{SYSTEMS[self.parameters.system].label} before the five probes",
        )


def judge(parameters: Candidate) -> Judged:
    """Probe a candidate."""
    return Judged(parameters, _probed(parameters.design()))


@cache
def _probed(design: Design) -> tuple[Finding, ...]:
    return probe(design)
