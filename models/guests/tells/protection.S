# An entry of physical memory protection that is locked stays as it is.
        li t0, 0x80030000 >> 2
        csrw pmpaddr1, t0
        li t0, 0x9f00 | 0x1f            # locked: not even M-mode changes it
        csrw pmpcfg0, t0
        csrw pmpaddr1, zero
        csrr s0, pmpaddr1
        csrr s1, pmpcfg0
        csrr s2, pmpaddr15
