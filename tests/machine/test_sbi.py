"""The book's firmware, called by small S-mode programs: every SBI function, and the wrong calls."""

import pytest

from models.machine import firmware, layout
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions, Stop
from models.machine.boot import prepare

MEMORY = 4 << 20
BASE, TIME, IPI, FENCES, RESET, CONSOLE = (
    0x10,
    0x54494D45,
    0x735049,
    0x52464E43,
    0x53525354,
    0x4442434E,
)
NOT_SUPPORTED, INVALID = -2, -3

CALL = """
        .macro  sbi extension, function
        li      a7, \\extension
        li      a6, \\function
        ecall
        .endm
"""


def run(source: str, typed: bytes = b"", limit: int = 20_000) -> tuple[Board, Stop]:
    """Run an S-mode program; it leaves results in s2, s3, ... and ends at `wfi` or by a reset."""
    board = Board(BoardOptions(memory=MEMORY, tier="step"))
    board.reset()
    board.load(firmware.build().image()[1], layout.RAM)
    board.load(assemble(CALL + source, origin=layout.KERNEL).image()[1], layout.KERNEL)
    prepare(board, layout.RAM, layout.KERNEL)
    board.feed(typed)
    return board, board.run(limit)


def call(extension: int, function: int, *arguments: int) -> tuple[int, int]:
    """One call's error and value, with every other register checked to be kept."""
    kept = [n for n in range(1, 32) if n not in (10, 11, 16, 17) and n not in range(10, 16)]
    source = "".join(f"li x{n}, {n * 1000 + 7}\n" for n in kept)
    source += "li a1, 55\n" + "".join(f"li a{n}, {value}\n" for n, value in enumerate(arguments))
    board, stop = run(source + f"sbi {extension}, {function}\nwfi\n")
    assert stop.reason == "wfi"
    assert [board.hart.x[n] for n in kept] == [n * 1000 + 7 for n in kept]
    assert board.hart.csrs.mode == 1
    return board.hart.x[10], board.hart.x[11]


def test_the_kernel_starts_in_s_mode_with_hart_and_tree() -> None:
    board, stop = run("wfi")
    assert stop.reason == "wfi"
    assert board.hart.csrs.mode == 1
    assert board.hart.x[10] == 0
    assert board.ram.read(board.hart.x[11], 4) == bytes.fromhex("d00dfeed")


def test_it_fits_the_room_that_pmp_closes() -> None:
    base, memory = firmware.build().image()
    assert base == layout.RAM
    assert len(memory) <= firmware.ROOM
    board, stop = run(
        """
        la      t0, 1f
        csrw    stvec, t0
        li      t0, 0x8000fff8
        ld      t0, 0(t0)
        .balign 4
1:      csrr    s2, scause
        csrr    s3, stval
        wfi
        """
    )
    assert stop.reason == "wfi"
    assert (board.hart.x[18], board.hart.x[19]) == (5, 0x8000_FFF8)


@pytest.mark.parametrize(
    ("function", "argument", "value"),
    [(0, 0, 2 << 24), (1, 0, 0x626F6F6B), (2, 0, 1), (4, 0, 0), (5, 0, 0), (6, 0, 0)]
    + [(3, extension, 1) for extension in (BASE, TIME, IPI, FENCES, RESET, CONSOLE, 1, 2, 8)]
    + [(3, extension, 0) for extension in (0, 3, 0x48534D, -5)],
)
def test_base(function: int, argument: int, value: int) -> None:
    assert call(BASE, function, argument) == (0, value)


@pytest.mark.parametrize(
    ("extension", "function", "arguments", "error"),
    [
        (BASE, 7, (), NOT_SUPPORTED),
        (TIME, 1, (), NOT_SUPPORTED),
        (IPI, 1, (), NOT_SUPPORTED),
        (IPI, 0, (2, 0), INVALID),
        (IPI, 0, (1, 1), INVALID),
        (FENCES, 3, (), NOT_SUPPORTED),
        (RESET, 1, (), NOT_SUPPORTED),
        (RESET, 0, (3, 0), INVALID),
        (CONSOLE, 3, (), NOT_SUPPORTED),
        (CONSOLE, 0, (1, 0x80200000, 1), INVALID),
        (CONSOLE, 0, (1, 0x40000000, 0), INVALID),  # no memory there
        (CONSOLE, 1, (1, 0x40000000, 0), 0),  # nothing typed, so nothing stored
        (0x12345678, 0, (), NOT_SUPPORTED),
    ],
)
def test_errors_come_back_and_nothing_breaks(
    extension: int, function: int, arguments: tuple[int, ...], error: int
) -> None:
    assert call(extension, function, *arguments) == (error, 0)


