"""The kernel by programs that try what they should not, and by its own books."""

import re
from importlib.resources import files

import pytest

from models.guests.kernel import MEMORY, board_options, kernel_with, start
from models.machine import layout
from models.machine.board import Board

REFUSED = "ffffffffffffffff"


def run(program: str, **others) -> tuple[str, Board, dict[str, int]]:
    """What a program prints, the board, and the kernel's symbols."""
    kernel = kernel_with(program)
    board = Board(board_options(**others))
    start(board, kernel)
    stop = board.run(5_000_000)
    assert stop.reason == "halt", (stop, bytes(board.console_output))
    return board.console_output.decode(), board, kernel.symbols


def value(body: str, **others) -> str:
    """The result of a program whose checksum is what `body` leaves in a0."""
    said, _, _ = run(f"main: SAVE ra\n{body}\n RESTORE ra\n ret", **others)
    return said.splitlines()[-1].removeprefix("checksum ")


@pytest.mark.parametrize(
    "body",
    [
        "li a0, 0x80200000\n li a1, 4\n CALL CALL_WRITE",  # the kernel's memory
        "li a0, 0x10000000\n li a1, 1\n CALL CALL_WRITE",
        "li a0, HEAP - 1\n li a1, -1\n CALL 99",  # no such call
        "li a0, HEAP\n li a1, 1 << 40\n CALL CALL_RECEIVE",
        "li a0, 5\n CALL CALL_WAIT",  # not a child
        "li a0, 1\n CALL CALL_WAIT",  # itself
        "li a0, HEAP + 1\n li a1, 1\n li a2, PTE_R\n CALL CALL_MAP",
        "li a0, HEAP\n li a1, 1\n li a2, PTE_W\n CALL CALL_MAP",
        "li a0, HEAP\n li a1, 1\n li a2, PTE_R | PTE_U\n CALL CALL_MAP",
        "li a0, PROGRAM\n li a1, 1\n CALL CALL_UNMAP",
        "li a0, AREA_END - PAGE\n li a1, 2\n li a2, PTE_R\n CALL CALL_MAP",
        "li a0, HEAP\n li a1, 1 << 52\n li a2, PTE_R\n CALL CALL_MAP",  # more than there is
        "li a0, 0\n li a1, HEAP\n CALL CALL_DISK_READ",  # there is none
        "li a0, HEAP\n li a1, 64\n CALL CALL_SEND",
    ],
)
def test_refused(body):
    assert value(body) == REFUSED


def test_disk_limits():
    read = "li a0, {0}\n li a1, {1}\n CALL CALL_DISK_READ"
    drive = {"drives": (bytes(1024),)}
    assert value(read.format(1, "HEAP"), **drive) == "0" * 16
    assert value(read.format(2, "HEAP"), **drive) == REFUSED
    assert value(read.format(0, "HEAP + PAGE - 256"), **drive) == REFUSED  # two pages
    assert value(read.format(0, "PROGRAM"), **drive) == REFUSED  # not to be written
    registers = {"disk": bytes(1024)}
    assert value(read.format(1, "HEAP"), **registers) == "0" * 16
    assert value(read.format(2, "HEAP"), **registers) == REFUSED
    write = "li a0, 9\n li a1, HEAP\n CALL CALL_DISK_WRITE"
    assert value(write, **registers) == value(write, **drive) == REFUSED


@pytest.mark.parametrize(
    "body",
    [
        "li t0, 0x80200000\n ld a0, 0(t0)",  # reads the kernel
        "la t0, main\n sd a0, 0(t0)",  # writes its own code
        "li t0, HEAP\n jalr t0",  # runs data
        "li t0, 16\n ld a0, 0(t0)",
        "csrr a0, sstatus",
        ".word 0xffffffff",
        "sret",
    ],
)
@pytest.mark.parametrize("a_d_by_hardware", [True, False])
def test_killed(body, a_d_by_hardware):
    said, _, _ = run(f"main: {body}\n ret", a_d_by_hardware=a_d_by_hardware)
    assert said.endswith("killed\n")
    assert "checksum" not in said


def test_a_killed_child_leaves_its_parent_alone():
    body = """
        CALL CALL_FORK
        bnez a0, 1f
        ld   a0, 0(zero)
1:      CALL CALL_WAIT
        addi a0, a0, 2"""
    assert value(body) == "0" * 15 + "1"


def test_touched():
    """D bits come from reads and writes of the program, and from those that the kernel makes."""
    body = """
        li   s0, HEAP
        li   t1, 3 * PAGE
        add  t1, t1, s0
        lbu  t0, 0(s0)
        sb   t0, 0(t1)
        mv   a0, s0
        li   a1, 8
        CALL CALL_TOUCHED
        slli s1, a0, 8
        li   a0, 0
        li   a1, HEAP + PAGE
        CALL CALL_DISK_READ
        mv   a0, s0
        li   a1, 8
        CALL CALL_TOUCHED
        slli s2, a0, 4
        or   s1, s1, s2
        mv   a0, s0
        li   a1, 8
        CALL CALL_TOUCHED
        or   a0, a0, s1"""
    for hardware in True, False:
        assert value(body, a_d_by_hardware=hardware, drives=(bytes(512),)) == "0" * 13 + "110"


def free_frames(board: Board, symbols: dict[str, int]) -> int:
    """Length of the list of free frames, none of which is in it twice."""
    found, place = set(), symbols["free_frame"]
    while place := int.from_bytes(board.ram.read(place, 8), "little"):
        assert place not in found
        assert place % 4096 == 0
        found.add(place)
    return len(found)


GIVES_BACK = {
    "fork": "CALL CALL_FORK\n bnez a0, 1f\n CALL CALL_EXIT\n1: CALL CALL_WAIT",
    "map": "li a0, HEAP\n li a1, 5\n li a2, PTE_R\n CALL CALL_MAP\n"
    " li a0, HEAP\n li a1, 5\n CALL CALL_UNMAP",
    "full": "li a0, HEAP\n li a1, 1024\n li a2, PTE_R\n CALL CALL_MAP\n"
    " CALL CALL_FORK\n"  # no memory for it
    " li a0, HEAP\n li a1, 1024\n CALL CALL_UNMAP",
}


@pytest.mark.parametrize("body", GIVES_BACK.values(), ids=GIVES_BACK)
def test_memory_comes_back(body):
    """Doing it three times takes no more frames than once, out of memory or not."""
    once, thrice = (
        free_frames(*run(f"main: SAVE ra\n .rept {n}\n{body}\n .endr\n RESTORE ra\n ret")[1:])
        for n in (1, 3)
    )
    assert once == thrice > 400


def test_out_of_memory():
    body = "li a0, HEAP\n li a1, 1024\n li a2, PTE_R\n CALL CALL_MAP\n CALL CALL_FORK"
    assert value(body) == REFUSED
    # what is touched when there is no frame left ends its process
    said, _, _ = run(f"main: {body}\n li t0, HEAP + 1023 * PAGE\n sd t0, 0(t0)\n ret")
    assert said.endswith("killed\n")


def test_table_of_processes_is_full_at_eight():
    body = """
        li   s0, 0
1:      CALL CALL_FORK
        bnez a0, 2f
3:      li   a0, 1000000
        CALL CALL_SLEEP
        j    3b
2:      bltz a0, 4f
        addi s0, s0, 1
        j    1b
4:      mv   a0, s0"""
    assert value(body) == "0" * 15 + "7"


def test_turns_are_fair():
    """Three that never give way: the timer lets each run, round robin."""
    body = """
        la   s0, letters
        CALL CALL_FORK
        bnez a0, 1f
        addi s0, s0, 1
1:      li   s1, 4
2:      mv   a0, s0
        li   a1, 1
        CALL CALL_WRITE
        li   t0, 20000
3:      addi t0, t0, -1
        bnez t0, 3b
        addi s1, s1, -1
        bnez s1, 2b
        li   a0, 1
        CALL CALL_SLEEP
        li   a0, 7"""
    said, _, _ = run(f'letters: .ascii "ab"\n .balign 4\nmain: SAVE ra\n{body}\n RESTORE ra\n ret')
    turns = "".join(re.findall("[ab]", said.removeprefix("kernel\n").partition("checksum")[0]))
    assert sorted(turns) == sorted("aaaabbbb")
    assert "aaa" not in turns
    assert "bbb" not in turns


def test_a_fault_of_the_kernel_is_told():
    """The last resort: a kernel that reads what is not there says where, and stops."""
    program = kernel_with("main: CALL CALL_PID\n ret")
    board = Board(board_options())
    start(board, program)
    board.load((0x1C00_0003).to_bytes(4, "little"), program.symbols["call_pid"])
    assert board.run(100_000).reason == "halt"
    said = board.console_output.decode()
    assert said.endswith(f"kernel fault at {program.symbols['call_pid']:016x}\n")


SENSITIVE = re.compile(r"^\s*(?:\w+:)?\s*(csr\w*|[sm]ret|sfence\S*|wfi|ecall|rdtime)\b", re.M)


def test_sensitive_operations_have_one_place():
    """Nothing that a hypervisor must catch stands outside sensitive.S; programs may ask."""
    folder = files("models.guests.kernel")
    for entry in folder.iterdir():
        if entry.name.endswith(".S") and entry.name not in ("sensitive.S", "user.S"):
            assert not SENSITIVE.findall(entry.read_text("utf-8")), entry.name
    assert len(SENSITIVE.findall(folder.joinpath("sensitive.S").read_text("utf-8"))) > 15


def test_fits_its_room():
    kernel = kernel_with("main: ret")
    address, image = kernel.image()
    assert address == layout.KERNEL
    assert len(image) < 80_000
    assert kernel.symbols["FRAMES_END"] < layout.RAM + MEMORY
    with pytest.raises(ValueError, match=r"program: 9[0-9]+ bytes; allowed: up to 8192"):
        kernel_with("main: .zero 9000")
