"""What is kept is what a run shows today."""

from dataclasses import replace
from importlib import resources

import pytest

from models.hypervisors.kept import KEPT, NAME, as_text, from_text, kept
from models.hypervisors.popek_goldberg import CRITICAL, Audit, audit
from models.hypervisors.trial import MACHINES

#: Of the names of instructions and CSRs every so manieth is tried in each run of the tests.
EVERY = 6


@pytest.mark.parametrize("name", KEPT)
def test_the_kept_audit_is_the_run(name):
    verdicts = {verdict.form: verdict for verdict in kept(name).verdicts}
    first = KEPT.index(name)  # each machine has others
    subjects = sorted({form.subject for form in verdicts})[first::EVERY]
    tried = audit(MACHINES[name][1], subjects).verdicts
    assert len(tried) > len(verdicts) // (2 * EVERY)
    again = {verdict.form: verdict for verdict in tried}
    assert {form: verdicts[form] for form in again} == again, "run python -m models.hypervisors"


@pytest.mark.soak
@pytest.mark.parametrize("name", KEPT)
def test_the_whole_kept_audit_is_the_run(name):
    assert kept(name) == audit(MACHINES[name][1]), "run python -m models.hypervisors"


def test_the_file_is_what_is_written():
    text = resources.files("models.hypervisors").joinpath(NAME).read_text("utf8")
    assert as_text({name: kept(name) for name in KEPT}) == text


def test_one_verdict_that_is_otherwise_shows():
    """Planted: of 1,821 verdicts one is changed."""
    (first, *others) = kept("plain").verdicts
    changed = Audit(kept("plain").machine, (replace(first, kind=CRITICAL), *others))
    again = from_text(as_text({"plain": changed}))["plain"]
    assert again == changed != kept("plain")


def test_audits_of_other_forms_are_refused():
    text = as_text({"plain": kept("plain")}).replace('"forms": ', '"forms": 1')
    with pytest.raises(ValueError, match=r"run python -m models\.hypervisors"):
        from_text(text)


def test_another_machine_is_refused():
    with pytest.raises(ValueError, match="'wfi' is not kept; allowed: plain, counters, holes"):
        kept("wfi")
