# Two harts. Both add to a counter under a lock (LR and SC); then they wake each other by software
# interrupts; then hart 1 edits a page table while hart 0 runs in S-mode on it. Hart 0 prints what
# came of it, which does not depend on who comes first.

        .equ    FINISHER, 0x100000
        .equ    UART, 0x10000000
        .equ    MSIP, 0x02000000
        .equ    MTIMECMP, 0x02004000
        .equ    MTIME, 0x0200bff8
        .equ    ADDITIONS, 400
        .equ    CALLS, 20

_start: csrr    s0, mhartid
        la      s1, shared
        la      t0, trap
        csrw    mtvec, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0

# ---- a lock
        li      s2, ADDITIONS
1:      lr.w    t0, (s1)
        bnez    t0, 1b
        li      t0, 1
        sc.w    t1, t0, (s1)
        bnez    t1, 1b
        ld      t0, 8(s1)               # the counter
        addi    t0, t0, 3
        add     t0, t0, s0              # hart 0 adds 3, hart 1 adds 4
        sd      t0, 8(s1)
        amoswap.w.rl zero, zero, (s1)
        addi    s2, s2, -1
        bnez    s2, 1b

# ---- software interrupts: a call to and fro
        slli    t0, s0, 2
        li      s3, MSIP
        add     s4, s3, t0              # the own msip
        xori    t0, t0, 4
        add     s3, s3, t0              # the other's
        li      t0, 1 << 3
        csrw    mie, t0
        li      s2, CALLS
        bnez    s0, answer
call:   li      t0, 1
        sw      t0, 0(s3)
1:      wfi                             # interrupts stay closed: it wakes, and that is all
        lw      t0, 0(s4)
        beqz    t0, 1b
        sw      zero, 0(s4)
        addi    s2, s2, -1
        bnez    s2, call
        j       pages
answer: wfi
        lw      t0, 0(s4)
        beqz    t0, answer
        sw      zero, 0(s4)
        ld      t0, 16(s1)              # how often it was called
        addi    t0, t0, 1
        sd      t0, 16(s1)
        li      t0, 1
        sw      t0, 0(s3)
        addi    s2, s2, -1
        bnez    s2, answer

# ---- hart 1 sleeps for a while, then gives page 1 of the other's address space another frame
        li      t0, 1 << 7
        csrw    mie, t0
        li      t0, MTIME
        ld      t0, 0(t0)
        li      t1, 20000
        add     t0, t0, t1
        li      t1, MTIMECMP + 8
        sd      t0, 0(t1)
        wfi
1:      lw      t0, 24(s1)              # hart 0 has used the old one
        beqz    t0, 1b
        la      t0, second
        srli    t0, t0, 2
        ori     t0, t0, 0xc7
        la      t1, leaf
        sd      t0, 8(t1)
        fence   rw, rw
        li      t0, 1
        sw      t0, 28(s1)
1:      wfi
        j       1b

pages:  la      t0, middle
        srli    t0, t0, 2
        ori     t0, t0, 1
        la      t1, root
        sd      t0, 0(t1)
        la      t0, leaf
        srli    t0, t0, 2
        ori     t0, t0, 1
        la      t1, middle
        sd      t0, 0(t1)
        la      t0, first
        srli    t0, t0, 2
        ori     t0, t0, 0xc7
        la      t1, leaf
        sd      t0, 8(t1)
        li      t0, 0x80000000 >> 2 | 0xcf      # a gigabyte to itself
        la      t1, root
        sd      t0, 16(t1)
        srli    t1, t1, 12
        li      t0, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        la      t0, kernel
        csrw    mepc, t0
        li      t0, 1 << 11
        csrw    mstatus, t0
        mret
kernel: li      s5, 0x1000              # in S-mode
        ld      s6, 0(s5)
        li      t0, 1
        sw      t0, 24(s1)
1:      lw      t0, 28(s1)
        beqz    t0, 1b
        sfence.vma
        ld      s7, 0(s5)
        ecall

        .balign 4
trap:   ld      a0, 8(s1)               # the counter, the calls, and what was on the page
        call    print
        ld      a0, 16(s1)
        call    print
        mv      a0, s6
        call    print
        mv      a0, s7
        call    print
        li      t0, FINISHER
        li      t1, 0x5555
        sw      t1, 0(t0)
        j       .

print:  li      t0, UART                # a0 as a hexadecimal number
        li      t1, 64
1:      addi    t1, t1, -4
        srl     t2, a0, t1
        andi    t2, t2, 15
        li      t3, 10
        bltu    t2, t3, 2f
        addi    t2, t2, 39
2:      addi    t2, t2, 48
        sb      t2, 0(t0)
        bnez    t1, 1b
        li      t2, 10
        sb      t2, 0(t0)
        ret

        .balign 4096
shared: .zero   64
        .balign 4096
first:  .dword  111
        .balign 4096
second: .dword  222
        .balign 4096
root:   .zero   4096
middle: .zero   4096
leaf:   .zero   4096
