"""The tool that boots Debian's kernel, with a guest of a few lines in its place."""

import pytest

from models.events import Counters
from models.hypervisors.techniques import machine
from models.machine import layout
from models.machine.assembler import assemble
from models.machine.board import BoardOptions
from tools import boot_linux

#: Shows the prompt, echoes a line, and so on; switches off after as many as are typed.
SHELL = f"""
_start: li      s0, {layout.UART}
        li      s1, {len(boot_linux.TYPED)}
prompt: la      a1, text
1:      lbu     a2, 0(a1)
        beqz    a2, 2f
        sb      a2, 0(s0)
        addi    a1, a1, 1
        j       1b
2:      lbu     t0, 5(s0)               # is there a byte?
        andi    t0, t0, 1
        beqz    t0, 2b
        lbu     a0, 0(s0)
        sb      a0, 0(s0)
        addi    a0, a0, -10
        bnez    a0, 2b
        addi    s1, s1, -1
        bnez    s1, prompt
        li      t0, {layout.FINISHER}
        li      t1, 0x5555
        sw      t1, 0(t0)
text:   .asciz  "{boot_linux.PROMPT}"
"""
OPTIONS = BoardOptions(memory=1 << 20, tier="closures")


@pytest.mark.parametrize("technique", ["native", "trap-and-emulate"])
def test_a_line_is_typed_at_each_prompt(technique):
    board, vm = machine(technique, OPTIONS)
    address, program = assemble(SHELL).image()
    board.reset()
    board.load(program, address)
    seen = bytearray()
    stop = boot_linux.script(board, seen.extend)
    assert (stop.reason, stop.detail) == ("halt", "pass")
    lines = "".join(f"{boot_linux.PROMPT}{line}\n" for line, _ in boot_linux.TYPED)
    assert seen.decode() == lines == board.console_output.decode()
    assert (vm is None) == (technique == "native")


def test_a_limit_ends_it():
    board, _ = machine("native", OPTIONS)
    board.reset()
    board.load(assemble("_start: j _start").image()[1])
    assert boot_linux.script(board, limit=1234).reason == "limit"
    assert board.clock.count == 1234


def test_answers_count_behind_inits_words_alone():
    answers = " ".join(answer for _, answer in boot_linux.TYPED)
    assert boot_linux.answered(f"{boot_linux.SAID} {answers}".encode())
    assert not boot_linux.answered(f"{answers} {boot_linux.SAID}".encode())
    assert not boot_linux.answered(answers.encode())


def test_exits_by_reason_the_most_frequent_first():
    counts = Counters()
    counts.count("retired", "U", 3_000_000)
    counts.count("emulated", "S", 100_000)
    for number in range(12):
        counts.count("exits", f"S:reason-{number}", 1000 + number)
    lines = boot_linux.exits(counts).splitlines()
    assert lines[:2] == ["3.0 million instructions directly, 0.1 emulated", "12,066 exits"]
    assert [line.split()[1] for line in lines[2:]] == [f"S:reason-{n}" for n in range(11, 1, -1)]


def unpack(packed: bytes):
    """Read an archive by the format's description: mode, device and contents by name."""
    found, at = {}, 0
    while True:
        assert packed[at : at + 6] == b"070701"
        fields = [int(packed[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        mode, size, device, length = fields[1], fields[6], (fields[9], fields[10]), fields[11]
        name = packed[at + 110 : at + 110 + length]
        assert name[-1] == 0
        at = -(-(at + 110 + length) // 4) * 4
        if name == b"TRAILER!!!\0":
            assert at == len(packed)
            return found
        found[name[:-1].decode()] = mode, device, packed[at : at + size]
        at = -(-(at + size) // 4) * 4


def test_the_ram_disk_is_in_the_kernels_format():
    entries = [
        ("dir", 0o40755, b"", (0, 0)),
        ("dir/odd", 0o100644, b"five!", (0, 0)),
        ("dev/console", 0o20600, b"", (5, 1)),
        ("run", 0o100755, bytes(range(256)), (0, 0)),
    ]
    found = unpack(boot_linux.cpio(entries))
    assert found == {name: (mode, device, data) for name, mode, data, device in entries}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--qemu", "--technique", "interpret"], "allowed is one of them"),
        (["--technique", "magic"], "invalid choice: 'magic'"),
        (["--tier", "magic"], "invalid choice: 'magic'"),
        (["--max-instructions", "0"], "no count"),
        (["--interactive"], "no terminal"),
    ],
)
def test_arguments_that_cannot_be_used(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["boot_linux", *arguments])
    with pytest.raises(SystemExit) as end:
        boot_linux.main()
    assert end.value.code == 2
    assert said in capsys.readouterr().err
