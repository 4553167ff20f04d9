"""Two machines side by side: equal where they must be, and no difference escapes."""

from dataclasses import replace

import pytest

from models.explorers import programs
from models.explorers.trace import compared
from models.guests.lockstep import lockstep
from models.machine.debugger import OPTIONS, build


@pytest.mark.parametrize("tier", ["closures", "python", "webassembly"])
@pytest.mark.parametrize("name", programs.NAMES)
def test_every_tier_does_the_same(name, tier):
    found = compared(name, stride=23, most=5_000, tier=tier, hot=1)
    assert found.differing == ()
    assert found.steps > 5
    assert found.facts()["Differing"].value == "nothing"


def test_most_is_exact():
    found = compared("million", stride=97, most=1_000)
    assert (found.steps, found.compared) == (1_000, 11)


def test_a_hole_shows_at_the_instruction_that_it_lets_through():
    found = compared("user", holes=("mstatus",))
    assert found.last == "csrr a1, mstatus"
    assert found.steps == found.compared == 15
    # There the register is read; here nothing is, and the trap's registers are written.
    assert {"a1", "pc", "mcause", "mode"} <= set(found.differing)
    assert found.facts()["Differing"].value.startswith("a1, pc, ")


def test_a_clock_that_runs_at_half_the_speed_shows_when_it_is_read():
    found = compared("timer", instructions_per_tick=2)
    assert found.last == "rdtime t1"
    assert found.differing == ("t1",)


def test_a_difference_in_memory_alone_is_found():
    found = lockstep(build("wfi"), OPTIONS, replace(OPTIONS, fill=1), stride=5)
    assert found.differing == ("ram",)
    assert found.last == ""


@pytest.mark.parametrize(
    ("options", "stride", "says"),
    [({}, 0, "stride: 0; allowed: 1 and more"), ({"memory": 4096}, 1, "allowed: twice the same")],
)
def test_what_cannot_be_compared_is_refused(options, stride, says):
    with pytest.raises(ValueError, match=says):
        lockstep(build("wfi"), OPTIONS, replace(OPTIONS, **options), stride)
