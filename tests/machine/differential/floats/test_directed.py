"""Every float instruction in every rounding mode: results and flags are QEMU's."""

from __future__ import annotations

import pytest

from tests.conftest import require_tool
from tests.machine.differential import engines
from tests.machine.differential.floats import directed

LIMIT = 500_000_000


def differences(image: directed.Image, expected: bytes, actual: bytes) -> list[str]:
    """The cases in which two engines gave something else."""
    theirs, ours = image.cases(expected), image.cases(actual)
    return [
        f"{block.row.name}, rm {block.word_mode}, frm {block.frm}: "
        f"{[f'{value:#x}' for value in theirs[n]]}, ours {[f'{value:#x}' for value in ours[n]]}"
        for block in image.blocks
        for n in range(block.first, block.first + block.count)
        if theirs[n] != ours[n]
    ]


def compare(seed: int, pairs: int, share: float, tier: str) -> None:
    """Run an image on both, and compare."""
    require_tool("qemu-system-riscv64", "qemu-system-misc")
    image = directed.build(seed, pairs, share)
    expected = engines.qemu(image.ram, floats=True)
    actual = engines.board(image.ram, tier, floats=True, limit=LIMIT)
    assert differences(image, expected, actual)[:5] == []
    flags = {case[5] & 0x1F for case in image.cases(expected)}
    assert {0, 1, 3, 5, 8, 16} <= flags  # every flag was raised, and none
    assert {block.row for block in image.blocks} == set(directed.ROWS)


@pytest.mark.qemu
def test_results_and_flags_are_those_of_qemu() -> None:
    compare(seed=1, pairs=20, share=0.02, tier="closures")


@pytest.mark.soak
@pytest.mark.qemu
@pytest.mark.parametrize("tier", ["step", "python", "webassembly"])
def test_results_and_flags_are_those_of_qemu_in_800_000_cases(tier: str) -> None:
    compare(seed=2, pairs=1500, share=1, tier=tier)


def test_a_wrong_result_is_found() -> None:
    image = directed.build(seed=3, pairs=1, share=0)
    other = bytearray(image.ram)
    other[image.table + 7 * directed.CASE.size + 32] ^= 1
    assert len(differences(image, bytes(image.ram), bytes(other))) == 1
