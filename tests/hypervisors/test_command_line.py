"""The command line of guests: a trace under each engine, and the tables that runs come to."""

import json

import pytest

from models.hypervisors import rules, tells
from models.hypervisors.__main__ import main
from models.hypervisors.techniques import ENGINES
from models.hypervisors.timeline import ERAS
from models.machine.assembler import assemble

PROGRAM = """
        .globl _start
_start: li t1, 65
        csrw mscratch, t1
        csrr s0, mscratch
        li t0, 0x10000000
        sb s0, 0(t0)
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
"""


def run(tmp_path, technique, *more):
    source, counters = tmp_path / "guest.S", tmp_path / f"{technique}.json"
    source.write_text(PROGRAM)
    given = ["--technique", technique, "--memory", "1M", "--counters", str(counters)]
    status = main(["run", str(source), *given, *more])
    return status, json.loads(counters.read_text())


@pytest.mark.parametrize("technique", ENGINES)
def test_a_trace_says_who_did_what_and_changes_nothing(technique, tmp_path, capfd):
    assert run(tmp_path, technique)[0] == 0
    without = run(tmp_path, technique)[1]
    capfd.readouterr()
    status, counters = run(tmp_path, technique, "--trace")
    printed = capfd.readouterr()
    assert (status, printed.out) == (0, "A")
    assert counters == without
    lines = printed.err.splitlines()
    ran, emulated = (
        [line.removeprefix(who).split()[0] for line in lines if line.startswith(who)]
        for who in ("runs      ", "emulates  ")
    )
    assert len(emulated) == sum(counters["emulated"].values())
    assert set(emulated) == {"M"}  # as the guest believes
    assert set(ran) <= {"U", "VU"}  # as it is
    assert bool(ran) == (technique != "interpret")
    exits = sum(counters.get("exits", {}).values())
    assert sum("exception" in line for line in lines) == exits
    assert any(line.endswith("s0=0000000000000041") for line in lines)


def test_a_kernel_over_the_own_firmware_is_traced_too(tmp_path, capfd):
    """The hypervisor's stand-in is emulated, and its instructions are the only ones in M-mode."""
    source = tmp_path / "kernel.S"
    source.write_text("_start: li a0, 'B'\nli a7, 1\necall\nli a7, 8\necall\n")
    given = ["--entry", "supervisor", "--technique", "trap-and-emulate", "--memory", "4M"]
    assert main(["run", str(source), *given, "--trace"]) == 0
    printed = capfd.readouterr()
    assert printed.out == "B"
    emulated = [line for line in printed.err.splitlines() if line.startswith("emulates")]
    assert {line.split()[1] for line in emulated} == {"M", "S"}


def test_translated_code_is_seen_in_a_trace(tmp_path, capfd):
    run(tmp_path, "binary-translation", "--trace")
    lines = capfd.readouterr().err.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("emulates"))
    assert lines[at - 2].endswith("ebreak")
    assert lines[at].endswith("csrw mscratch, t1")


def test_the_guest_is_traced_in_its_own_words(tmp_path, capfd):
    """Its symbols name its addresses."""
    assert "_start" in assemble(PROGRAM).symbols
    run(tmp_path, "hardware-assisted", "--trace")
    assert capfd.readouterr().err.startswith("_start:")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("rules", [rule.name for rule in rules.RULES]),
        ("tells", [tell.name for tell in tells.TELLS]),
        ("timeline", [era.heading for era in ERAS]),
    ],
)
def test_commands_that_print_a_table(command, said, capfd, monkeypatch):
    """Their runs have tests of their own; here one engine, or the smallest work, is enough."""
    monkeypatch.setattr(rules, "TRAPPING", ("hardware-assisted",))
    monkeypatch.setattr(tells, "ENGINES", {"interpret": tells.ENGINES["interpret"]})
    assert main([command]) == 0
    printed = capfd.readouterr().out
    assert all(name in printed for name in said)
