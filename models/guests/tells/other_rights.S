# In M-mode with MPRV: loads go by the page table, with the user's rights.
        paging
        li t0, ONE
        li t1, 55
        sd t1, 0(t0)
        leaf 1, ONE, 0xd3               # the user's
        li t0, 3 << 11
        csrc mstatus, t0
        li t0, 1 << 17                  # MPRV
        csrs mstatus, t0
        expect
        li a0, 0x1000
        ld s0, 0(a0)
9:      mv s1, s10
        li t0, 1 << 17
        csrc mstatus, t0
