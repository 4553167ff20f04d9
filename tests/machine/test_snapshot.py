"""Snapshots: exact, of a documented format, and refused when damaged."""

import hashlib
import json
import random
from typing import Any

import pytest

from models.machine import firmware, layout
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.boot import prepare
from models.machine.errors import ImageError
from models.machine.snapshot import HEADER, MAGIC, restore, save

OPTIONS = BoardOptions(memory=4 << 20, drives=(bytes(range(256)) * 4,), console=True, iommu=True)
GUEST = """
        li      s1, 0x10000000
        li      s2, 0
        li      s4, 0x88000000
1:      addi    s2, s2, 1
        mul     s3, s2, s2
        andi    t0, s2, 63
        bnez    t0, 1b
        andi    t0, s2, 1023
        ori     t0, t0, 64
        andi    t0, t0, 127
        sb      t0, 0(s1)
        csrr    s5, time
        j       1b
"""


def running(instructions: int, options: BoardOptions = OPTIONS) -> Board:
    board = Board(options)
    board.reset()
    board.load(firmware.build().image()[1], layout.RAM)
    board.load(assemble(GUEST, origin=layout.KERNEL).image()[1], layout.KERNEL)
    prepare(board, layout.RAM, layout.KERNEL)
    assert board.run(instructions).reason == "limit"
    return board


BOARD = running(3000)
SAVED = save(BOARD)


def test_a_run_goes_on_exactly_where_it_was() -> None:
    board = restore(SAVED, OPTIONS.drives)
    assert board.state() == BOARD.state()
    assert save(board) == SAVED
    board.run(5000)
    assert board.state() == running(8000).state()


@pytest.mark.parametrize("tier", ["step", "closures", "python", "webassembly"])
def test_any_tier_may_go_on(tier: str) -> None:
    board = restore(SAVED, OPTIONS.drives, tier=tier)
    board.run(2000)
    assert board.state() == running(5000).state()


def test_tohost_is_watched_again() -> None:
    board = Board(BoardOptions(memory=1 << 20))
    board.reset()
    source = "li a0, 500\n1: addi a0, a0, -1\nbnez a0, 1b\nli a0, 7\nla a1, tohost\nsd a0, 0(a1)\n"
    program = assemble(source + ".data\ntohost: .dword 0")
    board.load(program.image()[1], layout.RAM)
    board.devices.watch_tohost(program.symbols["tohost"])
    prepare(board)
    board.run(100)
    stop = restore(save(board)).run(10_000)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "fail", 3)


def test_zero_pages_take_no_room() -> None:
    assert len(SAVED) < 100_000
    filled = save(running(100, BoardOptions(memory=4 << 20, fill=1)))
    assert len(filled) > 4 << 20
    board = restore(filled)
    assert save(board) == filled


def test_the_format_is_the_documented_one() -> None:
    assert SAVED[:8] == MAGIC
    assert SAVED[8:40] == hashlib.sha256(SAVED[40:]).digest()
    header, contents = opened()
    assert header["options"]["memory"] == OPTIONS.memory
    assert header["images"] == [hashlib.sha256(OPTIONS.drives[0]).hexdigest()]
    pages = header["ram"]
    start = len(contents) - 4096 * len(pages)
    for index, page in enumerate(pages):
        stored = contents[start + 4096 * index :][:4096]
        assert stored == BOARD.ram.read(layout.RAM + 4096 * page, 4096)
    place, length = header["state"]["console"]["$bytes"]
    assert contents[place : place + length] == bytes(BOARD.console_output)


def opened() -> tuple[dict[str, Any], bytes]:
    end = HEADER + int.from_bytes(SAVED[40:HEADER], "little")
    return json.loads(SAVED[HEADER:end]), SAVED[end:]


