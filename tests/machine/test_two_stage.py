"""Two stages of translation: against the specification's own steps, and counted."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.machine import paging
from models.machine.paging import A, D, PageFault, R, Rights, U, V, W, WalkFault, X
from models.machine.two_stage import (
    READ_ENTRY,
    WRITE_ENTRY,
    GuestPageFault,
    Stage,
    walk_two_stages,
)
from tests.machine import walker
from tests.machine.test_walker import ACCESS, FRAMES, entries

LEVELS = {8: 3, 9: 4}
#: Frames of the guest's tables in its physical memory, and the root and levels of the second stage.
GUEST_FRAMES = range(0x100, 0x104)
ROOT = 0x80000  # four frames
INDEX = (0, 1, 511)
SECOND = FRAMES[4:]


def second_stage(draw: st.DrawFn, mode: int) -> dict[int, int]:
    """Entries that lead guest physical addresses to frames with memory, mostly."""
    levels = LEVELS[mode]
    memory = {}
    good = V | R | W | X | U | A | D
    wrong = (good & ~W,) * 4 + (good & ~D, good & ~R, good & ~U, 0)
    chosen = st.sampled_from((good,) * 12 + wrong)
    for level in range(1, levels):
        frame = ROOT if level == levels - 1 else SECOND[level]
        below = SECOND[level - 1] << 10 | V
        leaf = draw(entries())
        memory[frame << 12] = draw(st.sampled_from((below,) * 12 + (leaf,)))
    for n, guest in enumerate(GUEST_FRAMES):
        target = draw(st.sampled_from((0x90000 + n,) * 15 + (0x12345,)))
        memory[SECOND[0] << 12 | (guest & 511) * 8] = target << 10 | draw(chosen)
    memory[SECOND[0] << 12] = draw(entries())
    return memory


@st.composite
def questions(draw: st.DrawFn) -> dict:
    """Tables of a guest and its hypervisor, and an access to translate."""
    user = draw(st.booleans())
    modes = draw(st.sampled_from((0, 8, 9))), draw(st.sampled_from((0, 8, 8, 9)))
    memory = second_stage(draw, modes[1]) if modes[1] else {}
    place = {g: 0x90000 + n if modes[1] else g for n, g in enumerate(GUEST_FRAMES)}
    levels = LEVELS.get(modes[0], 3)
    indices = [draw(st.sampled_from(INDEX)) for _ in range(levels)]
    for level in range(levels):
        frame = GUEST_FRAMES[levels - 1 - level]
        below = GUEST_FRAMES[(levels - level) % 4] << 10 | V
        entry = below if level else draw(entries())
        if level == 0 and draw(st.booleans()):  # one that allows it, but for A and D perhaps
            flags = V | R | W | X | (U if user else 0) | draw(st.sampled_from((0, 0, A, A | D)))
            entry = draw(st.sampled_from(GUEST_FRAMES)) << 10 | flags
        memory[place[frame] << 12 | indices[level] * 8] = entry
    address = sum(index << 12 + 9 * level for level, index in enumerate(indices))
    if address >> 11 + 9 * levels:
        address |= -1 << 12 + 9 * levels
    if modes[0] == 0:
        address = draw(st.sampled_from((*GUEST_FRAMES, 0, 1 << 29, 1 << 38))) << 12
    access = draw(st.sampled_from(tuple(ACCESS)))
    return {
        "vsatp": modes[0] << 60 | GUEST_FRAMES[0],
        "hgatp": modes[1] << 60 | ROOT,
        "address": (address | draw(st.integers(0, 511)) * 8) & (1 << 64) - 1,
        "access": access,
        "user": user,
        "SUM": draw(st.booleans()),
        "MXR": draw(st.booleans()),
        "outer_MXR": draw(st.booleans()),
        "execute": access == "load" and draw(st.booleans()),
        "memory": memory,
        "hardware": draw(st.booleans()),
    }


#: A guest's leaf lacks A, the hardware would set it, and the second stage closes that table to
#: writing: drawn so seldom that a run of the property may miss it.
UNWRITABLE = {
    "vsatp": 8 << 60 | GUEST_FRAMES[0],
    "hgatp": 8 << 60 | ROOT,
    "address": 0,
    "access": "load",
    "user": False,
    "SUM": False,
    "MXR": False,
    "outer_MXR": False,
    "execute": False,
    "hardware": True,
    "memory": {
        ROOT << 12: SECOND[1] << 10 | V,
        SECOND[1] << 12: SECOND[0] << 10 | V,
        **{
            SECOND[0] << 12 | (guest & 511) * 8: (0x90000 + n) << 10
            | (V | R | W | X | U | A | D) & (~W if n == 2 else -1)
            for n, guest in enumerate(GUEST_FRAMES)
        },
        0x90000 << 12: GUEST_FRAMES[1] << 10 | V,
        0x90001 << 12: GUEST_FRAMES[2] << 10 | V,
        0x90002 << 12: GUEST_FRAMES[3] << 10 | V | R | W,
    },
}


def reach(place: int) -> bool:
    """Where there is memory."""
    return place >> 12 in FRAMES or place >> 12 in range(0x90000, 0x90004) or place < 1 << 21


def ours(question: dict) -> tuple[object, dict[int, int]]:
    """What `models.machine.two_stage` says, and the memory afterwards."""
    q, memory = question, dict(question["memory"])

    def load(place: int) -> int:
        if not reach(place):
            raise WalkFault
        return memory.get(place, 0)

    def store(place: int, value: int) -> None:
        memory[place] = value

    def stage(root: int, rights: Rights) -> Stage:
        return Stage(root if root >> 60 else None, rights, load, store)

    first = stage(q["vsatp"], Rights(q["user"], q["SUM"], q["MXR"] or q["outer_MXR"], q["execute"]))
    second = stage(q["hgatp"], Rights(True, False, q["outer_MXR"], q["execute"]))
    try:
        frame, _, _ = walk_two_stages(
            q["address"], ACCESS[q["access"]], first, second, q["hardware"]
        )
    except PageFault:
        return ("page", 0, 0), memory
    except WalkFault:
        return ("access", 0, 0), memory
    except GuestPageFault as fault:
        return ("guest page", fault.physical, fault.instruction), memory
    return frame | q["address"] & 4095, memory


def specified(question: dict) -> tuple[object, dict[int, int]]:
    """What the specification says, and the memory afterwards."""
    found = walker.walk_guest(
        question["vsatp"],
        question["hgatp"],
        question["address"],
        question["access"],
        reach=reach,
        **{
            name: question[name]
            for name in ("user", "SUM", "MXR", "outer_MXR", "execute", "memory", "hardware")
        },
    )
    memory = question["memory"] | dict(found.writes)
    if found.address is not None:
        return found.address, memory
    code = {"": 0, "read": READ_ENTRY, "write": WRITE_ENTRY}[found.implicit]
    return (found.fault, found.physical, code), memory


def test_two_stages_are_walked_as_the_specification_says() -> None:
    """Same address or fault, same guest physical address and code, same A and D."""
    met: Counter[object] = Counter()

    @settings(max_examples=600, deadline=None, derandomize=True, database=None)
    @given(questions())
    @example(UNWRITABLE)
    def check(question: dict) -> None:
        expected = specified(question)
        assert ours(question) == expected
        outcome = expected[0]
        met[outcome[0::2] if isinstance(outcome, tuple) else "translated"] += 1

    check()
    faults = {("page", 0), ("access", 0), ("guest page", 0)}
    assert set(met) == {"translated", *faults, ("guest page", 0x3000), ("guest page", 0x3020)}


# ---------------------------------------------------------------- references
def chain(
    memory: dict[int, int], frames: list[int], root: int, address: int, leaf: int, levels: int
) -> None:
    """Map an address to itself by a leaf at a level, with tables from `frames`."""
    table = root
    for level in reversed(range(leaf, levels)):
        wide = 2 if root == ROOT and level == levels - 1 else 0
        place = table << 12 | (address >> 12 + 9 * level & (512 << wide) - 1) * 8
        if level == leaf:
            memory[place] = (address >> 12 + 9 * level << 9 * level) << 10 | 0xDF
            return
        if place not in memory:
            memory[place] = frames.pop() << 10 | V
        table = memory[place] >> 10


@given(
    modes=st.tuples(st.sampled_from((8, 9)), st.sampled_from((8, 9))),
    leaves=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    address=st.integers(1, (1 << 26) - 1),
)
@settings(max_examples=60, deadline=None)
def test_references_follow_the_closed_form(
    modes: tuple[int, int], leaves: tuple[int, int], address: int
) -> None:
    """(n + 1)(m + 1) - 1 with n and m levels walked: 15 for Sv39, 24 for Sv48, pages of 4 KiB."""
    first_levels, second_levels = (LEVELS[mode] for mode in modes)
    address <<= 12
    memory: dict[int, int] = {}
    guest_frames = list(range(0x200, 0x204))
    chain(memory, guest_frames[1:], 0x200, address, leaves[0], first_levels)
    frames = list(range(0x81000, 0x81100))
    for frame in (*guest_frames, address >> 12):
        chain(memory, frames, ROOT, frame << 12, leaves[1], second_levels)
    count: Counter[str] = Counter()

    def stage(name: str, root: int) -> Stage:
        def load(place: int) -> int:
            count[name] += 1
            return memory[place]

        return Stage(root, Rights(True), load, lambda place, value: None)

    first = stage("first", modes[0] << 60 | 0x200)
    second = stage("second", modes[1] << 60 | ROOT)
    frame, _, _ = walk_two_stages(address, R, first, second)
    assert frame == address
    n, m = first_levels - leaves[0], second_levels - leaves[1]
    assert (count["first"], count["second"]) == (n, (n + 1) * m)
    assert count.total() == (n + 1) * (m + 1) - 1


def test_a_stage_that_is_off_costs_nothing() -> None:
    memory = {0x80000 << 12 | 8 * 8: 0x80000 << 10 | 0xDF}
    off = Stage(None, Rights(True), memory.__getitem__, memory.__setitem__)
    on = Stage(8 << 60 | 0x80000, Rights(True), memory.__getitem__, memory.__setitem__)
    assert walk_two_stages(0x2_0000_1000, R, off, off)[0] == 0x2_0000_1000
    for first, second in ((on, off), (off, on)):
        frame, *flags = walk_two_stages(0x2_0000_1000, R, first, second)
        assert (frame, sorted(flags)) == (0x80001000, [0xDF, 0xFF])


def test_a_second_stage_reaches_two_bits_further() -> None:
    """Root index 2047 is there for the second stage, and not for the guest's own."""
    memory = {(ROOT << 12) + 2047 * 8: 0x80000 << 10 | 0xDF}
    table = (8 << 60 | ROOT, (2047 << 30), R, Rights(True), memory.__getitem__)
    assert paging.walk(*table, memory.__setitem__, True, True).frame == 0x80000000
    for address, second in ((2047 << 30, False), (2048 << 30, True)):
        try:
            paging.walk(table[0], address, *table[2:], memory.__setitem__, True, second)
        except PageFault:
            continue
        raise AssertionError(f"{address:#x} was translated")
