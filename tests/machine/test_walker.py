"""Random page tables: `models.machine.paging` against the specification's own steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine import paging
from tests.machine import walker

ACCESS = {"load": paging.R, "store": paging.W, "fetch": paging.X}
#: Frames that tables may lie in; all others are no memory.
FRAMES = range(0x80000, 0x80008)
NOWHERE = 0x12345


@st.composite
def entries(draw: st.DrawFn) -> int:
    """A page-table entry, correct more often than chance would have it."""
    flags = draw(st.sampled_from((1, 1, 1, 0xCF, 0xDF, 0xC7, 0xD7)))
    flags ^= draw(st.sampled_from((0, 0, 0, *(1 << bit for bit in range(8)), 0x40, 0xC0, 0x0E)))
    frame = draw(st.sampled_from((*FRAMES, *FRAMES, NOWHERE, 0x40000, 0x80200, 0, 1 << 43)))
    high = draw(st.sampled_from((0,) * 12 + tuple(1 << bit for bit in range(54, 64))))
    return high | frame << 10 | flags | draw(st.integers(0, 3)) << 8


@st.composite
def questions(draw: st.DrawFn) -> dict:
    """A small memory full of entries, and an access to translate."""
    mode = draw(st.sampled_from((8, 9)))
    levels = {8: 3, 9: 4}[mode]
    indices = [draw(st.sampled_from((0, 1, 255, 256, 511))) for _ in range(levels)]
    memory = {
        frame << 12 | index * 8: draw(entries())
        for frame in draw(st.sets(st.sampled_from(FRAMES), min_size=1))
        for index in set(indices)
    }
    address = sum(index << 12 + 9 * level for level, index in enumerate(indices))
    if address >> 11 + 9 * levels:
        address |= -1 << 12 + 9 * levels
    address ^= draw(st.sampled_from((0,) * 9 + (1 << 63, 1 << 48, 1 << 40)))
    return {
        "satp": mode << 60 | draw(st.sampled_from(FRAMES)) | draw(st.sampled_from((0, 7 << 44))),
        "address": (address | draw(st.integers(0, 4095))) & (1 << 64) - 1,
        "access": draw(st.sampled_from(tuple(ACCESS))),
        "rights": paging.Rights(*(draw(st.booleans()) for _ in range(3))),
        "memory": memory,
        "update": draw(st.booleans()),
    }  # fmt: skip


def leaves() -> Iterator[dict]:
    """Every leaf's flags, access and rights, at a gigapage."""
    for flags, access, update in product(range(256), ACCESS, (False, True)):
        for rights in product((False, True), repeat=3):
            yield {
                "satp": 8 << 60 | FRAMES[0],
                "address": 2 << 30,
                "access": access,
                "rights": paging.Rights(*rights),
                "memory": {FRAMES[0] << 12 | 2 * 8: 0x40000 << 10 | flags},
                "update": update,
            }


def ours(question: dict) -> tuple[object, dict[int, int]]:
    """What `models.machine.paging` says, and the memory afterwards."""
    memory = dict(question["memory"])

    def load(place: int) -> int:
        if place >> 12 not in FRAMES:
            raise paging.WalkFault
        return memory.get(place, 0)

    def store(place: int, value: int) -> None:
        memory[place] = value

    try:
        found = paging.walk(
            question["satp"],
            question["address"],
            ACCESS[question["access"]],
            question["rights"],
            load,
            store,
            question["update"],
        )
    except paging.PageFault:
        return "page fault", memory
    except paging.WalkFault:
        return "access fault", memory
    return found.frame | question["address"] & 4095, memory


def specified(question: dict) -> tuple[object, dict[int, int], str]:
    """What the specification says, the memory afterwards, and the reason for a fault."""
    rights: paging.Rights = question["rights"]

    def read(place: int) -> int | None:
        return question["memory"].get(place, 0) if place >> 12 in FRAMES else None

    outcome = walker.walk(
        question["satp"],
        question["address"],
        question["access"],
        user=rights.user,
        SUM=rights.sum,
        MXR=rights.mxr,
        read=read,
        hardware=question["update"],
    )
    memory = question["memory"] | dict(outcome.writes)
    if outcome.address is None:
        kind = "access" if outcome.reason == "no memory for the entry" else "page"
        return f"{kind} fault", memory, outcome.reason
    return outcome.address, memory, ""


def test_paging_walks_as_the_specification_says() -> None:
    """Same address or fault, same A and D; and every reason to fail was met."""
    met: Counter[str] = Counter()

    @settings(max_examples=600, deadline=None, derandomize=True, database=None)
    @given(questions())
    def check(question: dict) -> None:
        expected, memory, reason = specified(question)
        assert ours(question) == (expected, memory), reason
        met[reason] += 1

    check()
    for question in leaves():
        expected, memory, reason = specified(question)
        assert ours(question) == (expected, memory), (question, reason)
        met[reason] += 1
    assert set(met) == {"", *walker.REASONS}
