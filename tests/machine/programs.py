"""Small guests for the tests of the processor."""

from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions

EVERYTHING_ALLOWED = """
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
"""


def ready(source: str, **options) -> Board:
    """Assemble a program into a new board, ready to run in M-mode at its first line."""
    options = {"memory": 1 << 20, "fill": 1, "hot": 3} | options
    board = Board(BoardOptions(**options))
    board.reset()
    address, image = assemble(source).image()
    board.load(image, address)
    board.hart.pc = address
    return board


def traps_taken(board: Board) -> dict[str, int]:
    """Return the exceptions counted so far."""
    return board.counters["traps"]
