"""Counts by generation: those kept are the engines' own, and each step removes what it should."""

import json

import pytest

from models.events import Counters
from models.hypervisors import generations
from models.hypervisors.generations import ENGINES, WORK, Extension, Work, boot, induced, now
from models.hypervisors.techniques import NATIVE


def kept(work, technique):
    return Counters.from_json(generations.kept()[work][technique])


def test_every_work_is_kept_for_every_generation():
    assert set(generations.kept()) == set(WORK)
    for runs in generations.kept().values():
        assert set(runs) == {"units", NATIVE, *ENGINES}


def test_a_few_counts_are_those_of_the_present_engines():
    for technique, counters in induced(WORK["disk"], ("translation", "first", "third")):
        assert kept("disk", technique) == counters, "run python -m models.hypervisors generations"


@pytest.mark.soak
def test_all_counts_are_those_of_the_present_engines():
    assert json.loads(generations.as_text(generations.measure())) == generations.kept()


def test_an_instruction_is_run_once_whoever_runs_it():
    """Retired, trapped or emulated: as many attempts of the guest under each generation."""
    for work in WORK:
        for technique in ENGINES:
            counters = kept(work, technique)
            assert counters["retired"].keys() <= {"U", "VS", "VU"}, (work, technique)


def test_each_generation_removes_a_class_and_adds_none():
    """Against counts of the guest's own events, which no engine makes."""
    calls = kept("syscall", NATIVE)["traps"]["ecall-u"]
    assert kept("syscall", "translation")["exits"]["U:environment-call"] == calls
    assert not kept("syscall", "first")["exits"]
    tables = {"S:table-write", "S:fence", "U:hidden-fault"}
    assert tables <= kept("mapping", "first")["exits"].keys()
    assert not kept("mapping", "second")["exits"]
    ticks = kept("tick", NATIVE)["interrupts"]["supervisor-timer"]
    assert kept("tick", "second")["exits"]["U:timer"] == ticks
    assert kept("tick", "third")["exits"] == {"S:environment-call": ticks}
    assert kept("tick", "third")["interrupts"] == {"virtual-supervisor-timer": ticks}


def test_a_devices_exits_are_its_drivers_accesses():
    for work in ("disk", "disk by registers"):
        accesses = sum(kept(work, "second")["device_accesses"].values())
        assert kept(work, "second")["exits"]["S:device"] == accesses


def test_run_now_tells_the_reasons(monkeypatch):
    monkeypatch.setattr(generations, "ENGINES", {"first": ENGINES["first"]})
    told = now("mapping", 1).text()
    assert "S:table-write" in told
    assert "First" in told


def test_without_the_extension_the_guest_does_not_boot():
    assert not boot(Extension(generation="second", present=False)).booted
    assert boot(Extension(generation="second")).booted


def test_a_guest_that_ends_otherwise_is_not_counted(monkeypatch):
    monkeypatch.setattr(generations, "MOST", 1000)
    with pytest.raises(generations.CountError, match="syscall under native"):
        list(induced(Work("syscall", (1, 2)), ENGINES))
