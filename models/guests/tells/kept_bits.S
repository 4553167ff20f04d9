# All bits written, and those read back that the processor has.
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
