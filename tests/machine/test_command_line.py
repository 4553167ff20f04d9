"""The command line: every exit status, every option, bad arguments and images, the terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.machine import layout
from models.machine.__main__ import main
from models.machine.assembler import assemble
from models.machine.boot import A1
from models.machine.devicetree import board_tree
from models.machine.elf import load_elf
from models.machine.snapshot import restore
from models.machine.start import Images, build
from models.machine.tiers.webassembly import host
from tests.conftest import require_tool

UART, FINISHER = layout.UART, layout.FINISHER
END = f"""
        .macro  finish word
        li      t0, {FINISHER}
        li      t1, \\word
        sw      t1, 0(t0)
        j       .
        .endm
"""
PASS = END + "_start: finish 0x5555\n"
LOOP = "_start: j _start\n"
WAIT = "_start: wfi\n j _start\n"
HELLO = (
    END
    + f"""
_start: li      s0, {UART}
        la      a1, text
1:      lbu     a2, 0(a1)
        beqz    a2, 2f
        sb      a2, 0(s0)
        addi    a1, a1, 1
        j       1b
2:      finish  0x5555
        .section .rodata
text:   .asciz  "hello, world\\n"
"""
)
#: Echoes what is typed, in upper case, until a dot.
ECHO = (
    END
    + f"""
_start: li      s0, {UART}
1:      lbu     t0, 5(s0)
        andi    t0, t0, 1
        beqz    t0, 1b
        lbu     a0, 0(s0)
        li      t0, '.'
        beq     a0, t0, 2f
        li      t0, 'a'
        bltu    a0, t0, 3f
        addi    a0, a0, -32
3:      sb      a0, 0(s0)
        j       1b
2:      finish  0x5555
"""
)


@pytest.fixture
def source(tmp_path: Path):
    """Writes a source file and returns its path as text."""

    def write(text: str, name: str = "guest.S") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def run(*arguments: str) -> int:
    return main(["run", *arguments, "--memory", "1M"])


# ------------------------------------------------------------------------- exit statuses


def test_0_a_guest_that_passes(source, capfdbinary) -> None:
    assert run(source(HELLO)) == 0
    assert capfdbinary.readouterr() == (b"hello, world\n", b"")


def test_0_the_text_is_seen(source, capfdbinary) -> None:
    assert run(source(HELLO), "--until", "lo, w") == 0
    assert capfdbinary.readouterr().out == b"hello, w"


def test_without_webassembly_one_line_says_so(source, capfd, monkeypatch) -> None:
    monkeypatch.setattr(host, "find_spec", lambda name: None)
    assert main(["run", str(source(HELLO))]) == 0
    out, err = capfd.readouterr()
    assert out == "hello, world\n"
    assert err.startswith("note: the package wasmtime is not installed")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("word", "code"), [(0x13333, 1), (0x2A3333, 42)])
def test_1_a_guest_that_fails(source, capfd, word: int, code: int) -> None:
    assert run(source(END + f"_start: finish {word}")) == 1
    assert f"code {code}" in capfd.readouterr().err


@pytest.mark.parametrize(("value", "status", "said"), [(1, 0, ""), (7, 1, "code 3")])
def test_0_and_1_through_tohost(source, capfd, value: int, status: int, said: str) -> None:
    text = f"_start: la a0, tohost\nli a1, {value}\nsd a1, 0(a0)\nj .\n"
    text += ".data\n.balign 64\ntohost: .dword 0\n.balign 64\nfromhost: .dword 0\n"
    assert run(source(text)) == status
    assert said in capfd.readouterr().err


def test_a_reset_ends_the_run(source, capfd) -> None:
    assert run(source(END + "_start: finish 0x7777")) == 0
    assert "reset" in capfd.readouterr().err


def test_3_the_limit(source, capfd) -> None:
    assert run(source(LOOP), "--max-instructions", "12345") == 3
    assert "12345 instructions" in capfd.readouterr().err


def test_3_the_limit_is_not_the_last_instruction(source, tmp_path: Path) -> None:
    counters = tmp_path / "c.json"
    assert run(source(PASS), "--counters", str(counters)) == 0
    needed = json.loads(counters.read_text())["retired"]["M"]
    assert run(source(PASS), "--max-instructions", str(needed)) == 0
    assert run(source(PASS), "--max-instructions", str(needed - 1)) == 3


def test_3_the_input_ends_first(source, tmp_path: Path, capfdbinary) -> None:
    (tmp_path / "typed").write_bytes(b"abc")
    assert run(source(ECHO), "--input", str(tmp_path / "typed")) == 3
    out, err = capfdbinary.readouterr()
    assert out == b"ABC"
    assert b"input ended" in err


def test_4_nothing_is_armed(source, capfd) -> None:
    assert run(source(WAIT)) == 4
    assert "nothing is armed" in capfd.readouterr().err


def test_4_a_file_that_is_no_program(tmp_path: Path, capfd) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader,\n" * 9)
    assert run(str(tmp_path / "letter.txt")) == 4
    said = capfd.readouterr().err
    assert said == "the guest is lost: it cannot fetch its handler of traps, at 0x0\n"


def test_a_handler_that_is_somewhere_is_no_end(source) -> None:
    text = "_start: la t0, here\ncsrw mtvec, t0\n.balign 4\nhere: .word 0\n"
    assert run(source(text), "--max-instructions", "20000") == 3


BAD_ARGUMENTS = [
    ([], "nothing to run"),
    (["missing.elf"], "missing.elf: No such file"),
    (["."], "Is a directory"),
    (["guest.S", "--kernel", "guest.S"], "one way to say"),
    (["--bios", "guest.S", "--entry", "supervisor"], "entered in M-mode"),
    (["guest.S", "--memory", "100"], "64K to 2G"),
    (["guest.S", "--memory", "lots"], "no size"),
    (["guest.S", "--memory", "65K"], "multiple of 4K"),
    (["guest.S", "--instructions-per-tick", "0"], "no count"),
    (["guest.S", "--max-instructions", "-1"], "no count"),
    (["guest.S", "--max-instructions", "x"], "no count"),
    (["guest.S", "--entry", "hypervisor"], "invalid choice"),
    (["guest.S", "--holes", "csrr,nonsense"], "allowed are"),
    (["guest.S", "--drive", "missing.img"], "missing.img: No such file"),
    (["guest.S", "--input", "missing"], "missing: No such file"),
    (["guest.S", "--initrd", "missing"], "missing: No such file"),
    (["guest.S", "--restore", "guest.S"], "--drive beside it"),
    (["--restore", "guest.S", "--memory", "1M"], "--drive beside it"),
    (["--restore", "guest.S"], "begins with"),
    (["guest.S", "--until", ""], "--until: no text"),
    (["guest.S", "--writable"], "--drive beside it"),
    (["guest.S", "--counters", "missing/c.json"], "missing/c.json: No such file"),
    (["guest.S", "--save", "."], "Is a directory"),
    (["guest.S", "--frobnicate"], "unrecognized"),
    (["wrong.S"], "wrong.S:1:1: 'frob'"),
    (["empty.bin"], "an empty file"),
    (["large.bin", "--memory", "64K"], "RAM, 0x80000000 to 0x80010000"),
    (["brim.bin", "--memory", "64K"], "over the device tree"),
    (["--bios", "guest.S", "--kernel", "guest.S", "--memory", "1M"], "0x80200000"),
    (["guest.S", "--entry", "supervisor", "--memory", "1M"], "0x80200000"),
    (["low.S.elf", "--entry", "supervisor"], "lies over the book's firmware"),
    (["guest.S", "--initrd", "large.bin", "--memory", "64K"], "more --memory"),
    (["tohost.S"], "tohost"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD_ARGUMENTS)
def test_2_bad_arguments_and_images(
    source, tmp_path: Path, monkeypatch, capfd, arguments: list[str], said: str
) -> None:
    source(PASS)
    source("frob", "wrong.S")
    source("_start: j .\n.skip 4\ntohost: .word 0", "tohost.S")
    (tmp_path / "empty.bin").write_bytes(b"")
    (tmp_path / "large.bin").write_bytes(bytes(1 << 17))
    (tmp_path / "brim.bin").write_bytes(bytes(0xFFFF))
    (tmp_path / "low.S.elf").write_bytes(assemble(PASS).elf())
    monkeypatch.chdir(tmp_path)
    try:
        status = main(["run", *arguments])
    except SystemExit as end:  # argparse's own way out
        status = end.code
    assert status == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in err


# ------------------------------------------------------------------------- options of run


def test_elf_source_and_raw_image_run_alike(source, tmp_path: Path, capfdbinary) -> None:
    program = assemble(HELLO)
    (tmp_path / "hello.elf").write_bytes(program.elf())
    (tmp_path / "hello.bin").write_bytes(program.image()[1])
    for path in (source(HELLO), str(tmp_path / "hello.elf"), str(tmp_path / "hello.bin")):
        assert run(path) == 0
        assert capfdbinary.readouterr().out == b"hello, world\n"
    assert run("--kernel", str(tmp_path / "hello.elf")) == 0


def test_a_source_may_include_its_neighbours(source, capfdbinary) -> None:
    source(HELLO, "body.inc")
    assert run(source('.include "body.inc"\n')) == 0
    assert capfdbinary.readouterr().out == b"hello, world\n"


def test_bios_starts_the_kernel_it_is_told_of(source, capfdbinary) -> None:
    bios = source(
        """
_start: ld      t0, 0(a2)               # fw_dynamic_info: magic
        li      t1, 0x4942534f
        bne     t0, t1, .
        ld      t0, 16(a2)
        jr      t0
        """,
        "bios.S",
    )
    assert main(["run", "--bios", bios, "--kernel", source(HELLO), "--memory", "4M"]) == 0
    assert capfdbinary.readouterr().out == b"hello, world\n"


def test_entry_supervisor_has_the_sbi(source, tmp_path: Path, capfdbinary) -> None:
    kernel = source(
        """
_start: csrr    a0, sstatus             # legal in S-mode
        li      a0, 'S'
        li      a7, 0x4442434e
        li      a6, 2
        ecall
        li      a7, 0x53525354
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall
        """
    )
    counters = tmp_path / "c.json"
    arguments = ["--entry", "supervisor", "--memory", "4M", "--counters", str(counters)]
    assert main(["run", kernel, *arguments]) == 0
    assert capfdbinary.readouterr().out == b"S"
    written = json.loads(counters.read_text())
    assert set(written["retired"]) == {"S", "firmware"}
    assert written["traps"] == {"ecall-s": 2}


def test_append_initrd_and_memory_reach_the_device_tree(source, tmp_path: Path) -> None:
    disk = tmp_path / "initrd"
    disk.write_bytes(b"initial disk")
    images = Images(program=Path(source(PASS)), initrd=disk, append="console=ttyS0 quiet")
    board, symbols = build(images, {"memory": 2 << 20}, "step")
    assert symbols["_start"] == board.hart.pc == layout.RAM
    where = layout.RAM + (1 << 20), layout.RAM + (1 << 20) + len("initial disk")
    tree = board_tree(2 << 20, bootargs="console=ttyS0 quiet", initrd=where).blob()
    assert board.ram.read(board.hart.x[A1], len(tree)) == tree
    assert board.ram.read(where[0], 12) == b"initial disk"


@pytest.mark.parametrize("ticks", [1, 10])
def test_instructions_per_tick(source, capfd, ticks: int) -> None:
    text = END + "li a0, 5000\n1: addi a0, a0, -1\nbnez a0, 1b\nrdtime a0\nslli a0, a0, 16\n"
    text += f"li t1, 0x3333\nor t1, t1, a0\nli t0, {FINISHER}\nsw t1, 0(t0)\nj .\n"
    assert run(source("_start:\n" + text), "--instructions-per-tick", str(ticks)) == 1
    code = int(capfd.readouterr().err.split()[-1])
    assert abs(code - 10_000 // ticks) <= 5


def test_input_is_there_when_the_guest_looks(source, tmp_path: Path, capfdbinary) -> None:
    (tmp_path / "typed").write_bytes(b"some text, longer than the uart's fifo of 16 bytes.more")
    assert run(source(ECHO), "--input", str(tmp_path / "typed")) == 0
    assert capfdbinary.readouterr().out == b"SOME TEXT, LONGER THAN THE UART'S FIFO OF 16 BYTES"


def test_counters_are_the_boards(source, tmp_path: Path) -> None:
    path = tmp_path / "counters.json"
    assert run(source(HELLO), "--counters", str(path)) == 0
    written = json.loads(path.read_text())
    assert written["version"] == 1
    assert written["device_accesses"] == {"uart": 13, "finisher": 1}
    assert written["retired"]["M"] == sum(written["retired"].values())


def test_trace_prints_every_instruction_and_changes_nothing(source, tmp_path: Path, capfd) -> None:
    text = END + "_start: la t0, handler\ncsrw mtvec, t0\nli a0, 40\naddi a0, a0, 2\n.word 0\nj .\n"
    text += ".balign 4\nhandler: csrr a1, mcause\nfinish 0x5555\n"
    with_trace, without = tmp_path / "a.json", tmp_path / "b.json"
    assert run(source(text), "--counters", str(without)) == 0
    capfd.readouterr()
    assert run(source(text), "--trace", "--counters", str(with_trace)) == 0
    lines = capfd.readouterr().err.splitlines()
    assert with_trace.read_text() == without.read_text()
    assert lines[0] == "_start:"
    assert "M 0000000080000010  0509      addi a0, a0, 2" in "\n".join(lines)
    assert any(line.endswith("a0=000000000000002a") for line in lines)
    (exception,) = [line for line in lines if "exception" in line]
    assert "exception 2, value 0x0, to M 0x" in exception
    retired = json.loads(without.read_text())["retired"]["M"]
    assert sum(line.startswith("M ") for line in lines) == retired + 2  # the illegal one, its trap


def test_holes_let_a_sensitive_instruction_pass_in_silence(source) -> None:
    text = (
        END
        + """
