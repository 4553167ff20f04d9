# One 4 KiB page at the address 0x40000000 of S-mode, by three tables of Sv39.
        .equ  V, 1
        .equ  RWX, 14
_start: la   t0, handler
        csrw mtvec, t0
        li   t0, -1
        csrw pmpaddr0, t0
        li   t0, 0x1f
        csrw pmpcfg0, t0
        la   a0, root           # a pointer: page number at bit 10, V, and no R, W or X
        la   t0, middle
        srli t0, t0, 2
        ori  t0, t0, V
        li   t1, 1 * 8          # 0x40000000 is entry 1 of the root
        add  t1, t1, a0
        sd   t0, 0(t1)
        la   t0, last
        srli t0, t0, 2
        ori  t0, t0, V
        la   t1, middle
        sd   t0, 0(t1)
        la   t0, page
        srli t0, t0, 2
        ori  t0, t0, V + RWX
        la   t1, last
        sd   t0, 0(t1)
        li   t0, (2 << 28) | V | RWX  # entry 2: 1 GiB from 0x80000000, mapped to itself
        sd   t0, 16(a0)
        srli t0, a0, 12
        li   t1, 8 << 60
        or   t0, t0, t1
        csrw satp, t0           # Sv39, from S-mode on
        la   t0, kernel
        csrw mepc, t0
        li   t0, 1 << 11
        csrw mstatus, t0        # MPP = 1: S
        mret

kernel: li   a1, 0x40000000
        li   a2, 42
        sd   a2, 8(a1)          # a walk of three references; A and D are set
        ld   a3, 8(a1)          # no walk: the TLB holds it
        ld   a4, 0(zero)        # no page there: a fault
done:   wfi

        .balign 4
handler:
        csrr a5, mcause
        wfi

        .bss
        .balign 4096
root:   .space 4096
middle: .space 4096
last:   .space 4096
page:   .space 4096
