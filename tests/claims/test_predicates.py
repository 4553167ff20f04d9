"""Every predicate passes every gate, and every gate catches its planted defect."""

from dataclasses import replace
from pathlib import Path

import pytest

from models import claims
from models.claims.ledger import ledger
from models.claims.measured import NAME, as_text, measured
from models.claims.predicates import predicate, predicates
from models.claims.verdict import Finding, Verdict
from models.performance.layers import layers
from tests.claims import gates

KEPT = Path(claims.__file__).with_name(NAME)


@pytest.fixture(scope="module")
def known():
    """The predicates, their runs made once."""
    made = {}
    for key, found in predicates().items():
        standard, ablated = found.standard(), tuple(found.ablated())
        runs = dict(zip(found.settings, standard, strict=True))
        made[key] = replace(found, run=runs.__getitem__, ablated=lambda ablated=ablated: ablated)
    return made


def test_every_predicate_is_found_by_its_claim_alone():
    assert {key: predicate(key) for key in predicates()} == predicates()
    assert predicate("C999") is None


ON_BOTH = (gates.without_claim, gates.never_flips, gates.uncovered, gates.differs)


@pytest.mark.parametrize("gate", ON_BOTH, ids=lambda gate: gate.__name__)
def test_every_predicate_passes(gate, known):
    assert list(gate(known, ledger())) == []


@pytest.mark.parametrize("gate", [gates.without_model, gates.undecided], ids=lambda g: g.__name__)
def test_every_predicate_passes_alone(gate, known):
    assert list(gate(known)) == []


def test_the_kept_findings_are_those_of_today(known):
    assert list(gates.stale(known, measured())) == []
    assert as_text(measured()) == KEPT.read_text("utf8")


def test_a_stale_finding_is_caught(known):
    first, *rest = measured()["C11"]
    planted = {**measured(), "C11": (replace(first, measure="1.00 → 0.21"), *rest)}
    assert list(gates.stale(known, planted)) == [
        "C11: the runs show other findings than are kept; run python -m models.claims"
    ]
    assert list(gates.stale({}, {"C11": measured()["C11"]}))


def test_a_predicate_of_a_source_claim_is_caught(known):
    planted = {"C05": known["C11"], "C999": known["C11"]}
    assert len(list(gates.without_claim(planted, ledger()))) == 2


@pytest.mark.parametrize(
    "model",
    [
        "models.cloud.meter:no_such_model",
        "models.no_such_room:run",
        "models.claims.ledger:ledger",
        "models.cloud.access:PATIENCE",
    ],
)
def test_a_predicate_without_a_model_is_caught(known, model):
    planted = {"C11": replace(known["C11"], model=model)}
    assert len(list(gates.without_model(planted))) == 1


def test_every_predicate_runs_the_model_that_it_names():
    assert list(gates.runs_another(predicates())) == []


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("C11", "models.cloud.access:access"),  # its run is another model
        ("C40", "models.performance.loss:loss"),  # its run calls another
        ("C33", "models.hypervisors.generations:boot"),  # so does this one, once and keeps it
    ],
)
def test_a_predicate_that_runs_another_model_is_caught(key, model):
    planted = replace(predicates()[key], model=model, settings=predicates()[key].settings[:1])
    (complaint,) = gates.runs_another({key: planted})
    assert complaint.startswith(f"{key}: ")
    assert f"never calls {model} for {planted.settings[0]}" in complaint


def test_a_run_without_its_model_under_one_setting_is_caught():
    honest = predicates()["C40"]
    made_up = honest.settings[1]

    def sometimes(setting):
        return None if setting == made_up else layers(setting)

    (complaint,) = gates.runs_another({"C40": replace(honest, run=sometimes)})
    assert complaint == f"C40: sometimes never calls {honest.model} for {made_up}"


def test_a_predicate_that_no_input_flips_is_caught(known):
    def always(run):
        return [Finding("independent demand, waiting", True, False, "always")]

    planted = {"C11": replace(known["C11"], judge=always)}
    assert list(gates.never_flips(planted, ledger())) == [
        "C11 says 'holds' with the mechanism and without it"
    ]


def test_an_ablation_that_takes_nothing_out_is_caught(known):
    planted = {"C11": replace(known["C11"], ablated=known["C11"].standard)}
    assert list(gates.never_flips(planted, ledger()))


def test_a_condition_that_no_run_reaches_is_caught(known):
    planted = {"C11": replace(known["C11"], settings=known["C11"].settings[:1])}
    assert "identical" in next(gates.uncovered(planted, ledger()))


def test_an_undecided_run_is_caught(known):
    def shy(run):
        return [replace(f, confirmed=False, refuted=False) for f in known["C11"].judge(run)]

    assert list(gates.undecided({"C11": replace(known["C11"], judge=shy)}))


def test_a_ledger_that_disagrees_with_the_run_is_caught(known):
    planted = {**ledger(), "C11": replace(ledger()["C11"], verdict=Verdict.HOLDS)}
    (complaint,) = gates.differs({"C11": known["C11"]}, planted)
    assert "the run says 'holds with limits', claims.toml 'holds'" in complaint
    assert "CHANGELOG" in complaint
