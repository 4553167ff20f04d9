# Asleep until the timer: how late it is then.
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
