# Before every guest that looks. Memory is open, and every trap comes to `caught`.
# Page tables (Sv39) map the code to itself and, by a table of their own, the pages from 0 on:
# page 1 is free, 2 is the user's stack, 3 leads nowhere.
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
        li t0, \table + 8 * \index
        li t1, \value
        sd t1, 0(t0)
        .endm
        .macro leaf index, frame, flags
        entry LEAF, \index, \frame / 4096 * 1024 + \flags
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
        li t0, \mode << 11
        csrs mstatus, t0
        la t0, \target
        csrw mepc, t0
        mret
        .endm
done:   li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        j .
look:
