# The first touch of a page, which a hypervisor with tables of its own may have to fill.
        paging
        down 1, 1f
1:      li a0, 0x1000
        csrr s0, time
        sd s0, 0(a0)
        ld s1, 8(a0)
        csrr s1, time
        csrr s2, cycle
        csrr s3, instret
        expect
        ecall
9:
