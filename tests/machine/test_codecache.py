"""Cached code goes when its bytes are written, and only then."""

from models.machine import codecache
from tests.machine.programs import ready

LOOP = ".option norvc\nl: addi s2, s2, 1\naddi s3, s3, 1\nj l\n.balign 64\nspare: .zero 64"
BASE = 0x8000_0000


def running(**options):
    board = ready(LOOP, tier="python", **options)
    board.hart.x[18] = board.hart.x[19] = 0
    board.run(300)
    return board


def test_a_write_beside_the_code_keeps_it_and_one_into_it_drops_it():
    board = running()
    assert board.code.holds(BASE)
    kept = board.code.size
    board.ram.write(BASE + 64, b"\1")
    assert board.code.size == kept > 0
    board.ram.write(BASE + 4, (0x00A98993).to_bytes(4, "little"))  # addi s3, s3, 10
    assert board.code.size < kept
    before = board.hart.x[19]
    board.run(300)
    assert board.hart.x[19] == before + 100 * 10


def test_a_page_whose_code_is_gone_is_data_again():
    board = running()
    board.ram.write(BASE, bytes(12))
    assert not board.code.holds(BASE)
    assert board.code.size == 0


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(codecache, "LIMIT", 4)
    source = "\n".join(f"l{n}: addi s2, s2, 1\nj l{n + 1}" for n in range(30)) + "\nl30: j l0"
    board = ready(source, tier="python")
    board.hart.x[18] = 0
    board.run(61 * 20)
    assert board.code.size <= 4
    assert board.hart.x[18] == 30 * 20
