"""The same guest on the bare board and under an engine: what differs in the end."""

from __future__ import annotations

from typing import Any

from models.hypervisors.observable import differing
from models.hypervisors.techniques import virtual_machine
from models.hypervisors.vm import Vm
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions, Stop
from tests.machine.differential import layout as at
from tests.machine.differential.generate import image

AMO, SC, SWAP = 0x2F, 3, 1
MEMORY = 1 << 20


def pair(technique: str, options: BoardOptions) -> tuple[Board, Vm]:
    """A bare board and a virtual machine of the same options, both reset."""
    native, vm = Board(options), virtual_machine(technique, options)
    native.reset()
    vm.board.reset()
    return native, vm


def run_both(native: Board, vm: Vm, limit: int) -> Stop:
    """Run both; they have to stop for the same reason at the same instruction."""
    stop = native.run(limit)
    assert vm.board.run(limit) == stop
    return stop


def both(technique: str, source: str, limit: int = 200_000, **given: Any) -> tuple[Board, Vm]:
    """Assemble a program, run it bare and as a guest, and find no difference."""
    address, program = assemble(source).image()
    native, vm = pair(technique, BoardOptions(memory=MEMORY, tier="closures", **given))
    for board in (native, vm.board):
        board.load(program, address)
    run_both(native, vm, limit)
    assert differing(native, vm.board) == []
    assert vm.host.astray() == []
    return native, vm


def random_guests(seed: int, start: int, number: int) -> bytes:
    """Random programs in M, S and U, with paging, protection, interrupts and faults of all kinds.

    They are architecturally deterministic once each SC is an AMOSWAP: whether an SC succeeds may
    depend on traps that the program cannot see.
    """
    ram, programs = image(seed, start, number)
    changed = bytearray(ram)
    for program in programs:
        code = program.base - at.BASE + at.CODE * at.PAGE
        for place in range(code, code + at.CODE_PAGES * at.PAGE - 2, 2):
            word = int.from_bytes(changed[place : place + 4], "little")
            if word & 0x7F == AMO and word >> 27 == SC:
                word ^= (SC ^ SWAP) << 27
                changed[place : place + 4] = word.to_bytes(4, "little")
    return bytes(changed)


def check_random_guests(technique: str, seed: int, start: int, number: int) -> Vm:
    """Run them bare and under an engine; everything is the same in the end."""
    ram = random_guests(seed, start, number)
    memory = -(-len(ram) // MEMORY) * MEMORY
    native, vm = pair(technique, BoardOptions(memory=memory, tier="closures"))
    for board in (native, vm.board):
        board.load(ram)
    assert run_both(native, vm, 10_000 * number).reason == "halt"
    assert differing(native, vm.board) == []
    assert vm.host.astray() == []
    return vm
