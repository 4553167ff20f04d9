# A page becomes another one behind the TLB's back, and `between` is what happens then.
        li t0, ONE
        li t1, 111
        sd t1, 0(t0)
        li t0, OTHER
        li t1, 222
        sd t1, 0(t0)
        paging
        down 1, 1f
1:      li a0, 0x1000
        ld s0, 0(a0)
        leaf 1, OTHER, 0xc7
        between
        ld s1, 0(a0)
        sfence.vma
        ld s2, 0(a0)
        expect
        ecall
9:
