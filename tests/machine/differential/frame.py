"""The machine-mode frame around the programs.

For each slot it sets CSRs and registers from the header and enters the first segment in M-mode.
Each trap, whatever it is, is recorded (registers, CSRs, entry of the vector table) and goes on with
the next segment; traps delegated to S-mode reach a stub whose only instruction traps again. After
the last segment the CSRs are stored in the header and the next slot begins; after the last slot the
test finisher ends the run.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tests.machine.differential import layout as at

_TEXT = """
    .option norelax
    .globl _start
_start:
    csrr x1, mhartid              # QEMU runs atomics as atomics only on two harts: one sleeps
1:  beqz x1, 2f
    wfi
    j    1b
2:  li   x1, {mtimecmp}            # pending from reset on
    li   x2, -1
    sd   x2, 0(x1)
    li   x31, {slots}
    csrw mscratch, x31
    j    next_program

    .balign 256
vectors:
{vectors}

{entries}

trapped:                          # x31 = record, x30 saved, entry stored
{save}
    csrr x30, mscratch
    sd   x30, 31*8(x31)
{record}
{record_floats}
    li   x1, {msip}               # interrupt sources: off
    sw   zero, 0(x1)
    li   x1, {mtimecmp}
    li   x2, -1
    sd   x2, 0(x1)
    csrw stimecmp, x2
{quiet}
    csrw mie, zero
    csrw mip, zero
    li   x2, {forget}             # MPRV, MPIE, MIE: off; MPP: machine
    csrc mstatus, x2
    li   x2, {machine}
    csrs mstatus, x2
    srli x3, x31, 12              # the slot
    slli x3, x3, 12
    sc.w x0, x0, (x3)             # no reservation survives (fails: a trap lies between)
    ld   x4, {current}(x3)
    addi x4, x4, 1
    sd   x4, {current}(x3)
    slli x4, x4, 3
    add  x4, x4, x3
    ld   x4, {segments}(x4)
    beqz x4, end_program
    csrw mepc, x4
    ld   x30, 31*8(x31)
    addi x31, x31, {record_bytes}
    csrw mscratch, x30
    addi x30, x31, -{record_bytes}
{restore}
    ld   x30, 30*8(x30)
    csrrw x31, mscratch, x31
    mret

end_program:                      # x3 = slot
{dump}
    li   x4, {slot}
    add  x31, x3, x4
    csrw mscratch, x31

next_program:                     # x31 = slot
    ld   x1, programs
    beqz x1, finish
    addi x1, x1, -1
    la   x2, programs
    sd   x1, 0(x2)
    li   x2, {forget}
    csrc mstatus, x2
{floats}
    csrw pmpcfg0, zero
    csrw pmpcfg2, zero
    li   x1, 1 << 63              # STCE, so that stimecmp can be set
    csrs menvcfg, x1
{setup}
{fences}
    sc.w x0, x0, (x31)
    li   x2, {machine}
    csrs mstatus, x2
    ld   x4, {segments}(x31)
    csrw mepc, x4
    ld   x30, {x31_at}(x31)
    li   x4, {header}
    add  x29, x31, x4
    csrw mscratch, x29
    mv   x1, x31
    mv   x31, x30
{initial}
    mret

finish:
    li   x1, {finisher}
    li   x2, {finisher_pass}
    sw   x2, 0(x1)
1:  j    1b
    .balign 8
programs: .dword 0

    .org {stubs}
{stub_tables}
    .balign 4096
identity:                         # 4 GiB as they are, for S-mode: a root of Sv39
    .dword 0xcf, 0x100000cf, 0x200000cf, 0x300000cf
    .balign 4096
