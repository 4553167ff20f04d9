"""Ways in which a guest could tell: each tried under each engine, open just where it is named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.guests.tells import ANSWERS, TELLS
from models.hypervisors.techniques import ENGINES
from models.hypervisors.tells import LIMITS, SHARED, native, table, tried

NAMES = [tell.name for tell in TELLS]


@pytest.mark.parametrize("technique", ENGINES)
@pytest.mark.parametrize("tell", TELLS, ids=lambda tell: tell.name)
def test_a_way_is_closed_or_a_named_limit(tell, technique):
    one = tried(tell, technique)
    assert one.seen, "the guest never ended"
    assert one.closed == ((one.tell.name, one.technique) not in LIMITS)


@pytest.mark.parametrize("tell", TELLS, ids=lambda tell: tell.name)
def test_on_the_bare_board_there_is_something_to_see(tell):
    seen = dict(zip(ANSWERS, native(tell), strict=True))
    own = [seen[n] for n in ANSWERS if n != 25]  # s9 is only where to go on
    assert any(own)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([tell for tell in TELLS if tell.name not in SHARED]),
    st.sampled_from(sorted(set(ENGINES) - {"interpret"})),
    st.integers(20, 400),
)
def test_a_neighbour_is_not_seen_either(tell, technique, quantum):
    """Two guests take turns on the processor, and see what each would see alone."""
    one = tried(tell, technique, neighbours=1, quantum=quantum)
    assert one.closed == ((tell.name, technique) not in LIMITS)


def test_what_a_neighbour_takes_away():
    """A translation that was changed and not fenced; the fenced one is right in any case."""
    tell = TELLS[NAMES.index("a translation that it has changed, and not fenced")]
    one = tried(tell, "binary-translation", neighbours=1, quantum=20)
    assert (one.native[:3], one.seen[:3]) == ((111, 111, 222), (111, 222, 222))


def test_limits_are_of_ways_and_engines_that_there_are():
    assert len(set(NAMES)) == len(NAMES)
    assert all(name in NAMES and technique in ENGINES for name, technique in LIMITS)
    assert all(len(why) > 40 for why in LIMITS.values())
    assert not any(technique == "interpret" for _, technique in LIMITS)
    assert set(NAMES) >= SHARED


def test_without_holes_no_register_gives_the_hypervisor_away():
    """What needs a hole is closed on the processor of 1967, under every engine."""
    for tell in [tell for tell in TELLS if tell.holes]:
        whole = replace(tell, holes=())
        for technique in ENGINES:
            one = tried(whole, technique)
            assert one.closed, (tell.name, technique)


def test_what_a_jump_into_the_middle_executes():
    """The second half of one instruction and the next one are a third."""
    from models.machine.decode import decode

    assert decode(0x247302B7).base.name == "lui"
    assert decode(0x1400).base.name == "addi"
    found = decode(0x14002473)
    assert (found.base.name, found.csr, found.rd) == ("csrrs", 0x140, 8)
    assert native(TELLS[NAMES.index("a jump into the middle of an instruction")])[0] == 77


def test_the_table_says_where_it_can_tell():
    open_somewhere = {name for name, _ in LIMITS}
    tells = [tell for tell in TELLS if tell.name in open_somewhere] + list(TELLS[:1])
    shown = table(tried(tell, technique) for tell in tells for technique in ENGINES)
    assert tuple(shown.runs) == tuple(ENGINES)
    for technique, facts in shown.runs.items():
        told = {fact.name for fact in facts if fact.value == "can tell"}
        assert told == {name for name, engine in LIMITS if engine == technique}


def test_an_engine_that_there_is_not():
    with pytest.raises(ValueError, match=r"technique is 'magic', allowed are interpret"):
        tried(TELLS[0], "magic")
