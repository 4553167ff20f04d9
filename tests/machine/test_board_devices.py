"""Devices on the board: programs that reach them through bus, wires and interrupts."""

import pytest

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions

TIERS = ("step", "closures", "python", "webassembly")

START = """
.equ UART, 0x10000000
.equ PLIC, 0x0c000000
.equ CLINT, 0x02000000
.equ FINISHER, 0x00100000
.equ DISK, 0x10200000
"""


def board_with(program: str, tier: str, **options) -> tuple[Board, dict[str, int]]:
    assembled = assemble(START + program)
    address, image = assembled.image()
    board = Board(BoardOptions(memory=1 << 20, tier=tier, hot=2, fill=7, **options))
    board.reset()
    board.load(image, address)
    return board, assembled.symbols


ECHO = """
    la t0, handler          # sleep until the UART interrupts; send back what came
    csrw mtvec, t0
    li t0, UART
    li t1, 1
    sb t1, 1(t0)            # IER: received
    li t0, PLIC + 4*10
    sw t1, 0(t0)            # priority of source 10
    li t0, PLIC + 0x2000
    li t1, 1 << 10
    sw t1, 0(t0)            # enabled for M-mode
    li t1, 1 << 11
    csrw mie, t1
    csrsi mstatus, 8
sleep:
    wfi
    j sleep
.align 2
handler:
    li t0, PLIC + 0x200004
    lw t3, 0(t0)            # claim
    li t1, UART
more:
    lbu t2, 0(t1)
    sb t2, 0(t1)
    lbu t4, 5(t1)
    andi t4, t4, 1
    bnez t4, more
    sw t3, 0(t0)            # complete
    mret
"""


@pytest.mark.parametrize("tier", TIERS)
def test_uart_wakes_a_sleeping_hart(tier):
    board, _ = board_with(ECHO, tier)
    assert board.run(10_000).reason == "wfi"
    for text in (b"a", b"hello", b"more than sixteen bytes at once"):
        board.console_output.clear()
        board.feed(text)
        assert board.run(10_000).reason == "wfi"
        assert board.console_output == text
    assert board.counters["interrupts"]["machine-external"] >= 3
    assert board.counters["device_interrupts"]["uart"] >= 3


TIMER = """
    la t0, handler
    csrw mtvec, t0
    li t0, CLINT + 0x4000
    li t1, 100
    sd t1, 0(t0)
    li t1, 1 << 7
    csrw mie, t1
    csrsi mstatus, 8
    li a0, 0
loop:
    addi a0, a0, 1
    j loop
.align 2
handler:
    li t1, FINISHER
    li t2, 0x00053333
    sw t2, 0(t1)
    j handler
"""


def test_timer_strikes_on_the_same_instruction_in_every_tier():
    seen = set()
    for tier in TIERS:
        board, _ = board_with(TIMER, tier, instructions_per_tick=10)
        stop = board.run(10_000)
        assert (stop.reason, stop.detail, stop.code) == ("halt", "fail", 5)
        seen.add((stop.retired, board.hart.x[10], board.hart.csrs.mepc))
    assert len(seen) == 1
    retired, _, _ = seen.pop()
    assert 1000 <= retired < 1020


DISK = """
    li t0, DISK
    li t1, 1
    sw t1, 8(t0)            # sector 1
    sw t1, 12(t0)           # read
    la t2, buffer
    li t3, 128
copy:
    lw t4, 24(t0)
    sw t4, 0(t2)
    addi t2, t2, 4
    addi t3, t3, -1
    bnez t3, copy
    la t0, tohost
    li t1, 1
    sd t1, 0(t0)
hang:
    j hang
.align 12
tohost: .dword 0
.align 12
buffer: .dword 0
"""


@pytest.mark.parametrize("tier", TIERS)
def test_register_level_disk_and_tohost(tier):
    image = bytes(512) + bytes(range(256)) * 2
    board, symbols = board_with(DISK, tier, disk=image)
    board.devices.watch_tohost(symbols["tohost"])
    stop = board.run(10_000)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "pass", 0)
    assert board.ram.read(symbols["buffer"], 512) == image[512:]
    assert board.counters["device_accesses"]["disk"] == 130  # an exit each, under a hypervisor


@pytest.mark.parametrize("tier", TIERS)
def test_state_in_the_middle_goes_on_alike(tier):
    board, _ = board_with(ECHO, tier)
    board.run(10_000)
    board.feed(b"some text to echo")
    board.run(40)
    other, _ = board_with(ECHO, tier)
    other.load_state(board.state())
    for machine in (board, other):
        machine.run(10_000)
    assert other.console_output == board.console_output
    assert other.state() == board.state()
