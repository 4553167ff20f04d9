"""What a run must show: one file a claim, for those claims alone whose model exists.

A file brings the model's standard settings, the judgement of one run, and an ablation: the same
model with the mechanism taken out, which has to change the verdict. Add a file here and its name
to `FILES`; the gates in tests/claims do the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from models.claims.verdict import Finding
from models.parameters import Parameters

FILES: tuple[str, ...] = (
    "c01_distributed",
    "c02_countless",
    "c03_scattered",
    "c04_first_sentence",
    "c06_provisioning",
    "c07_effort",
    "c08_five_traits",
    "c09_self_service",
    "c10_access",
    "c11_pooling",
    "c12_elasticity",
    "c13_metering",
    "c14_four_models",
    "c15_private",
    "c16_community",
    "c18_public",
    "c19_hybrid",
    "c20_service_models",
    "c21_iaas",
    "c22_paas",
    "c23_saas",
    "c33_head_to_foot",
    "c34_every_instruction",
    "c36_software_first",
    "c37_translation",
    "c39_simpler",
    "c40_two_layers",
    "c38_hardware",
    "c41_loss",
)


@dataclass(frozen=True)
class Predicate:
    """How runs settle one claim.

    Attributes
    ----------
    claim : str
    model : str
        ``package.module:function`` of the model that the runs come from.
    run : callable
        From parameters to a result; deterministic.
    settings : tuple of Parameters
        The ledger's own runs; together they cover every declared condition.
    judge : callable
        From one result to its findings. It sees the result only, never an expected verdict.
    ablated : callable
        No argument; results of the same model without the mechanism that the claim is about.
    """

    claim: str
    model: str
    run: Callable[[Any], Any]
    settings: tuple[Parameters, ...]
    judge: Callable[[Any], Iterable[Finding]]
    ablated: Callable[[], Iterable[Any]]

    def findings(self, results: Iterable[Any]) -> tuple[Finding, ...]:
        """All that these results show."""
        return tuple(finding for result in results for finding in self.judge(result))

    def standard(self) -> tuple[Any, ...]:
        """The ledger's own runs, run now."""
        return tuple(self.run(setting) for setting in self.settings)


def predicate(claim: str) -> Predicate | None:
    """One claim's, without the models of all the others; None where no model exists yet."""
    for name in FILES:
        if name.startswith(f"{claim.lower()}_"):
            found: Predicate = import_module(f"{__name__}.{name}").PREDICATE
            return found
    return None


@cache
def predicates() -> dict[str, Predicate]:
    """Every predicate by claim."""
    found = [import_module(f"{__name__}.{name}").PREDICATE for name in FILES]
    return {predicate.claim: predicate for predicate in found}
