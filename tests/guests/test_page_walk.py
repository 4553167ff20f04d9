"""The walk that readers click: counts of the board, references by its walk, data at the end."""

import pytest

from models.guests.page_table import PAGES, PageTable, index, leaf_size
from models.guests.page_walk import OFFSET, Paging, page_walk
from models.machine.memory import RAM_BASE, Ram
from models.machine.paging import A, D, R, V

LEVELS = {"sv39": 3, "sv48": 4}
EVERY = [Paging(scheme, page) for scheme in LEVELS for page in PAGES]


@pytest.mark.parametrize("parameters", EVERY, ids=str)
def test_a_walk_reads_one_entry_a_level_down_to_the_leaf(parameters):
    walk = page_walk(parameters)
    assert (
        walk.counted == len(walk.references) == LEVELS[parameters.scheme] - PAGES[parameters.page]
    )
    assert [r.leaf for r in walk.references] == [False] * (walk.counted - 1) + [True]
    assert walk.references[-1].level == PAGES[parameters.page]


@pytest.mark.parametrize("parameters", EVERY, ids=str)
def test_each_entry_names_the_table_of_the_next_reference(parameters):
    walk = page_walk(parameters)
    for one, following in zip(walk.references, walk.references[1:], strict=False):
        assert one.entry >> 10 << 12 == following.table
    leaf = walk.references[-1]
    inside = leaf_size(leaf.level) - 1
    assert (leaf.entry >> 10 << 12) + (walk.address & inside) == walk.physical == RAM_BASE + OFFSET


@pytest.mark.parametrize("parameters", EVERY, ids=str)
def test_the_tlb_serves_the_second_load(parameters):
    walk = page_walk(parameters)
    assert (walk.again, walk.misses) == (0, 1)


def test_indices_are_the_address_in_pieces_of_nine_bits():
    address = 0x0000_1234_5678_9ABC
    assert sum(index(address, level) << 12 + 9 * level for level in range(4)) == address & -4096


def test_tables_are_shared_by_neighbours_and_refuse_bad_places():
    table = PageTable(Ram(1 << 20), "sv39", RAM_BASE)
    table.map(0x1000, RAM_BASE, V | R | A | D)
    table.map(0x2000, RAM_BASE, V | R | A | D)
    assert table.tables == 3
    with pytest.raises(ValueError, match=r"virtual: 0x1234 is not a multiple of 0x1000"):
        table.map(0x1234, RAM_BASE, V)
    with pytest.raises(ValueError, match=r"physical: 0x80001000 is not a multiple of 0x200000"):
        table.map(0, RAM_BASE + 0x1000, V, level=1)
    with pytest.raises(ValueError, match="scheme: 'sv57' is unknown"):
        PageTable(Ram(1 << 20), "sv57", RAM_BASE)
