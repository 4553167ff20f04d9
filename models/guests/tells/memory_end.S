# Loads, stores and a jump beyond the ends of memory.
        expect
        li t0, 0x80100000
        ld s0, -8(t0)
        ld s0, 0(t0)
9:      mv s1, s10
        mv s2, s11
        expect
        li t0, 0x80200000
        ld s3, 0(t0)
9:      mv s4, s11
        expect
        li t0, 0x7ffff000
        sd t0, 0(t0)
9:      mv s5, s10
        expect
        li t0, 0x90000000
        jr t0
9:
