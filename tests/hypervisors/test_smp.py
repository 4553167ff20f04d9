"""Guests with several virtual CPUs, which share one physical hart."""

import subprocess
from pathlib import Path

import pytest

from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.techniques import ENGINES, HARDWARE
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.harts import TURN
from tests.conftest import require_tool
from tests.hypervisors.equivalence import MEMORY, pair, run_both

LIMIT = 400_000
#: 400 additions of 3 and of 4; 20 calls; the first page, then the second.
SAID = b"".join(b"%016x\n" % number for number in (400 * 7, 20, 111, 222))


def program():
    source = Path(__file__).with_name("smp.S").read_text("utf-8")
    return assemble(source, name="smp.S")


def harts(board):
    """What the harts are that do not execute now; TLBs and reservations are left out there."""
    return board.harts.state()


def test_on_qemu(tmp_path):
    """The oracle: what the program prints does not depend on how harts take turns."""
    qemu = require_tool("qemu-system-riscv64", "qemu-system-misc")
    image = tmp_path / "smp.elf"
    image.write_bytes(program().elf())
    machine = [qemu, "-M", "virt", "-smp", "2", "-m", "128M", "-nographic", "-bios", "none"]
    ran = subprocess.run([*machine, "-kernel", image], capture_output=True, timeout=60, check=True)
    assert ran.stdout.replace(b"\r", b"") == SAID


@pytest.mark.parametrize("tier", ["step", "closures", "python", "auto"])
def test_on_the_bare_board(tier):
    """In every tier the harts take the same turns."""
    boards = [Board(BoardOptions(memory=MEMORY, tier=name, harts=2)) for name in ("closures", tier)]
    address, image = program().image()
    stops = []
    for board in boards:
        board.reset()
        board.load(image, address)
        stops.append(board.run(LIMIT))
        assert bytes(board.console_output) == SAID
    assert stops[0] == stops[1]
    assert differing(*boards) == []
    assert harts(boards[0]) == harts(boards[1])


@pytest.mark.parametrize("technique", ENGINES)
def test_two_virtual_cpus(technique):
    """Time, memory and every register of both as on a board with two harts."""
    native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures", harts=2))
    address, image = program().image()
    for board in (native, vm.board):
        board.load(image, address)
    for piece in (1, 10, TURN - 11, 3 * TURN + 1, LIMIT):
        stop = run_both(native, vm, piece)
    assert stop.reason == "halt"
    assert bytes(vm.board.console_output) == SAID
    assert differing(native, vm.board) == []
    assert harts(native) == harts(vm.board)
    assert vm.host.astray() == []


def test_several_machines_of_several_virtual_cpus_on_one_hart():
    """Two guests of two harts and one of three, by turns of the host's: each as alone."""
    options = [BoardOptions(memory=MEMORY, tier="closures", harts=number) for number in (2, 3, 2)]
    host = Host(16 * MEMORY, BoardOptions(tier="closures", hypervisor=True))
    names = ("trap-and-emulate", "binary-translation", "hardware-assisted")
    machines = [host.create(o, ENGINES[n]) for o, n in zip(options, names, strict=True)]
    alone = [Board(one) for one in options]
    address, image = program().image()
    for board in (*alone, *(vm.board for vm in machines)):
        board.reset()
        board.load(image, address)
    stops = host.run(limit=20_000, quantum=1_300)
    for vm, board in zip(machines, alone, strict=True):
        assert board.run(20_000) == stops[vm]
        assert differing(board, vm.board) == []
        assert harts(board) == harts(vm.board)
    assert host.astray() == []
    assert set(names) - HARDWARE == {"trap-and-emulate", "binary-translation"}


def test_a_state_goes_on_elsewhere():
    one, other = (Board(BoardOptions(memory=MEMORY, tier="closures", harts=2)) for _ in range(2))
    address, image = program().image()
    one.reset()
    one.load(image, address)
    one.run(TURN + 77)
    other.load_state(one.state())
    assert one.run(LIMIT) == other.run(LIMIT)
    assert differing(one, other) == []
    assert harts(one) == harts(other)


@pytest.mark.parametrize("harts", [0, 9])
def test_as_many_harts_as_there_are(harts):
    with pytest.raises(ValueError, match=rf"harts is {harts}, allowed are 1 to 8"):
        BoardOptions(harts=harts)


def test_the_books_firmware_knows_one():
    with pytest.raises(ValueError, match="harts is 2, allowed with own_firmware is 1"):
        BoardOptions(harts=2, own_firmware=True)
