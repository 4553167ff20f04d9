"""Which register may be read and written by whom, and which of its bits change."""

import pytest

from models.machine.clock import Clock
from models.machine.csr import Csrs
from models.machine.csr_bits import M64, STCE, TVM, WRITABLE
from models.machine.csr_names import NUMBERS
from models.machine.pmp import Pmp
from models.machine.traps import Illegal, Mode


def csrs() -> Csrs:
    return Csrs(Clock(1), Pmp())


def allowed(made: Csrs, name: str, write: bool = False) -> bool:
    try:
        made.check(NUMBERS[name], write)
    except Illegal:
        return False
    return True


@pytest.mark.parametrize("name", WRITABLE)
def test_the_number_says_the_least_mode_and_whether_it_can_be_written(name):
    made, number = csrs(), NUMBERS[name]
    made.mcounteren = made.scounteren = 0xFFFFFFFF
    made.menvcfg = STCE
    for mode in Mode:
        made.mode = mode
        assert allowed(made, name) == (mode >= number >> 8 & 3)
        assert allowed(made, name, write=True) == (mode >= number >> 8 & 3 and number >> 10 < 3)


def test_a_number_without_a_register_is_refused():
    with pytest.raises(Illegal):
        csrs().check(0x7C0, False)


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("mstatus", M64, 0xA007E19AA),
        ("sstatus", M64, 0x2000C0122),
        ("misa", 0, 0x8000000000141105),
        ("mtvec", 0x80000002, 0),
        ("stvec", 0x80000001, 0x80000001),
        ("mepc", 0x80000003, 0x80000002),
        ("medeleg", M64, 0xB3FF),
        ("mideleg", M64, 0x222),
        ("mie", M64, 0xAAA),
        ("mip", M64, 0x222),
        ("sie", M64, 0),
        ("satp", 5 << 60 | 7, 0),
        ("satp", 9 << 60 | 3 << 44 | 7, 9 << 60 | 3 << 44 | 7),
        ("mhpmcounter3", M64, 0),
        ("pmpcfg0", 0x1F1A_0000_0000_009F, 0x1F00_0000_0000_009F),
        ("pmpaddr15", M64, (1 << 54) - 1),
        ("menvcfg", M64, STCE | 1),
        ("mcounteren", M64, 0xFFFFFFFF),
    ],
)
def test_bits_that_cannot_change_stay(name, written, read):
    made = csrs()
    made.write(NUMBERS[name], written)
    assert made.read(NUMBERS[name]) == read


def test_the_mode_that_does_not_exist_is_not_taken():
    made = csrs()
    made.write(NUMBERS["mstatus"], 1 << 11)
    made.write(NUMBERS["mstatus"], 2 << 11)
    assert made.mstatus >> 11 & 3 == 1


def test_counters_are_granted_mode_by_mode():
    made = csrs()
    for mcounteren, scounteren, mode, granted in (
        (0, 7, Mode.S, False),
        (7, 0, Mode.S, True),
        (7, 0, Mode.U, False),
        (0, 7, Mode.U, False),
        (7, 7, Mode.U, True),
        (0, 0, Mode.M, True),
    ):
        made.mcounteren, made.scounteren, made.mode = mcounteren, scounteren, mode
        assert [allowed(made, name) for name in ("cycle", "time", "instret")] == [granted] * 3


def test_the_supervisor_timer_needs_both_grants():
    made = csrs()
    made.mode = Mode.S
    for menvcfg, mcounteren, granted in ((0, 2, False), (STCE, 0, False), (STCE, 2, True)):
        made.menvcfg, made.mcounteren = menvcfg, mcounteren
        assert allowed(made, "stimecmp") == granted


def test_trap_virtual_memory_closes_satp_to_s():
    made = csrs()
    made.mode = Mode.S
    made.mstatus |= TVM
    assert not allowed(made, "satp")
    made.mode = Mode.M
    assert allowed(made, "satp")


def test_s_sees_and_sets_only_what_is_delegated():
    made = csrs()
    made.write(NUMBERS["mip"], 0x222)
    made.write(NUMBERS["sie"], 0x222)
    assert (made.read(NUMBERS["sip"]), made.mie) == (0, 0)
    made.write(NUMBERS["mideleg"], 0x22)
    made.write(NUMBERS["sie"], 0x222)
    made.write(NUMBERS["sip"], 0)
    assert made.read(NUMBERS["sip"]) == 0x20, "of delegated interrupts S clears only its software's"
    assert made.mie == 0x22


def test_an_interrupt_wire_is_seen_and_stays_out_of_a_read_modify_write():
    made = csrs()
    made.wire(0x200)(True)
    assert made.read(NUMBERS["mip"]) == 0x200
    assert made.read_to_modify(NUMBERS["mip"]) == 0
    made.wire(0x200)(False)
    assert made.read(NUMBERS["mip"]) == 0


def test_a_state_returns():
    made, other = csrs(), csrs()
    for name, value in (("mscratch", 5), ("pmpaddr3", 77), ("mip", 2), ("stimecmp", 900)):
        made.write(NUMBERS[name], value)
    other.load_state(made.state())
    assert other.state() == made.state()
