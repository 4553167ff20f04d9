"""How fast the emulated hart computes, beside a plain decode-and-dispatch loop in the same run.

Both run `compute.S` (sieve, matrix product, CRC, list walk, sort) and must agree on its checksum:
the board with Sv39 paging, its TLB and exact limits, the plain loop on flat memory.
Process time, short turns, and the median of the turns' ratios, so that other load on the machine
hits both alike.
"""

import time
from pathlib import Path
from statistics import median

from benchmarks import _baseline
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions

ROUNDS, PLAIN_ROUNDS, TURNS = 10, 1, 11
FOREVER = 1 << 40


def program():
    """Assemble the workload: its address, bytes and symbols."""
    source = Path(__file__).with_name("compute.S").read_text(encoding="utf8")
    assembled = assemble(source, compressed=False)
    address, image = assembled.image()
    return address, image, assembled.symbols


def plain_loop(address, image, symbols, rounds):
    """Run the workload on the plain loop: instructions a second and the checksum."""
    memory, x = bytearray(1 << 16), [0] * 32
    memory[: len(image)] = image
    x[10] = rounds
    start = time.process_time()
    count, _ = _baseline.run(memory, address, symbols["supervisor"], x, FOREVER)
    return count / (time.process_time() - start), x[10]


def prepared(address, image, tier):
    """Make a board with the workload loaded."""
    board = Board(BoardOptions(memory=1 << 20, tier=tier))
    board.reset()
    board.load(image, address)
    return board


def board_run(board, pc, rounds):
    """Run the workload on a board: instructions a second and the checksum."""
    board.hart.pc, board.hart.x[10], board.hart.waiting = pc, rounds, False
    start = time.process_time()
    stop = board.run(FOREVER)
    assert stop.reason == "wfi", stop
    return stop.retired / (time.process_time() - start), board.hart.x[10]


def rows():
    """Measure each tier warm, the plain loop in between."""
    address, image, symbols = program()
    boards = {tier: prepared(address, image, tier) for tier in ("closures", "python")}
    cold = {tier: board_run(board, address, ROUNDS)[0] for tier, board in boards.items()}
    speeds = {name: [] for name in ("plain", *boards)}
    for _ in range(TURNS):
        speed, checksum = plain_loop(address, image, symbols, PLAIN_ROUNDS)
        speeds["plain"].append(speed)
        for tier, board in boards.items():
            assert board_run(board, symbols["supervisor"], PLAIN_ROUNDS)[1] == checksum
            speeds[tier].append(board_run(board, symbols["supervisor"], ROUNDS)[0])
    plain = speeds["plain"]

    def row(name, values):
        ratio = median(value / beside for value, beside in zip(values, plain, strict=True))
        return {
            "name": name,
            "value": median(values),
            "unit": "instructions/s",
            "against": "decode-and-dispatch loop",
            "ratio": ratio,
        }

    return [
        row("machine.compute.baseline", plain),
        row("machine.compute.closures", speeds["closures"]),
        row("machine.compute.cpython", speeds["python"]),
        row("machine.compute.cpython.cold", [cold["python"]] * TURNS),
    ]
