"""Options, stop reasons, snapshots and resets of the board."""

import pytest

from models.machine.board import Board, BoardOptions
from tests.machine.programs import ready
from tests.machine.tiers.random_programs import board

PRINT = """
    li t0, 0x10000000
    la t1, text
    next: lbu t2, 0(t1)
    beqz t2, done
    sb t2, 0(t0)
    addi t1, t1, 1
    j next
    done: li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
    loop: j loop
    text: .asciz "hello, world"
"""


def test_a_guest_prints_and_halts():
    made = ready(PRINT)
    stop = made.run(10_000)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "pass", 0)
    assert bytes(made.console_output) == b"hello, world"
    assert made.counters["device_accesses"] == {"uart": 12, "finisher": 1}


@pytest.mark.parametrize("tier", ["step", "closures", "python", "webassembly"])
def test_a_run_ends_right_after_the_text(tier):
    made = ready(PRINT, tier=tier)
    stop = made.run(10_000, until="lo,")
    assert (stop.reason, stop.detail) == ("condition", "lo,")
    assert bytes(made.console_output) == b"hello,"
    assert made.run(10_000).reason == "halt"


def test_a_condition_is_asked_after_every_instruction():
    made = ready("loop: addi s2, s2, 1\nj loop")
    made.hart.x[18] = 0
    stop = made.run(1000, until=lambda board: board.hart.x[18] == 7)
    assert (stop.reason, stop.retired, made.hart.x[18]) == ("condition", 13, 7)
    stop = made.run(100, until=lambda board: False)
    assert (stop.reason, stop.retired) == ("limit", 100)


def test_a_failing_guest_gives_its_code():
    made = ready("li t0, 0x100000\nli t1, 0x00033333\nsw t1, 0(t0)\nl: j l")
    stop = made.run(100)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "fail", 3)


def test_tohost_ends_a_run():
    made = ready("la t0, tohost\nli t1, 7\nsd t1, 0(t0)\nl: j l\n.balign 4096\ntohost: .dword 0")
    made.devices.watch_tohost(0x8000_1000)
    stop = made.run(100)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "fail", 3)


def test_waiting_with_nothing_armed_ends_the_run_and_input_wakes_it():
    made = ready(
        """
        li t0, 0x10000000
        li t1, 1
        sb t1, 1(t0)               # the UART interrupts when it has received
        li t0, 0x0c000028
        sw t1, 0(t0)               # priority of source 10
        li t0, 0x0c002000
        li t1, 0x400
        sw t1, 0(t0)               # enabled for M
        li t1, 0x800
        csrw mie, t1
        wfi
        li t0, 0x10000000
        lbu s2, 0(t0)
        csrw mie, x0
        wfi
        """
    )
    assert made.run(1000).reason == "wfi"
    made.feed(b"x")
    assert made.run(1000).reason == "wfi"
    assert made.hart.x[18] == ord("x")


@pytest.mark.parametrize("seed", range(5))
def test_a_run_in_pieces_is_the_run_in_one(seed):
    whole, pieces = board(seed, "python"), board(seed, "python")
    whole.run(1500)
    for limit in (1, 2, 97, 400, 1000):
        pieces.run(limit)
    assert whole.state() == pieces.state()


@pytest.mark.parametrize("seed", range(5))
def test_a_state_loads_into_a_new_board(seed):
    first = board(seed, "python")
    first.run(700)
    state = first.state()
    second = Board(first.options)
    second.load_state(state)
    assert second.state() == state
    first.run(700)
    second.run(700)
    assert first.state() == second.state()


def test_reset_forgets_everything():
    made = ready(PRINT, drives=(bytes(1024),), fill=7)
    fresh = Board(made.options)
    fresh.reset()
    made.run(10_000)
    made.reset()
    assert made.state() == fresh.state()


def test_time_in_the_books_firmware_stands_still():
    source = """
        la t0, handler
        csrw mtvec, t0
        la t0, supervisor
        csrw mepc, t0
        li t0, 0x800
        csrw mstatus, t0
        li t0, -1
        csrw pmpaddr0, t0
        csrw mcounteren, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        mret
        .balign 4
        handler: csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret
        .balign 4
        .option norvc
        supervisor: csrr s2, time
        nop
        ecall
        csrr s3, time
        csrr s4, instret
        wfi
        """
    for tier in ("step", "closures", "python", "webassembly"):
        made = ready(source, own_firmware=True, tier=tier)
        stop = made.run(1000)
        # csrr, nop, ecall (an attempt), csrr, csrr, wfi
        assert (stop.reason, stop.retired, made.clock.count) == ("wfi", 6, 6)
        assert (made.hart.x[18], made.hart.x[19], made.hart.x[20]) == (0, 3, 3)
        assert made.counters["retired"]["S"] == 5
        assert made.counters["retired"].keys() == {"S", "firmware"}


def test_firmware_that_never_returns_ends_the_run():
    stop = ready("l: j l", own_firmware=True).run(10)
    assert (stop.reason, stop.detail, stop.retired) == ("limit", "firmware", 0)


@pytest.mark.parametrize("tier", ["step", "closures", "python", "webassembly"])
def test_firmware_that_leaves_an_interrupt_pending_ends_the_run(tier):
    """It returns each time, and the guest never comes to an instruction."""
    source = """
        la t0, handler
        csrw mtvec, t0
        li t0, 0x80
        csrw mie, t0
        li t0, 0x2004000
        sd x0, 0(t0)
        csrw mstatus, x0
        la t0, guest
        csrw mepc, t0
        mret
        guest: j guest
        .balign 4
        handler: mret
    """
    stop = ready(source, own_firmware=True, tier=tier).run(10)
    assert (stop.reason, stop.detail, stop.retired) == ("limit", "firmware", 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tier": "jit"}, "tier is 'jit', allowed are auto"),
        ({"memory": 100}, "RAM size is 100"),
        ({"instructions_per_tick": 0}, "instructions_per_tick is 0"),
        ({"tlb_entries": 3}, "tlb_entries is 3"),
        ({"drives": (b"",) * 9}, "9 virtio devices, allowed are 8"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        Board(BoardOptions(**{"memory": 1 << 16} | options))


def test_an_image_that_does_not_fit_is_refused():
    made = Board(BoardOptions(memory=1 << 16))
    with pytest.raises(ValueError, match="100000 bytes at 0x80000000 do not fit RAM"):
        made.load(bytes(100_000))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"limit": -5}, "limit is -5, allowed are 0 and more"),
        ({"until": ""}, "until is an empty text"),
    ],
)
def test_a_run_that_cannot_be_meant_is_refused(asked, message):
    made = ready(PRINT)
    with pytest.raises(ValueError, match=message):
        made.run(**asked)
    assert made.run(0).retired == 0
