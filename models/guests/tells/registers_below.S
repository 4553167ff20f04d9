# In the mode MODE: registers that, with holes, are read there without a trap.
        paging
        la t0, secret
        csrw stvec, t0
        csrw sscratch, sp
        down MODE, below
        .balign 4
secret: nop
        .balign 4096
below:  csrr s0, stvec
        csrr s1, scause
        csrr s2, satp
        expect
        ecall
9:
