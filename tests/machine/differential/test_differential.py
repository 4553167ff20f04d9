"""Random programs: QEMU, Unicorn and the board agree, and the programs reach what they should."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from models.machine.board import Board, BoardOptions
from models.machine.isa import INSTRUCTIONS
from tests.conftest import require_tool
from tests.machine.differential import user_mode
from tests.machine.differential.compare import Difference
from tests.machine.differential.emit import signed
from tests.machine.differential.explained import PLAIN
from tests.machine.differential.generate import BATCH, Program
from tests.machine.differential.run import WITH_H, run

#: One batch, for the tier that readers use; the soak's batches take all tiers in turn.
CI_PROGRAMS, CI_TIERS = BATCH, ("webassembly",)
SOAK_PROGRAMS = 98 * BATCH
HYPERVISOR_PROGRAMS = WITH_H.program.layout.batch
USER_PROGRAMS, USER_STEPS = 100, 1000
TIERS = ("step", "closures", "python", "webassembly")


@pytest.fixture
def qemu() -> None:
    require_tool("qemu-system-riscv64", "qemu-system-misc")
    require_tool("riscv64-linux-gnu-as", "binutils-riscv64-linux-gnu")


@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_board_does_what_qemu_does() -> None:
    """Every register, CSR, trap record and byte of memory; and nothing is left unreached."""
    report = run(seed=4, first=0, programs=CI_PROGRAMS, tiers=CI_TIERS)
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing() == []


@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_hypervisor_and_guest_do_what_qemu_does() -> None:
    """The same with the H extension, in M, HS, U, VS and VU."""
    report = run(seed=7, first=0, programs=HYPERVISOR_PROGRAMS, tiers=CI_TIERS, kind=WITH_H)
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing_of_guests() == []


@pytest.mark.soak
@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_hypervisor_and_guest_do_what_qemu_does_in_100_000_programs() -> None:
    report = run(seed=9, first=0, programs=SOAK_PROGRAMS, kind=WITH_H)
    print(json.dumps(report.to_dict(WITH_H.known), indent=1))
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing_of_guests() == []


@pytest.mark.soak
@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_board_does_what_qemu_does_in_100_000_programs(record_property: object) -> None:
    report = run(seed=5, first=0, programs=SOAK_PROGRAMS)
    print(json.dumps(report.to_dict(), indent=1))
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing() == []


def board_runs(board: Board, program: user_mode.UserProgram) -> tuple[tuple[int, ...], bytes]:
    """Registers and data after the program, as `user_mode.Unicorn.run` returns them."""
    board.reset()
    board.load(program.code, user_mode.CODE)
    board.load(program.data, user_mode.DATA)
    board.hart.pc = signed(user_mode.CODE)
    board.hart.x[1:32] = [signed(value) for value in program.registers[1:]]
    stop = board.run(limit=USER_STEPS)
    assert (stop.reason, board.hart.pc) == ("limit", signed(program.end))
    start = user_mode.DATA - user_mode.CODE
    registers = tuple(value & (1 << 64) - 1 for value in board.hart.x[:32])
    return registers, bytes(board.ram.bytes[start : start + user_mode.DATA_BYTES])


@pytest.mark.parametrize("tier", TIERS)
def test_unprivileged_programs_do_what_unicorn_says(tier: str) -> None:
    against_unicorn(tier, USER_PROGRAMS)


@pytest.mark.soak
@pytest.mark.parametrize("tier", TIERS)
def test_thousands_of_unprivileged_programs_do_what_unicorn_says(tier: str) -> None:
    against_unicorn(tier, 100 * USER_PROGRAMS)


def against_unicorn(tier: str, programs: int) -> None:
    """Registers and data after each, and every instruction in one of them."""
    oracle, mix = user_mode.Unicorn(), Counter[str]()
    board = Board(BoardOptions(memory=1 << 16, tier=tier, hot=3))
    for number in range(programs):
        program = user_mode.generate(6, number)
        registers, data = oracle.run(program)
        found, found_data = board_runs(board, program)
        assert found == registers, number
        assert user_mode.words(found_data) == user_mode.words(data), number
        mix += program.mix
    unprivileged = {row.name for row in INSTRUCTIONS if row.extension in "IMAC"}
    absent = {"ecall", "ebreak", "c.ebreak", "fence", "fence.tso", "c.nop"}
    assert unprivileged - absent <= set(mix)


def test_a_program_is_always_the_same() -> None:
    one, other = Program(3, 17), Program(3, 17)
    assert one.slot == other.slot
    assert Program(4, 17).slot != one.slot


def test_only_what_is_listed_is_explained() -> None:
    """A planted difference in any field is not waved through."""
    assert PLAIN.explain(Difference(0, "trap 1", "x7", 1, 2)) is None
    assert PLAIN.explain(Difference(0, "trap 1", "mtval", 0x1000, 0x1008)) is None
    known = PLAIN.explain(Difference(0, "trap 1", "mtval", 0x1000, 0x1003))
    assert known is not None
    assert known.name.startswith("misaligned")
    part = Difference(0, "data", "0x5ff8", 0x1122, 0x3322)
    assert PLAIN.explain(part) is None, "no store has faulted"
