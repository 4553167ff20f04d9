# What the processor says it is; of misa a bit can be tried to set.
        csrr s0, misa
        csrr s1, mvendorid
        csrr s2, marchid
        csrr s3, mimpid
        csrr s4, mhartid
        li t0, -1
        csrw misa, t0
        csrr s5, misa