_start: la      t0, handler
        csrw    mtvec, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        la      t0, user
        csrw    mepc, t0
        mret
        .balign 4
handler: csrr   a0, mcause
        li      t0, 2                   # illegal instruction
        beq     a0, t0, trapped
        finish  0x5555
trapped: finish 0x13333
user:   sret
        .word   0x73                    # ecall: on it went
"""
    )
    assert run(source(text)) == 1
    assert run(source(text), "--holes", "sret") == 0


def test_floating_point_is_there_where_it_is_asked_for(source) -> None:
    text = (
        END
        + """
_start: la      t0, none
        csrw    mtvec, t0
        li      t0, 3 << 13
        csrs    mstatus, t0
        li      t0, 2
        fcvt.d.w fa0, t0
        fsqrt.d fa0, fa0
        fmul.d  fa0, fa0, fa0
        fcvt.w.d a0, fa0, rne
        bne     a0, t0, none
        finish  0x5555
        .balign 4
none:   finish 0x13333
"""
    )
    assert run(source(text)) == 1
    assert run(source(text), "--floats") == 0


def test_save_and_restore_go_on_exactly(source, tmp_path: Path, capfdbinary) -> None:
    first, second, third = (str(tmp_path / name) for name in ("a", "b", "c"))
    guest = source(HELLO)
    assert run(guest, "--until", "hello", "--save", first) == 0
    assert main(["run", "--restore", first, "--until", "wor", "--save", second]) == 0
    assert main(["run", "--restore", second]) == 0
    assert capfdbinary.readouterr().out == b"hello, world\n"
    assert run(guest, "--until", "hello, wor", "--save", third) == 0
    assert restore(Path(second).read_bytes()).state() == restore(Path(third).read_bytes()).state()


#: Writes a sector of "W" to sector 1 of the first virtio disk, by one request of three descriptors.
WRITER = (
    END
    + f"""
        .equ    DEVICE, {layout.VIRTIO}
        .macro  set register, value
        li      t0, \\value
        sw      t0, \\register(s0)
        .endm
        .macro  queue register, place
        la      t0, \\place
        sw      t0, \\register(s0)
        srli    t0, t0, 32
        sw      t0, \\register + 4(s0)
        .endm
_start: li      s0, DEVICE
        set     0x70, 0
        set     0x70, 3                 # acknowledge, driver
        set     0x24, 1
        set     0x20, 1                 # VIRTIO_F_VERSION_1
        set     0x70, 11                # features
        set     0x30, 0
        set     0x38, 8
        queue   0x80, table
        queue   0x90, available
        queue   0xa0, used
        set     0x44, 1
        set     0x70, 15                # driver is ready
        set     0x50, 0
1:      la      t0, used
        lhu     t0, 2(t0)
        beqz    t0, 1b
        la      t0, status
        lbu     t0, 0(t0)
        bnez    t0, 2f
        finish  0x5555
2:      finish  0x13333
        .data
        .balign 16
table:  .dword  header
        .word   16
        .half   1, 1
        .dword  sector
        .word   512
        .half   1, 2
        .dword  status
        .word   1
        .half   2, 0
        .balign 16
available: .half 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        .balign 16
used:   .skip   128
header: .word   1, 0
        .dword  1
sector: .fill   512, 1, 'W'
status: .byte   255
"""
)


def test_a_drive_is_written_only_if_asked(source, tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    before = bytes(range(256)) * 6
    image.write_bytes(before)
    guest = source(WRITER)
    assert run(guest, "--drive", str(image)) == 0
    assert image.read_bytes() == before
    assert run(guest, "--drive", str(image), "--writable") == 0
    assert image.read_bytes() == before[:512] + b"W" * 512 + before[1024:]


# ------------------------------------------------------------------------- from the outside


def started(*arguments: str) -> subprocess.Popen:
    """The command in a process of its own."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "models.machine", *arguments]
    return subprocess.Popen(command, stdout=pipe, stderr=pipe)


def test_130_ctrl_c(source, tmp_path: Path) -> None:
    guest = source(HELLO.replace("2:      finish", "2:      j 2b\nfinish"))
    counters = tmp_path / "c.json"
    with started("run", guest, "--counters", str(counters)) as process:
        assert process.stdout.readline() == b"hello, world\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read() == b""
    assert counters.read_text() == ""


def test_141_nobody_reads_any_more(source) -> None:
    pause = "li t0, 50000\n2: addi t0, t0, -1\nbnez t0, 2b\n"
    guest = source(f"_start: li s0, {UART}\n1: sb s0, 0(s0)\n{pause}j 1b\n")
    with started("run", guest) as process:
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.wait() == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_2_nothing_can_be_printed(source, monkeypatch, capfd) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["asm", source(PASS)]) == 2
        assert capfd.readouterr().err == "error: standard output: No space left on device\n"
        with pytest.raises(OSError, match="No space left"):  # what was not written is there still
            full.close()


# ------------------------------------------------------------------------- asm, dis, dtb


@pytest.mark.parametrize("origin", ["zz", "-4", "0x80000002", str(1 << 64)])
def test_code_begins_at_an_address(source, capsys, origin: str) -> None:
    with pytest.raises(SystemExit):
        main(["asm", source(PASS), f"--origin={origin}"])
    assert "a multiple of 4" in capsys.readouterr().err


def test_asm_prints_a_listing_or_writes_elf(source, tmp_path: Path, capsys) -> None:
    guest = source("_start: li a0, N\nret\n")
    assert main(["asm", guest, "--define", "N=5", "--origin", "0x1000"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "            1000  1545                  _start: li a0, N",
        "            1002  8280                  ret",
    ]
    out = tmp_path / "out.elf"
    assert main(["asm", guest, "--define", "N=5", "--no-compressed", "-o", str(out)]) == 0
    assert load_elf(out.read_bytes()).segments[0].data.hex() == "1305500067800000"
    assert main(["asm", guest]) == 2
    assert "guest.S:1:16: 'N': not defined above" in capsys.readouterr().err


def test_dis_prints_what_asm_wrote(source, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out.elf"
    assert main(["asm", source("_start: li a0, 5\nend: ret\n.data\n.word 1"), "-o", str(out)]) == 0
    assert main(["dis", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "",
        "_start:",
        "        80000000  4515      li a0, 5",
        "",
        "end:",
        "        80000002  8082      ret",
    ]
    assert main(["dis", str(out), "--no-aliases"]) == 0
    assert "c.li a0, 5" in capsys.readouterr().out
    assert main(["dis", __file__]) == 2
    assert "begins with" in capsys.readouterr().err


def test_dtb_is_the_boards_tree(tmp_path: Path, capsys) -> None:
    out = tmp_path / "board.dtb"
    assert main(["dtb", "--memory", "64M", "--append", "quiet", "-o", str(out)]) == 0
    assert out.read_bytes() == board_tree(64 << 20, bootargs="quiet").blob()


def test_dtb_as_text_is_what_dtc_reads(tmp_path: Path, capsys) -> None:
    """dtc, which no one here wrote, makes of the text what we make of the tree."""
    dtc = require_tool("dtc", "device-tree-compiler")
    assert main(["dtb", "--memory", "64M", "--append", 'say "hi"\\n']) == 0
    (tmp_path / "board.dts").write_text(capsys.readouterr().out)
    arguments = [dtc, "-q", "-I", "dts", "-O", "dtb", str(tmp_path / "board.dts")]
    done = subprocess.run(arguments, capture_output=True, check=True)
    assert done.stdout == board_tree(64 << 20, bootargs='say "hi"\\n').blob()


# ------------------------------------------------------------------------- as a process


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "models.machine", *arguments]


def test_the_module_runs_and_reads_no_stdin_that_is_no_terminal(source) -> None:
    arguments = command("run", source(ECHO), "--max-instructions", "20000", "--memory", "1M")
    done = subprocess.run(arguments, input=b"abc.", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, b"")


def test_the_module_helps() -> None:
    done = subprocess.run(command("run", "--help"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    options = "--bios --kernel --append --initrd --entry --drive --writable --memory --trace"
    options += (
        " --instructions-per-tick --input --until --max-instructions --counters --holes --floats"
    )
    for option in [*options.split(), "--save", "--restore"]:
        assert option in done.stdout


class Typist:
    """The other end of a terminal in which the board runs."""

    def __init__(self, *arguments: str):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command("run", *arguments, "--memory", "1M"), stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self.seen = b""

    def expect(self, text: bytes) -> None:
        deadline = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            self.seen += os.read(self.master, 4096)

    def type(self, text: bytes) -> None:
        os.write(self.master, text)

    def end(self) -> int:
        try:
            return self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.master)


def test_a_terminal_types_to_the_guest_and_gets_out(source) -> None:
    typist = Typist(source(ECHO))
    typist.expect(b"Ctrl-A X ends the run.\r\n")
    typist.type(b"hello")
    typist.expect(b"HELLO")
    assert b"hello" not in typist.seen  # the terminal itself echoes nothing
    typist.type(b"\x01\x01!\x03\n")  # Ctrl-A for the guest; Ctrl-C is only a key
    typist.expect(b"\x01!\x03\r\n")
    typist.type(b"\x01x")
    typist.expect(b"ended from the keyboard")
    assert typist.end() == 0


def test_a_terminal_waits_with_a_guest_that_waits(source) -> None:
    """WFI with nothing armed is no end here: a key may come."""
    text = (
        END
        + f"""
_start: la      t0, typed
        csrw    mtvec, t0
        li      s0, {UART}
        li      t0, 1
        sb      t0, 1(s0)               # interrupt when a byte is there
        li      t0, {layout.PLIC + 4 * layout.UART_INTERRUPT}
        li      t1, 1
        sw      t1, 0(t0)               # its priority
        li      t0, {layout.PLIC + 0x2000}
        li      t1, 1 << {layout.UART_INTERRUPT}
        sw      t1, 0(t0)               # enabled for M-mode
        li      t0, 1 << 11
        csrw    mie, t0
        csrsi   mstatus, 8
        li      t0, '?'
        sb      t0, 0(s0)
1:      wfi
        j       1b
        .balign 4
typed:  lbu     a0, 0(s0)
        sb      a0, 0(s0)
        finish  0x5555
"""
    )
    typist = Typist(source(text))
    typist.expect(b"?")
    typist.type(b"k")
    typist.expect(b"k")
    assert typist.end() == 0
