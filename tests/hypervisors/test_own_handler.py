"""A guest with somebody else's exit handler."""

import pytest

from models.hypervisors.own_handler import HandlerError, run


def sound(exit_, machine):
    if exit_.interrupt:
        return
    if exit_.cause.endswith("guest-page-fault") and machine.map(exit_.physical):
        return
    machine.emulate()


def test_three_lines_boot_the_kernel():
    handled = run("hello", 1, sound)
    assert handled.differs == ""
    assert 100 < handled.exits < 1000


def test_only_a_fault_of_the_second_stage_can_be_filled_in():
    filled = set()

    def handler(exit_, machine):
        if not exit_.interrupt and not exit_.cause.endswith("guest-page-fault"):
            filled.add(machine.map(exit_.physical))
        sound(exit_, machine)

    assert run("hello", 1, handler).differs == ""
    assert filled == {False}


def test_a_handler_that_does_nothing_is_stopped():
    with pytest.raises(HandlerError, match="nothing moves: instruction-guest-page-fault"):
        run("hello", 1, lambda exit_, machine: None)


def test_a_handler_that_emulates_all_is_stopped():
    with pytest.raises(HandlerError, match="exits and no end"):
        run("hello", 1, lambda exit_, machine: machine.emulate())
