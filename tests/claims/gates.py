"""What predicates and ledger must not be; each gate yields a complaint an offence."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from inspect import unwrap
from typing import Any
from unittest.mock import patch

from models.claims.ledger import Entry
from models.claims.predicates import Predicate
from models.claims.verdict import Finding, Verdict, judge


def verdict_of(entry: Entry, predicate: Predicate, results) -> Verdict:
    return judge(predicate.findings(results), entry.older)


def without_claim(known: Mapping[str, Predicate], ledger: Mapping[str, Entry]) -> Iterator[str]:
    for key in known:
        if key not in ledger:
            yield f"{key} has a predicate and is not in the ledger"
        elif not ledger[key].by_run:
            yield f"{key} has a predicate, but is settled by {ledger[key].settled_by}"


def without_model(known: Mapping[str, Predicate]) -> Iterator[str]:
    """A predicate without a model would judge made-up results."""
    for key, predicate in known.items():
        module, _, name = predicate.model.partition(":")
        try:
            model = getattr(import_module(module), name)
        except (ImportError, AttributeError):
            yield f"{key}: there is no model {predicate.model}"
            continue
        if not callable(model):
            yield f"{key}: {predicate.model} is no function"
        if not module.startswith("models.") or module.startswith("models.claims"):
            yield f"{key}: {predicate.model} is not a model of the rooms below"


class Called(Exception):
    """The model was called."""


def runs_another(known: Mapping[str, Predicate]) -> Iterator[str]:
    """Each setting goes to the named model, which `run` is or calls by name in its own file."""
    for key, predicate in known.items():
        module, _, name = predicate.model.partition(":")
        model, run = getattr(import_module(module), name), unwrap(predicate.run)
        if run is not unwrap(model):
            for setting in predicate.settings:
                if not _calls(run, model, setting):
                    yield f"{key}: {run.__name__} never calls {predicate.model} for {setting}"


def _calls(run: Any, model: Any, setting: Any) -> bool:
    """Whether the first call of the model comes; the run ends with it, so it costs nothing."""

    def called(*_: Any, **__: Any) -> None:
        raise Called

    doubles = {name: called for name, value in run.__globals__.items() if value is model}
    with patch.dict(run.__globals__, doubles):
        try:
            run(setting)
        except Called:
            return True
    return False


def never_flips(known: Mapping[str, Predicate], ledger: Mapping[str, Entry]) -> Iterator[str]:
    """A predicate that no input flips measures nothing."""
    for key, predicate in known.items():
        real = verdict_of(ledger[key], predicate, predicate.standard())
        ablated = verdict_of(ledger[key], predicate, predicate.ablated())
        if real is ablated:
            yield f"{key} says '{real.word}' with the mechanism and without it"


def uncovered(known: Mapping[str, Predicate], ledger: Mapping[str, Entry]) -> Iterator[str]:
    """The ledger's own runs reach every declared condition and no other."""
    for key, predicate in known.items():
        reached = {f.condition for f in predicate.findings(predicate.standard())}
        if reached != set(ledger[key].conditions):
            yield f"{key} reaches {sorted(reached)}, declares {sorted(ledger[key].conditions)}"


def undecided(known: Mapping[str, Predicate]) -> Iterator[str]:
    for key, predicate in known.items():
        for finding in predicate.findings(predicate.standard()):
            if not (finding.confirmed or finding.refuted):
                yield f"{key} is undecided when {finding.condition}: {finding.measure}"


def differs(known: Mapping[str, Predicate], ledger: Mapping[str, Entry]) -> Iterator[str]:
    """The run is never bent: claims.toml changes, with the reason in CHANGELOG.md."""
    for key, predicate in known.items():
        verdict = verdict_of(ledger[key], predicate, predicate.standard())
        if verdict is not ledger[key].verdict:
            yield (
                f"{key}: the run says '{verdict.word}', claims.toml '{ledger[key].verdict.word}'; "
                "change claims.toml and give the reason in CHANGELOG.md"
            )


def stale(known: Mapping[str, Predicate], kept: Mapping[str, tuple[Finding, ...]]) -> Iterator[str]:
    """Pages show the kept findings, so they must be what the runs show today."""
    for key in sorted(set(known) ^ set(kept)):
        yield f"{key} is kept without a predicate, or has one and is not kept"
    for key in set(known) & set(kept):
        if known[key].findings(known[key].standard()) != kept[key]:
            yield f"{key}: the runs show other findings than are kept; run python -m models.claims"
