"""Ways through layers: what is counted, and what follows from the routes by hand."""

import re
from pathlib import Path

import pytest

from models.performance import layers as room
from models.performance.layers import ARRANGEMENTS, OPERATIONS, Crossing, accesses, layers


def every():
    return [layers(Crossing(a, o)) for a in ARRANGEMENTS for o in OPERATIONS]


def test_a_way_begins_and_ends_in_the_program_and_never_stands_still():
    for crossed in every():
        assert crossed.path[0] == crossed.path[-1] == room.PROGRAM
        assert all(a != b for a, b in zip(crossed.path, crossed.path[1:], strict=False))
        crossed.facts()


def test_a_device_runs_beside_and_is_no_switch():
    bare = layers(Crossing("bare", "disk"))
    assert bare.path == ("program", "kernel", "device", "kernel", "program")
    assert bare.switches == 2


def test_accesses_are_those_that_were_counted():
    assert accesses("disk") == (3, 3)
    assert accesses("packet") == (4, 3)


def test_switches_in_kvm_by_hand():
    """In and out of the program; three times up to the process, three times to the hypervisor."""
    assert layers(Crossing("kvm", "disk")).switches == 2 + 3 * 4 + 3 * 2


def test_computing_and_system_calls_cross_the_same_layers_everywhere():
    for operation in ("add", "system call"):
        assert len({layers(Crossing(a, operation)).path for a in ARRANGEMENTS}) == 1


def test_where_the_device_is_decides_and_not_full_or_para():
    def crossed(arrangement):
        return layers(Crossing(arrangement, "disk")).layers

    assert crossed("drivers") == crossed("para")
    assert set(crossed("full")) - set(crossed("drivers")) == {room.PROCESS}


def test_every_route_is_declared_after_something_in_the_bibliography():
    text = (Path(__file__).parents[2] / "book/references.bib").read_text("utf8")
    works = set(re.findall(r"^@\w+\{(\w+),", text, re.M))
    assert {route.source for route in room.ROUTES.values()} <= works


def test_no_exit_without_a_hypervisor():
    assert all(bool(crossed.exits) == (room.HYPERVISOR in crossed.path) for crossed in every())


def test_other_devices_exits_would_be_noticed(monkeypatch):
    monkeypatch.setitem(room._WORK, "disk", ("disk", 2, "virtio-net"))
    with pytest.raises((ValueError, KeyError)):
        accesses("disk")