def sealed(header: Any, contents: bytes) -> bytes:
    """A file with a right hash whatever it holds."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = len(text).to_bytes(8, "little") + text + contents
    return MAGIC + hashlib.sha256(body).digest() + body


def changed(path: str, value: Any) -> bytes:
    """The snapshot with one value of its header replaced."""
    header, contents = opened()
    place: Any = header
    *way, last = path.split("/")
    for key in way:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return sealed(header, contents)


@pytest.mark.parametrize(
    ("data", "where", "problem", "allowed"),
    [
        (b"", "snapshot", "begins with", "RVBOARD"),
        (b"RVBOARD\x01" + SAVED[8:], "snapshot", "begins with", "x02"),
        (SAVED[:-1], "snapshot", "damaged", "as it was saved"),
        (SAVED[:20], "snapshot", "damaged", "as it was saved"),
        (sealed(b"{", b""), "header", "no JSON", "JSON"),
        (sealed(b"[" * 100_000, b""), "header", "no JSON", "JSON"),
        (sealed({}, b""), "header", "other keys", "options"),
        (sealed([], b""), "header", "other keys", "options"),
        (changed("options", 5), "options", "other keys", "memory"),
        (changed("options/memory", "big"), "options.memory", "'big'", "int"),
        (changed("options/memory", 1 << 40), "options.memory", "1099511627776", "up to"),
        (changed("options/memory", 5000), "options.memory", "5000", "multiple"),
        (changed("options/tlb_entries", 3), "options", "", "BoardOptions"),
        (changed("options/holes", [7]), "options.holes", "7", "names"),
        (changed("options/holes", ["nonsense"]), "options", "nonsense", "BoardOptions"),
        (changed("images/0", "00"), "images", "other drives", "saved with"),
        (changed("state/hart", 1), "state.hart", "other keys", "pc"),
        (changed("state/hart/pc", "x"), "state.hart.pc", "'x'", "int"),
        (changed("state/hart/pc", 1 << 64), "state.hart.pc", "", "64 bits"),
        (changed("state/hart/pc", True), "state.hart.pc", "True", "int"),
        (changed("state/hart/x", [0] * 31), "state.hart.x", "31 items", "32"),
        (changed("state/hart/csrs/mode", 2), "state", "2", "can be in"),
        (changed("state/hart/data_tlb", [[1]]), "state.hart.data_tlb", "1 items", "6"),
        (changed("state/console", {"$bytes": [0, 1 << 50]}), "state.console", "bytes", "start"),
        (changed("state/console", {"$bytes": "x"}), "state.console", "bytes", "start"),
        (changed("state/counters/retired", {"X": 1}), "counters", "retired.X", "vocabulary"),
        (changed("tohost", [1, 2, 3]), "tohost", "[1, 2, 3]", "null"),
        (changed("tohost", [0x1000, None]), "tohost", "0x1000", "RAM"),
        (changed("tohost", [0x80000004, None]), "tohost", "multiple of 8", "null"),
        (changed("ram", [2, 1]), "ram", "page numbers", "rising"),
        (changed("ram", [1 << 40]), "ram", "page numbers", "rising"),
        (changed("ram", list(range(1024))), "ram", "1024 pages", "contents"),
    ],
)
def test_a_bad_snapshot_is_refused(data: bytes, where: str, problem: str, allowed: str) -> None:
    with pytest.raises(ImageError) as caught:
        restore(data, OPTIONS.drives)
    error = caught.value
    assert where in error.where, str(error)
    assert problem in error.problem, str(error)
    assert allowed in error.allowed, str(error)


def test_random_changes_give_a_board_or_image_error() -> None:
    """One value of the header replaced by another of any type, with a right hash."""
    rng = random.Random(4)
    values = [0, -1, 7, 1 << 63, 1 << 70, None, True, "x", [], {}, [1], 0.5, {"$bytes": [0, 9]}]
    outcomes = {True: 0, False: 0}
    for _ in range(150):
        header, contents = opened()
        place: Any = header
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = rng.choice(keys)
            if not isinstance(place[key], dict | list) or not place[key] or rng.random() < 0.05:
                break
            place = place[key]
        place[key] = rng.choice(values)
        try:
            board = restore(sealed(header, contents), OPTIONS.drives)
        except ImageError:
            outcomes[False] += 1
        else:
            board.run(200)
            outcomes[True] += 1
    assert min(outcomes.values()) > 10
