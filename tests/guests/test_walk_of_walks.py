"""Two page tables: the board's counts against the closed form, the way against what it reads."""

import itertools

import pytest

from models.guests.page_table import PageTable
from models.guests.walk_of_walks import OFFSET, SHIFT, GuestMemory, Stages, walk_of_walks
from models.machine.memory import RAM_BASE, Ram

LEVELS = {"sv39": 3, "sv48": 4}
EVERY = [
    Stages(guest, host, pages)
    for guest in LEVELS
    for host in LEVELS
    for pages in Stages.declared("pages").choices
]


def levels(stages: Stages) -> tuple[int, int]:
    """How many levels of each table are walked."""
    large = {"neither": (0, 0), "guest": (1, 0), "host": (0, 1), "both": (1, 1)}[stages.pages]
    return LEVELS[stages.guest] - large[0], LEVELS[stages.host] - large[1]


@pytest.mark.parametrize("stages", EVERY, ids=str)
def test_the_board_counts_what_the_closed_form_says(stages):
    walk = walk_of_walks(stages)
    n, m = levels(stages)
    assert (walk.first, walk.second, walk.native) == (n, (n + 1) * m, n)
    assert walk.counted == len(walk.references) == (n + 1) * (m + 1) - 1
    assert walk.again == 0


def test_the_numbers_that_everybody_quotes():
    def counted(*stages: str) -> int:
        return walk_of_walks(Stages(*stages)).counted

    assert counted("sv48", "sv48", "neither") == 24
    assert counted("sv48", "sv48", "both") == 15
    assert counted("sv39", "sv39", "neither") == 15
    assert counted("sv39", "sv39", "both") == 8


@pytest.mark.parametrize("stages", EVERY, ids=str)
def test_each_word_gives_the_address_of_a_later_one(stages):
    walk = walk_of_walks(stages)
    n, m = levels(stages)
    rows = [[r for r in walk.references if r.row == row] for row in range(n + 1)]
    for number, row in enumerate(rows):
        hosts = [r for r in row if r.host]
        assert len(hosts) == m
        assert [r.leaf for r in hosts] == [False] * (m - 1) + [True]
        for one, following in itertools.pairwise(hosts):
            assert one.entry >> 10 << 12 == following.place & -4096
        own = [r for r in row if not r.host]
        assert len(own) == (number < n)
        inside = (4096 << 9 * hosts[-1].level) - 1
        frame = hosts[-1].entry >> 10 << 12
        # The host's leaf leads to the guest's word, or in the last row to the data.
        wanted = own[0].place if own else walk.physical
        assert frame == wanted & ~inside
    assert walk.physical == walk.guest_physical + SHIFT == RAM_BASE + OFFSET + SHIFT


def test_a_second_stage_has_a_root_of_four_pages():
    ram = Ram(1 << 20)
    assert PageTable(ram, "sv39", RAM_BASE + 0x4000, root_pages=4).tables == 4
    with pytest.raises(ValueError, match="at: 0x80001000 is not a multiple of 16384"):
        PageTable(ram, "sv39", RAM_BASE + 0x1000, root_pages=4)


def test_guest_memory_is_the_boards_upper_part():
    ram = Ram(8 << 20)
    GuestMemory(ram).write(RAM_BASE, b"guest")
    assert ram.read(RAM_BASE + SHIFT, 5) == GuestMemory(ram).read(RAM_BASE, 5) == b"guest"
