"""Where QEMU 7.2 does otherwise than the specification says: here the specification alone judges.

The differential programs avoid these inputs or explain them (`differential.explained`). What single
registers keep of a write is in test_csr and test_pmp, accessed and dirty bits in test_walker.
"""

import pytest

from models.machine.csr_bits import STCE
from models.machine.csr_names import NUMBERS
from models.machine.pmp import READ
from models.machine.traps import Mode
from tests.machine.programs import EVERYTHING_ALLOWED, ready
from tests.machine.test_csr import csrs
from tests.machine.test_hart import TIERS, caught, paged

#: EVERYTHING_ALLOWED but for a region: a label, what makes pmpaddr of it, its flags.
BUT_FOR = """
    la t0, {label}
    srli t0, t0, 2
    addi t0, t0, {ones}
    csrw pmpaddr0, t0
    li t0, -1
    csrw pmpaddr1, t0
    li t0, 0x1f00 + {flags}
    csrw pmpcfg0, t0
"""
TO_S = """
    la t0, supervisor
    csrw mepc, t0
    li t0, 0x800
    csrw mstatus, t0
    mret
supervisor:
"""


def test_interrupts_are_taken_in_the_specified_order() -> None:
    """Section 3.1.9: of all at once external, software, timer; machine's before supervisor's."""
    hart = ready("nop").hart
    hart.csrs.lines, hart.csrs.mie, taken = 0xAAA, 0xAAA, []
    while hart.csrs.mie:
        hart.csrs.mode = Mode.U
        assert hart.interrupt()
        taken.append(hart.csrs.mcause & 63)
        hart.csrs.mie &= ~(1 << taken[-1])
    assert taken == [11, 3, 7, 9, 1, 5]


@TIERS
@pytest.mark.parametrize("form", ["csrrs", "csrrc"])
def test_setting_no_bit_of_a_read_only_register_is_a_write(tier: str, form: str) -> None:
    """Section 9.1: only x0 makes it a read, not a zero in another register."""
    _, (cause, _, _) = caught(f"li t1, 0\n{form} t0, cycle, t1", tier)
    assert cause == 2
    board = ready(f"{form} t0, cycle, x0\nwfi", tier=tier)
    assert board.run(10).reason == "wfi"
    assert not board.counters["traps"]


def test_a_top_of_range_entry_begins_at_the_address_before_it_as_it_is_now() -> None:
    """Section 3.7.1, also when that address alone is written later; entry 0 begins at 0."""

    made = csrs()

    def write(name: str, value: int) -> None:
        made.write(NUMBERS[name], value)

    def reads(address: int) -> bool:
        return made.pmp.allows(address, 4, READ, False)

    write("pmpaddr0", 0x100)
    write("pmpaddr1", 0x200)
    write("pmpcfg0", 0x0900)
    assert (reads(0x3FC), reads(0x400), reads(0x7FC), reads(0x800)) == (False, True, True, False)
    write("pmpaddr0", 0x180)
    assert (reads(0x400), reads(0x600)) == (False, True)
    write("pmpcfg0", 0x0909)
    assert reads(0)
    write("pmpaddr0", 0)  # an empty range
    write("pmpcfg0", 0x0009)
    assert not reads(0)


@TIERS
def test_a_forbidden_instruction_in_the_midst_of_a_page_is_not_fetched(tier: str) -> None:
    """Section 3.7.1: every fetch is checked, not every page."""
    allowed = BUT_FOR.format(label="stop", ones=0, flags=0x11)  # NA4: reading only
    board, (cause, value, pc) = caught(allowed + TO_S + "li s5, 3\n.balign 4\nstop: li s5, 4", tier)
    assert (cause, value) == (1, pc)
    assert board.hart.x[21] == 3


@TIERS
@pytest.mark.parametrize(
    ("body", "flags", "cause"),
    [("lw t1, 8(x0)", 0x8F, 5), ("sw t1, 8(x0)", 0x4F, 7), ("lw t1, 8(x0)", 0xCF, None)],
)
def test_accessed_and_dirty_are_not_set_where_pmp_lets_read_only(
    tier: str, body: str, flags: int, cause: int | None
) -> None:
    """Section 4.3.2: an access fault of the type of the access that needs the bit."""
    allowed = BUT_FOR.format(label="leaf", ones=0x1FF, flags=0x19)  # a page: reading only
    source = paged(body + "\nli s5, 3\necall", flags).replace(EVERYTHING_ALLOWED, allowed)
    board, (found, value, _) = caught(source, tier)
    assert (found, value) == ((cause, 8) if cause else (9, 0))
    assert (board.hart.x[21] == 3) == (cause is None)


def test_the_supervisor_timer_has_no_effect_while_it_is_not_granted() -> None:
    """Sstc: with menvcfg.STCE clear, stimecmp raises nothing."""
    made = csrs()
    made.write(NUMBERS["stimecmp"], 0)
    assert not made.pending() & 1 << 5
    made.write(NUMBERS["menvcfg"], STCE)
    assert made.pending() & 1 << 5
