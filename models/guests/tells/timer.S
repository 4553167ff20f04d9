# The instruction that the timer interrupts: the same one, whoever delivers it.
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
