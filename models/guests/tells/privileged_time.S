# Privileged instructions in a loop: what a hypervisor does for each must not count.
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
