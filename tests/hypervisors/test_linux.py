"""Debian's kernel, as a guest: from OpenSBI to busybox's shell and to the end of it.

Its board has floating point and a clock that ticks once in ten instructions. What it prints tells
the time at every line, so a guest that saw another time anywhere would differ.
"""

import pytest

from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES, machine
from models.machine.board import Board, Stop
from tests.conftest import require_file
from tools import boot_linux

pytestmark = pytest.mark.soak
#: The stepper would take hours for 1.3 thousand million instructions.
TOO_SLOW = {"interpret"}


@pytest.fixture(scope="module")
def native() -> tuple[Board, Stop]:
    """The bare board, switched off by its guest."""
    require_file(str(boot_linux.FIRMWARE), "opensbi")
    board = Board(boot_linux.BOARD)
    boot_linux.start(board, boot_linux.kernel())
    stop = boot_linux.script(board)
    assert (stop.reason, stop.detail) == ("halt", "pass")
    assert boot_linux.answered(board.console_output)
    return board, stop


@pytest.mark.parametrize("technique", [name for name in ENGINES if name not in TOO_SLOW])
def test_the_same_in_every_byte(native, technique):
    bare, stop = native
    board, vm = machine(technique, boot_linux.BOARD)
    assert vm is not None
    boot_linux.start(board, boot_linux.kernel())
    assert boot_linux.script(board) == stop
    assert board.console_output == bare.console_output
    assert differing(bare, board) == []
    assert vm.host.astray() == []
