"""Physical memory protection, against the specification's rule byte by byte."""

from hypothesis import given
from hypothesis import strategies as st

from models.machine.pmp import ENTRIES, EXECUTE, READ, WRITE, Pmp

entries = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 9, 0xB, 0xF, 0x11, 0x17, 0x1F, 0x18, 0x99, 0x8B]), st.integers(0, 63)
    ),
    max_size=5,
)


def holds(config, address, before, place):
    """Tell whether an entry holds a byte: the definition."""
    kind = config >> 3 & 3
    if kind == 1:
        return before * 4 <= place < address * 4
    if kind == 2:
        return place // 4 == address
    if kind == 3:
        ones = 0
        while address >> ones & 1:
            ones += 1
        return place >> 3 + ones == address >> 1 + ones
    return False


@given(entries, st.integers(0, 270), st.sampled_from([1, 2, 4, 8]), st.booleans())
def test_the_lowest_entry_that_holds_any_byte_decides(rules, start, width, machine):
    pmp = Pmp()
    for n, (config, address) in enumerate(rules):
        pmp.write_address(n, address)
        pmp.config[n] = config
    pmp.update()
    for access in (READ, WRITE, EXECUTE):
        expected = machine
        for n, (config, address) in enumerate(rules):
            before = rules[n - 1][1] if n else 0
            inside = [holds(config, address, before, start + k) for k in range(width)]
            if any(inside):
                granted = bool(config & access) or (machine and not config & 0x80)
                expected = all(inside) and granted
                break
        assert pmp.allows(start, width, access, machine) == expected


@given(entries, st.integers(0, 8))
def test_uniform_means_that_every_byte_is_decided_alike(rules, page):
    pmp = Pmp()
    for n, (config, address) in enumerate(rules):
        pmp.write_address(n, address)
        pmp.config[n] = config
    pmp.update()
    if pmp.uniform(page * 32, 32):
        answers = {
            (access, machine): {pmp.allows(page * 32 + k, 1, access, machine) for k in range(32)}
            for access in (READ, WRITE, EXECUTE)
            for machine in (False, True)
        }
        assert all(len(found) == 1 for found in answers.values())


def test_locked_entries_stay():
    pmp = Pmp()
    pmp.write_address(0, 100)
    pmp.write_address(1, 200)
    pmp.write_config(1, 0x8F)  # locked, top of range: its base, entry 0's address, is locked too
    pmp.write_config(1, 0)
    pmp.write_address(1, 5)
    pmp.write_address(0, 5)
    pmp.write_config(0, 0x1F)
    assert (pmp.address[:2], pmp.config[:2]) == ([100, 200], [0x1F, 0x8F])


def test_reserved_and_absent_bits_cannot_be_written():
    pmp = Pmp()
    pmp.write_config(0, 0x1A)  # W without R
    assert pmp.config[0] == 0
    pmp.write_config(0, 0x7F)
    assert pmp.config[0] == 0x1F
    pmp.write_address(0, (1 << 64) - 1)
    assert pmp.address[0] == (1 << 54) - 1
    assert len(pmp.address) == ENTRIES == 16


def test_the_whole_address_space_by_one_entry():
    pmp = Pmp()
    pmp.write_address(0, (1 << 54) - 1)
    pmp.write_config(0, 0x1F)
    pmp.update()
    assert pmp.allows(0, 8, WRITE, False)
    assert pmp.allows((1 << 56) - 8, 8, EXECUTE, False)
