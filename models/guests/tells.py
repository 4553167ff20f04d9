"""Guests that want to know whether they are on a board of their own: small programs that look.

Each leaves what it saw in its registers s0 to s11. On the bare board it always sees the same, so a
virtual machine in which it sees anything else has been found out. (s8, s10 and s11 are place, cause
and value of the last trap, s9 is where the program goes on after it.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from models.machine.assembler import Program, assemble

#: Bytes of RAM, and instructions after which a guest has ended, or has gone astray.
MEMORY, MOST = 1 << 20, 5_000
#: s0 to s11.
ANSWERS = (8, 9, *range(18, 28))
#: Memory is open, every trap comes to `caught`; page tables (Sv39) map the code to itself and, by a
#: table of their own, the pages from 0 on: page 1 is free, 2 is the user's stack, 3 leads nowhere.
BEGIN = """
        .equ FINISHER, 0x100000
        .equ CLINT, 0x2000000
        .equ MTIME, CLINT + 0xbff8
        .equ MTIMECMP, CLINT + 0x4000
        .equ ROOT, 0x80010000
        .equ MIDDLE, 0x80011000
        .equ LEAF, 0x80012000
        .equ KERNEL, 0x80013000
        .equ ONE, 0x80020000
        .equ OTHER, 0x80021000
        .macro entry table, index, value
        li t0, \\table + 8 * \\index
        li t1, \\value
        sd t1, 0(t0)
        .endm
        .macro leaf index, frame, flags
        entry LEAF, \\index, \\frame / 4096 * 1024 + \\flags
        .endm
        .macro expect                   # a trap: go on behind the next label 9
        la s9, 9f
        .endm
_start: li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, -1
        csrw pmpaddr0, t0
        csrw mcounteren, t0
        csrw scounteren, t0
        la t0, caught
        csrw mtvec, t0
        la s9, done
        entry ROOT, 2, KERNEL / 4096 * 1024 + 1
        entry KERNEL, 0, 0x80000000 / 4096 * 1024 + 0xcf
        entry ROOT, 0, MIDDLE / 4096 * 1024 + 1
        entry MIDDLE, 0, LEAF / 4096 * 1024 + 1
        leaf 1, ONE, 0xc7
        j look
        .balign 4
caught: csrr s8, mepc
        csrr s10, mcause
        csrr s11, mtval
        csrw mie, zero
        csrw mepc, s9
        li t6, 3 << 11                  # back to M-mode
        csrs mstatus, t6
        mret
        .macro paging
        li t0, 8 << 60 | ROOT / 4096
        csrw satp, t0
        sfence.vma
        .endm
        .macro down mode, target        # 1: to S-mode, 0: to U-mode
        li t0, 3 << 11
        csrc mstatus, t0
        li t0, \\mode << 11
        csrs mstatus, t0
        la t0, \\target
        csrw mepc, t0
        mret
        .endm
done:   li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        j .
look:
"""


@dataclass(frozen=True)
class Tell:
    """One way in which a guest could tell.

    Attributes
    ----------
    name : str
    text : str
        What it does after `BEGIN`, in M-mode; it ends at `done`.
    holes : tuple of str
        What its processor lets pass in silence, natively as well.
    """

    name: str
    text: str
    holes: tuple[str, ...] = ()


@cache
def program(tell: Tell) -> Program:
    """Assemble the guest: to be entered in M-mode at its first instruction."""
    return assemble(f"{BEGIN}{tell.text}\n        j done\n")


_STOLEN = """
        paging
        la t0, secret
        csrw stvec, t0
        csrw sscratch, sp
        down {mode}, below
        .balign 4
secret: nop
        .balign 4096
below:  csrr s0, stvec
        csrr s1, scause
        csrr s2, satp
        expect
        ecall
9:
"""
#: A page becomes another one behind the TLB's back; in between, perhaps, something else.
_STALE = """
        li t0, ONE
        li t1, 111
        sd t1, 0(t0)
        li t0, OTHER
        li t1, 222
        sd t1, 0(t0)
        paging
        down 1, 1f
1:      li a0, 0x1000
        ld s0, 0(a0)
        leaf 1, OTHER, 0xc7
        {}
        ld s1, 0(a0)
        sfence.vma
        ld s2, 0(a0)
        expect
        ecall
9:
"""
#: The second half of lui, with the instruction behind it, is csrr s0, sscratch: 0x14002473.
_MIDDLE = """
        li s3, 77
        csrw sscratch, s3
        li s4, 2
place:  .half 0x02b7, 0x2473            # lui t0, 0x24730
        .half 0x1400                    # c.addi4spn s0, sp, 544
        addi s1, s0, 0
        addi s4, s4, -1
        beqz s4, done
        la t2, place + 2
        jr t2
"""

TELLS = (
    Tell(
        "time that privileged instructions take",
        """
        csrr s0, mcycle
        csrr s1, minstret
        li t1, 50
1:      csrw mscratch, t1
        csrr t2, mstatus
        addi t1, t1, -1
        bnez t1, 1b
        csrr t2, mcycle
        sub s0, t2, s0
        csrr t2, minstret
        sub s1, t2, s1
        li t0, MTIME
        ld s2, 0(t0)
""",
    ),
    Tell(
        "time that a page's first touch takes",
        """
        paging
        down 1, 1f
1:      li a0, 0x1000
        csrr s0, time
        sd s0, 0(a0)
        ld s1, 8(a0)
        csrr s1, time
        csrr s2, cycle
        csrr s3, instret
        expect
        ecall
9:
""",
    ),
    Tell(
        "counters that it sets itself",
        """
        csrw mcycle, zero
        csrw minstret, zero
        csrr s0, mcycle
        csrr s1, minstret
        csrr s2, mhpmcounter3
        csrr s3, mcountinhibit
""",
    ),
    Tell(
        "where a timer interrupts",
        """
        li t0, MTIME
        ld t1, 0(t0)
        addi t1, t1, 777
        li t0, MTIMECMP
        sd t1, 0(t0)
        li t1, 1 << 7
        csrw mie, t1
        la s9, 9f
        li s0, 0
        csrsi mstatus, 8
1:      addi s0, s0, 1
        j 1b
9:      csrr s1, mip
""",
    ),
    Tell(
        "how long it slept",
        """
        li t1, 4321
        li t0, MTIMECMP
        sd t1, 0(t0)
        li t1, 1 << 7
        csrw mie, t1
        wfi
        csrr s0, time
        csrr s1, mcycle
        csrr s2, mip
        csrw mie, zero
""",
    ),
    Tell(
        "what the processor says it is",
        """
        csrr s0, misa
        csrr s1, mvendorid
        csrr s2, marchid
        csrr s3, mimpid
        csrr s4, mhartid
        li t0, -1
        csrw misa, t0
        csrr s5, misa
""",
    ),
    Tell(
        "registers of a hypervisor",
        """
        expect
        csrr s0, 0x600                  # hstatus
9:      mv s1, s10
        expect
        csrr s0, 0x64a                  # htinst
9:      mv s2, s10
        expect
        csrr s0, 0x200                  # vsstatus
9:      mv s3, s11
        expect
        .word 0x62000073                # hfence.gvma
9:      mv s4, s11
""",
    ),
    Tell(
        "bits that registers keep",
        """
        li t0, -1
        csrw medeleg, t0
        csrr s0, medeleg
        csrw mideleg, t0
        csrr s1, mideleg
        csrw medeleg, zero
        csrw mideleg, zero
        csrw mie, t0
        csrr s2, mie
        csrw mie, zero
        csrw mepc, t0
        csrr s3, mepc
        csrw mcause, t0
        csrr s4, mcause
        li t0, 0xffff << 44 | 8 << 60 | 0x80010
        csrw satp, t0
        csrr s5, satp
        li t0, 10 << 60 | 0x80010       # Sv57, which is not there
        csrw satp, t0
        csrr s6, satp
        csrw satp, zero
        csrr s7, mstatus
""",
    ),
    Tell(
        "bits that protection keeps",
        """
        li t0, 0x80030000 >> 2
        csrw pmpaddr1, t0
        li t0, 0x9f00 | 0x1f            # locked: not even M-mode changes it
        csrw pmpcfg0, t0
        csrw pmpaddr1, zero
        csrr s0, pmpaddr1
        csrr s1, pmpcfg0
        csrr s2, pmpaddr15
""",
    ),
    Tell(
        "where memory ends",
        """
        expect
        li t0, 0x80100000
        ld s0, -8(t0)
        ld s0, 0(t0)
9:      mv s1, s10
        mv s2, s11
        expect
        li t0, 0x80200000
        ld s3, 0(t0)
9:      mv s4, s11
        expect
        li t0, 0x7ffff000
        sd t0, 0(t0)
9:      mv s5, s10
        expect
        li t0, 0x90000000
        jr t0
9:
""",
    ),
    Tell(
        "what its devices say they are",
        """
        li t0, 0x10001000               # virtio
        lw s0, 0(t0)
        lw s1, 8(t0)
        lw s2, 12(t0)
        li t0, 0x10000000               # UART
        lbu s3, 5(t0)
        lbu s4, 2(t0)
        li t0, 0xc000000                # PLIC
        lw s5, 4(t0)
        li t0, CLINT
        lw s6, 0(t0)
""",
    ),
    Tell(
        "what a trap leaves",
        """
        expect
        .word 0x0000000b
9:      mv s0, s11
        expect
        ebreak
9:      mv s1, s11
        mv s2, s10
        expect
        li t0, 0x80000003
        lr.w t1, (t0)
9:      mv s3, s10
        mv s4, s11
        expect
        csrw mhartid, zero
9:      mv s5, s11
        csrr s6, mstatus
        csrr s7, mcycle
        csrr s8, minstret
""",
    ),
    Tell(
        "loads with another mode's rights",
        """
        paging
        li t0, ONE
        li t1, 55
        sd t1, 0(t0)
        leaf 1, ONE, 0xd3               # the user's
        li t0, 3 << 11
        csrc mstatus, t0
        li t0, 1 << 17                  # MPRV
        csrs mstatus, t0
        expect
        li a0, 0x1000
        ld s0, 0(a0)
9:      mv s1, s10
        li t0, 1 << 17
        csrc mstatus, t0
""",
    ),
    Tell(
        "accessed and dirty bits",
        """
        leaf 1, ONE, 7
        paging
        down 1, 1f
1:      li a0, 0x1000
        li a1, LEAF + 8
        ld t1, 0(a0)
        ld s0, 0(a1)
        sd t1, 0(a0)
        ld s1, 0(a1)
        expect
        ecall
9:
""",
    ),
    Tell(
        "its own code, read back",
        """
        li s1, 20
        la t0, look
        la t1, 9f
1:      csrr t2, mscratch
        addi s1, s1, -1
        bnez s1, 1b
2:      lw t2, 0(t0)
        add s0, s0, t2
        slli s0, s0, 1
        addi t0, t0, 4
        bltu t0, t1, 2b
        nop
9:      nop
""",
    ),
    Tell(
        "its own code, changed",
        """
        lw t1, other
        la t0, place
        li s1, 3
1:
        .balign 4
place:  addi s0, s0, 100
        sw t1, 0(t0)
        fence.i
        addi s1, s1, -1
        bnez s1, 1b
        j done
        .balign 4
other:  addi s0, s0, 1000
""",
    ),
    Tell("a jump into the middle of an instruction", _MIDDLE),
    Tell("a jump into the middle, where registers can be read", _MIDDLE, ("sscratch",)),
    Tell("a kernel's look at registers", _STOLEN.format(mode=1), ("stvec", "scause", "satp")),
    Tell(
        "a user's look at registers",
        _STOLEN.format(mode=0).replace(
            "csrw sscratch", "entry KERNEL, 0, 0x200000df\n csrw sscratch"
        ),
        ("stvec", "scause", "satp"),
    ),
    Tell(
        "the last page, which it has not mapped",
        """
        li s0, 20
1:      csrr s1, mscratch
        addi s0, s0, -1
        bnez s0, 1b
        expect
        ld s2, -2048(zero)
9:
""",
    ),
    Tell(
        "a reservation, over a page's first touch",
        """
        li a0, ONE
        li a1, 0x80040000
        li a2, 4096
        li s0, 0
        li s1, 8
1:      lr.d t0, (a0)
        ld t1, 0(a1)
        sc.d t2, t0, (a0)
        xori t2, t2, 1
        add s0, s0, t2                  # 1 for each that came through
        add a1, a1, a2
        addi s1, s1, -1
        bnez s1, 1b
""",
    ),
    Tell(
        "what a user may not do",
        """
        entry KERNEL, 0, 0x200000df
        paging
        down 0, 1f
1:      expect
        sret
9:      mv s1, s11
""",
    ),
    Tell("a translation that it has changed, and not fenced", _STALE.format("")),
    Tell(
        "the same, after code that it had never executed",
        _STALE.format("j 5f\n        .balign 4096\n5:"),
    ),
)
