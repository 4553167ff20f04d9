"""The modelled TLB."""

import pytest

from models.machine.tlb import GLOBAL, Entry, Tlb


def filled():
    tlb = Tlb(4)
    tlb.insert(Entry(0, 1, 0, 0x1000, 0xCF))
    tlb.insert(Entry(1, 2, 0, 0x2000, 0xCF))
    tlb.insert(Entry(2, 1, 0, 0x3000, 0xCF | GLOBAL))
    return tlb


def pages(tlb):
    return [entry[0] for entry in tlb.state()]


def test_a_translation_is_found_by_page_and_address_space():
    tlb = filled()
    assert tlb.lookup(0, 1).frame == 0x1000
    assert tlb.lookup(0, 2) is None
    assert tlb.lookup(2, 9).frame == 0x3000, "a global page serves each address space"
    assert tlb.lookup(4, 1) is None
    assert tlb.lookup(0, 1, virtual=1) is None


def test_pages_that_share_an_entry_displace_each_other_and_fast_paths_learn_of_it():
    tlb = filled()
    gone = []
    tlb.lookup(1, 2).forget[0] = lambda: gone.append(1)
    tlb.insert(Entry(5, 2, 0, 0x9000, 0xCF))
    assert tlb.lookup(1, 2) is None
    assert gone == [1]
    assert len(tlb) == 3


@pytest.mark.parametrize(
    ("page", "asid", "left"),
    [(None, None, []), (0, None, [1, 2]), (2, None, [0, 1]), (None, 1, [1, 2]), (1, 1, [0, 1, 2])],
)
def test_flush_by_page_and_address_space(page, asid, left):
    tlb = filled()
    tlb.flush(page, asid)
    assert pages(tlb) == left


def test_state_returns():
    tlb = Tlb(4)
    tlb.load_state(filled().state())
    assert tlb.state() == filled().state()


@pytest.mark.parametrize("entries", [0, 3, -4])
def test_capacity_is_a_power_of_two(entries):
    with pytest.raises(ValueError, match=f"tlb_entries is {entries}"):
        Tlb(entries)
