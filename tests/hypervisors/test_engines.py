"""Equivalence: every engine, the same guests, nothing that differs from the bare board."""

import pytest

from models.guests.monitor import monitor
from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES, virtual_machine
from models.machine.board import BoardOptions
from models.machine.boot import start_firmware
from tests.conftest import require_file
from tests.hypervisors.equivalence import MEMORY, both, check_random_guests, pair, run_both
from tests.machine.test_firmware import BOOT_LIMIT, OPENSBI, UBOOT

#: Modes in which code of a guest may retire on the physical hart.
ALLOWED = {"U", "VS", "VU"}

#: Techniques that boot firmware in every run of the tests; the others, in `make soak`.
IN_CI = {"trap-and-emulate", "hardware-assisted"}

FIRST = """
        .equ FINISHER, 0x100000
        .equ UART, 0x10000000
        .macro finish
        li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        .endm
"""
TIMER = (
    FIRST
    + """
_start: la      t0, trap
        csrw    mtvec, t0
        li      s0, 0x02004000          # mtimecmp
        li      s1, 7                   # interrupts to take
        csrr    t0, time
        addi    t0, t0, 301
        sd      t0, 0(s0)
        li      t0, 0x80
        csrw    mie, t0
        csrsi   mstatus, 8
count:  addi    s2, s2, 1               # where an interrupt hits shows in s2
        j       count
        .balign 4
trap:   csrr    t0, mcycle
        add     s3, s3, t0
        add     s4, s4, s2
        csrr    t0, time
        addi    t0, t0, 777
        sd      t0, 0(s0)
        addi    s1, s1, -1
        beqz    s1, end
        mret
end:    csrr    s5, minstret
        finish
"""
)
#: A loop of LR and SC, its first instruction so many bytes before the end of a page.
ATOMIC = (
    FIRST
    + """
        .option norvc
_start: la      a5, number
        sw      x0, 0(a5)
        call    behind                  # the page is there
        li      s1, 3
        j       again
        .balign 4096
        .skip   4096 - BEFORE, 1        # 0x01010101 would trap
        .option norvc
again:  lr.w    a4, (a5)
        bltz    a4, done
        addi    a3, a4, 5
        sc.w    a2, a3, (a5)
        bnez    a2, again
        addi    s1, s1, -1
        bnez    s1, again
done:   lw      s0, 0(a5)
        csrr    s5, minstret
        finish
behind: ret
        .data
        .balign 4096
number: .dword  0
"""
)
WAITING = (
    FIRST
    + """
_start: li      s0, 0x02004000
        li      t0, 1000000
        sd      t0, 0(s0)
        li      t0, 0x80
        csrw    mie, t0
        wfi
        csrr    s1, time
        finish
"""
)


@pytest.mark.parametrize("technique", ENGINES)
class TestEveryEngine:
    def test_a_program_on_the_console(self, technique):
        address, program = monitor().image()
        native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures"))
        for board in (native, vm.board):
            board.load(program, address)
            board.feed(b"h\nt\nx\n")
        assert run_both(native, vm, 100_000).reason == "wfi"
        assert differing(native, vm.board) == []
        assert b"> " in vm.board.console_output
        assert vm.host.board.console_output == b""  # the board's own console is not the guest's

    def test_an_interrupt_hits_the_same_instruction(self, technique):
        _, vm = both(technique, TIMER, limit=20_000)
        assert vm.board.hart.x[20] > 1000  # s4

    @pytest.mark.parametrize("before", [2, 4, 6, 10])
    def test_an_atomic_loop_over_the_end_of_a_page(self, technique, before):
        """An exit in it at every turn would take the reservation away at every turn."""
        _, vm = both(technique, f".equ BEFORE, {before}\n{ATOMIC}", limit=1000)
        assert vm.board.hart.x[8] == 15

    def test_waiting_jumps_the_guests_time_alone(self, technique):
        native, vm = both(technique, WAITING)
        assert native.clock.now() >= 1_000_000 > vm.host.board.clock.now()

    def test_in_pieces_of_any_length(self, technique):
        """Slices that end anywhere change nothing."""
        address, program = monitor().image()
        native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures"))
        for board in (native, vm.board):
            board.load(program, address)
        for piece in (1, 1, 2, 3, 50, 7, 1, 111, 64, 5):
            run_both(native, vm, piece)
            assert differing(native, vm.board) == []

    def test_random_guests(self, technique):
        vm = check_random_guests(technique, 7, 0, 12)
        if technique != "interpret":
            assert set(vm.counts()["retired"]) <= ALLOWED
            assert vm.counts().total("exits") > 100

    @pytest.mark.soak
    def test_ten_thousand_random_guests(self, technique):
        for start in range(0, 10_240, 1024):
            check_random_guests(technique, 8, start, 1024)

    def test_a_snapshot_goes_on_elsewhere(self, technique):
        """Saved under the engine, it goes on on the bare board, and the other way round."""
        address, program = monitor().image()
        native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures"))
        for board in (native, vm.board):
            board.load(program, address)
            board.run(300)
        ours, theirs = native.state(), vm.board.state()
        native.load_state(theirs)
        vm.board.load_state(ours)
        run_both(native, vm, 5000)
        assert differing(native, vm.board) == []


def test_an_unknown_technique():
    with pytest.raises(ValueError, match=r"technique is 'magic', allowed are .*interpret"):
        virtual_machine("magic", BoardOptions())


@pytest.mark.parametrize(
    "technique",
    [name if name in IN_CI else pytest.param(name, marks=pytest.mark.soak) for name in ENGINES],
)
def test_firmware_that_no_one_here_wrote(technique):
    """Debian's OpenSBI, in virtual M-mode, starts U-Boot, which gets to its prompt."""
    firmware = require_file(OPENSBI, "opensbi").read_bytes()
    uboot = require_file(UBOOT, "u-boot-qemu").read_bytes()
    native, vm = pair(technique, BoardOptions(memory=64 << 20, network=True))
    for board in (native, vm.board):
        start_firmware(board, firmware, uboot)
        board.feed(b" ")  # any key stops the countdown
    stop = native.run(BOOT_LIMIT, until="=> ")
    assert stop.reason == "condition"
    assert vm.board.run(BOOT_LIMIT, until="=> ") == stop
    assert differing(native, vm.board) == []
    assert vm.host.astray() == []
