"""Random programs with floating point: the board does what QEMU does."""

from __future__ import annotations

import json

import pytest

from tests.conftest import require_tool
from tests.machine.differential.compare import Difference
from tests.machine.differential.floats.explained import WITH_FLOATS as KNOWN
from tests.machine.differential.run import WITH_FLOATS, run

CI_PROGRAMS, SOAK_PROGRAMS = 200, 30 * 1024


@pytest.fixture
def qemu() -> None:
    require_tool("qemu-system-riscv64", "qemu-system-misc")
    require_tool("riscv64-linux-gnu-as", "binutils-riscv64-linux-gnu")


@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_board_with_floats_does_what_qemu_does() -> None:
    """Every register, flag, CSR, trap record and byte of memory; every instruction is there."""
    report = run(seed=11, first=0, programs=CI_PROGRAMS, tiers=("webassembly",), kind=WITH_FLOATS)
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing_of_floats() == []


@pytest.mark.soak
@pytest.mark.qemu
@pytest.mark.usefixtures("qemu")
def test_board_with_floats_does_what_qemu_does_in_30_000_programs() -> None:
    report = run(seed=12, first=0, programs=SOAK_PROGRAMS, kind=WITH_FLOATS)
    print(json.dumps(report.to_dict(KNOWN), indent=1))
    assert [str(difference) for difference in report.unexplained] == []
    assert report.missing_of_floats() == []


def test_nothing_of_floating_point_is_waved_through() -> None:
    for field in ("fcsr", "f8", "mstatus"):
        assert KNOWN.explain(Difference(0, "trap 1", field, 1, 2)) is None
