# What a disk, a UART and the two interrupt controllers answer.
        li t0, 0x10001000               # virtio
        lw s0, 0(t0)
        lw s1, 8(t0)
        lw s2, 12(t0)
        li t0, 0x10000000               # UART
        lbu s3, 5(t0)
        lbu s4, 2(t0)
        li t0, 0xc000000                # PLIC
        lw s5, 4(t0)
        li t0, CLINT
        lw s6, 0(t0)