"""


def text(layout: at.Layout) -> str:
    """The frame's assembly source."""
    lines = "\n".join
    saved = list(range(1, 30))
    record = enumerate(layout.record_csrs, at.RECORD_CSRS_AT)
    table = list(enumerate(layout.csrs, at.CSR_TABLE))
    stubs = {"ecall": "ecall", "ebreak": "ebreak", "illegal": ".word 0"}
    return _TEXT.format(
        slots=layout.first,
        quiet=lines(f"    {line}" for line in layout.quiet),
        fences=lines(f"    {line}" for line in layout.fences),
        vectors=lines(f"    j entry{n}" for n in range(16)),
        entries=lines(
            f"entry{n}: csrrw x31, mscratch, x31\n    sd x30, 240(x31)\n"
            f"    li x30, {n}\n    sd x30, 0(x31)\n    j trapped"
            for n in range(16)
        ),
        save=lines(f"    sd x{n}, {n * 8}(x31)" for n in saved),
        record=lines(f"    csrr x30, {csr}\n    sd x30, {n * 8}(x31)" for n, csr in record),
        record_floats=lines(_record_floats(layout)),
        floats=lines(_initial_floats(layout)),
        restore=lines(f"    ld x{n}, {n * 8}(x30)" for n in saved),
        dump=lines(f"    csrr x4, {csr}\n    sd x4, {n * 8}(x3)" for n, csr in table),
        setup=lines(f"    ld x1, {n * 8}(x31)\n    csrw {csr}, x1" for n, csr in table),
        initial=lines(f"    ld x{n}, {(at.REGISTERS + n) * 8}(x1)" for n in range(30, 0, -1)),
        stub_tables=lines(
            f"    .org {at.STUBS - at.BASE + offset}\n    .rept 16\n    {stubs[name]}\n    .endr"
            for name, offset in at.STUB_TABLES.items()
        ),
        msip=at.MSIP,
        mtimecmp=at.MTIMECMP,
        forget=layout.forget | 1 << 17 | 1 << 7 | 1 << 3,
        machine=3 << 11,
        current=at.CURRENT * 8,
        segments=at.SEGMENTS * 8,
        record_bytes=layout.record_bytes,
        slot=layout.slot,
        x31_at=(at.REGISTERS + 31) * 8,
        header=at.HEADER_BYTES,
        finisher=at.FINISHER,
        finisher_pass=at.FINISHER_PASS,
        stubs=at.STUBS - at.BASE,
    )


#: Floating point on, through the register that is named.
_FLOATS_ON = "    li {0}, 3 << 13\n    csrs mstatus, {0}"


def _record_floats(layout: at.Layout) -> Iterator[str]:
    """Store fcsr and the floating-point registers behind the CSRs of a record."""
    if layout.floats:
        first = at.RECORD_CSRS_AT + len(layout.record_csrs)
        yield _FLOATS_ON.format("x30")
        yield f"    csrr x30, fcsr\n    sd x30, {first * 8}(x31)"
        yield from (f"    fsd f{n}, {(first + 1 + n) * 8}(x31)" for n in range(32))


def _initial_floats(layout: at.Layout) -> Iterator[str]:
    """Begin a program: fcsr is zero, the registers hold what the integer registers will."""
    if layout.floats:
        yield _FLOATS_ON.format("x2")
        yield "    csrw fcsr, zero"
        yield from (f"    fld f{n}, {(at.REGISTERS + n) * 8}(x31)" for n in range(32))


@lru_cache
def build(layout: at.Layout = at.PLAIN) -> tuple[bytes, dict[str, int]]:
    """Assemble the frame with GNU as: its bytes, and the addresses of its labels."""
    with tempfile.TemporaryDirectory() as folder:
        source, elf, binary = (Path(folder) / name for name in ("f.S", "f.elf", "f.bin"))
        source.write_text(text(layout))
        tool = "riscv64-linux-gnu-"
        march = "-march=rv64imafdh_zicsr_zifencei"
        subprocess.run([f"{tool}as", march, "-o", f"{elf}.o", source], check=True)
        link = [f"{tool}ld", "-N", f"-Ttext={at.BASE:#x}", "-o", elf, f"{elf}.o"]
        subprocess.run(link, check=True, capture_output=True)
        subprocess.run([f"{tool}objcopy", "-O", "binary", elf, binary], check=True)
        names = subprocess.run([f"{tool}nm", elf], check=True, capture_output=True, text=True)
        labels = {
            name: int(address, 16)
            for address, _, name in (line.split() for line in names.stdout.splitlines())
        }
        return binary.read_bytes(), labels


def vectors(layout: at.Layout = at.PLAIN) -> int:
    """Where mtvec points."""
    return build(layout)[1]["vectors"]
