# The bits that the processor writes into the guest's own page table.
        leaf 1, ONE, 7
        paging
        down 1, 1f
1:      li a0, 0x1000
        li a1, LEAF + 8
        ld t1, 0(a0)
        ld s0, 0(a1)
        sd t1, 0(a0)
        ld s1, 0(a1)
        expect
        ecall
9:
