# A guest that does, in M, S and U, all for which a hypervisor may have to be entered: registers,
# waiting, calls, changes of the mode, page tables and fences, faults, a device. What it sees of each
# stays in its registers, s0 to s11 and sp, and it ends the run with a call from S-mode to M-mode.
#
# Sv39: the kernel's 2 MiB lie at their own address; one table serves the pages from 0 on.

        .equ FINISHER, 0x100000
        .equ MTIMECMP, 0x2004000
        .equ UART, 0x10000000
        .equ ROOT, 0x80010000
        .equ MIDDLE, 0x80011000
        .equ LEAF, 0x80012000
        .equ KERNEL, 0x80013000
        .equ ONE, 0x80020000
        .equ OTHER, 0x80021000
        .equ LATE, 5000                 # a time

        .macro entry table, index, value
        li t0, \table + 8 * \index
        li t1, \value
        sd t1, 0(t0)
        .endm
        .macro leaf index, frame, flags
        entry LEAF, \index, \frame / 4096 * 1024 + \flags
        .endm

_start: li t0, 0x1f                     # all memory is open to S and U
        csrw pmpcfg0, t0
        li t0, -1
        csrw pmpaddr0, t0
        csrw mcounteren, t0
        csrw scounteren, t0

        # M-mode: a register, a call to itself, a sleep until the timer
        li t0, 123
        csrw mscratch, t0
        csrr s0, mscratch
        la t0, called
        csrw mtvec, t0
        ecall
        .balign 4
called: csrr s1, mcause
        li t0, MTIMECMP
        li t1, LATE
        sd t1, 0(t0)
        li t1, 1 << 7
        csrw mie, t1
        wfi
        csrr s2, time
        li t1, -1
        sd t1, 0(t0)
        csrw mie, zero

        # page tables, and down to S-mode
        entry ROOT, 2, KERNEL / 4096 * 1024 + 1
        entry KERNEL, 0, 0x80000000 / 4096 * 1024 + 0xcf
        entry ROOT, 0, MIDDLE / 4096 * 1024 + 1
        entry MIDDLE, 0, LEAF / 4096 * 1024 + 1
        leaf 1, ONE, 0xc7
        leaf 3, UART, 0xc7
        la t0, user                     # at 0x7000
        srli t0, t0, 12
        slli t0, t0, 10
        ori t0, t0, 0x5b
        li t1, LEAF + 8 * 7
        sd t0, 0(t1)
        li t0, 8 << 60 | ROOT / 4096
        csrw satp, t0
        sfence.vma
        li t0, 1 << 8 | 1 << 13         # S handles calls of U, and loads that fault
        csrw medeleg, t0
        la t0, end
        csrw mtvec, t0
        la t0, kernel
        csrw mepc, t0
        li t0, 1 << 11
        csrw mstatus, t0
        mret
        .balign 4
end:    csrr s11, mcause
        li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        j .

        # S-mode: registers, a page that becomes another one, a fault of its own, a device
kernel: la t0, handle
        csrw stvec, t0
        csrr s3, sstatus
        li a0, 0x1000
        li a1, 111
        sd a1, 0(a0)
        leaf 1, OTHER, 0xc7
        sfence.vma
        li a1, 222
        sd a1, 0(a0)
        li t0, ONE
        ld s4, 0(t0)                    # 111: the other page has the 222
        csrr s5, satp
        la s6, beyond
        li t0, 0x5000
        ld t1, 0(t0)                    # nothing is there
beyond: li t0, 0x3000
        li t1, 'x'
        sb t1, 0(t0)
        lbu sp, 5(t0)                   # the UART's status
        csrw sscratch, s4
        li t0, 0x7000
        csrw sepc, t0
        li t0, 1 << 8
        csrc sstatus, t0                # SPP: on to U-mode
        sret
        .balign 4
handle: csrr s9, scause
        li t0, 13
        bne s9, t0, 1f
        mv s7, s9
        csrw sepc, s6
        sret
1:      csrr s8, sscratch
        ecall

        .balign 4096
user:   addi s10, s10, 7
        ecall
