# An illegal word, a breakpoint, a misaligned reservation, a register that cannot be written.
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