@pytest.mark.parametrize("function", [0, 1, 2])
def test_fences(function: int) -> None:
    assert call(FENCES, function, 1, 0, 0, 0) == (0, 0)


def test_the_timer_interrupts_the_kernel() -> None:
    board, stop = run(
        f"""
        la      t0, handler
        csrw    stvec, t0
        li      t0, 1 << 5
        csrw    sie, t0
        csrsi   sstatus, 2
        rdtime  a0
        addi    a0, a0, 1000
        mv      s2, a0
        sbi     {TIME}, 0
1:      j       1b
        .balign 4
handler: rdtime s3
        csrr    s4, scause
        li      a0, -1
        sbi     {TIME}, 0
        csrr    s5, sip
        wfi
        """
    )
    assert stop.reason == "wfi"
    due, taken, cause, pending = board.hart.x[18:22]
    assert due <= taken <= due + 10
    assert cause == -(1 << 63) + 5
    assert pending == 0


@pytest.mark.parametrize("arguments", ["li a0, 1\nli a1, 0", "li a1, -1"])
def test_an_ipi_raises_the_software_interrupt(arguments: str) -> None:
    board, _ = run(f"{arguments}\nsbi {IPI}, 0\ncsrr s2, sip\nwfi")
    assert board.hart.x[18] == 2


@pytest.mark.parametrize(
    ("kind", "reason", "detail", "code"),
    [(0, 0, "pass", 0), (0, 1, "fail", 1), (1, 0, "reset", 0), (2, 0, "reset", 0)],
)
def test_system_reset(kind: int, reason: int, detail: str, code: int) -> None:
    _, stop = run(f"li a0, {kind}\nli a1, {reason}\nsbi {RESET}, 0")
    assert (stop.reason, stop.detail, stop.code) == ("halt", detail, code)


def test_legacy_shutdown() -> None:
    _, stop = run("sbi 8, 0")
    assert (stop.reason, stop.detail) == ("halt", "pass")


def test_the_console_writes_and_reads() -> None:
    board, stop = run(
        f"""
        li      a0, 5
        la      a1, text
        li      a2, 0
        sbi     {CONSOLE}, 0
        mv      s2, a1
        li      a0, '!'
        sbi     {CONSOLE}, 2
        la      s5, room
        li      s6, 3
1:      li      a0, 8
        add     a1, s5, s3
        sbi     {CONSOLE}, 1
        add     s3, s3, a1
        bltu    s3, s6, 1b
        li      a0, '?'
        sbi     1, 0
        sbi     2, 0
        mv      s4, a0
        wfi
text:   .ascii  "hello"
room:   .skip   8
        """,
        typed=b"abc",
    )
    assert stop.reason == "wfi"
    assert bytes(board.console_output) == b"hello!?"
    assert (board.hart.x[18], board.hart.x[19], board.hart.x[20]) == (5, 3, -1)
    assert board.ram.read(board.hart.x[21], 8) == b"abc\0\0\0\0\0"


def test_a_call_of_the_console_moves_at_most_a_page() -> None:
    source = f"li a0, -1\nli a1, {layout.KERNEL}\nli a2, 0\nsbi {CONSOLE}, 0\nmv s2, a1\nwfi"
    board, stop = run(source, limit=40_000)
    assert stop.reason == "wfi"
    assert board.hart.x[18] == len(board.console_output) == 4096


def test_legacy_getchar() -> None:
    board, _ = run("1: sbi 2, 0\nbltz a0, 1b\nmv s2, a0\nwfi", typed=b"x")
    assert board.hart.x[18] == ord("x")
