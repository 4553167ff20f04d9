# Registers and fences of the H extension: of a guest's processor without it, illegal.
        expect
        csrr s0, 0x600                  # hstatus
9:      mv s1, s10
        expect
        csrr s0, 0x64a                  # htinst
9:      mv s2, s10
        expect
        csrr s0, 0x200                  # vsstatus
9:      mv s3, s11
        expect
        .word 0x62000073                # hfence.gvma
9:      mv s4, s11
