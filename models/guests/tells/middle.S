# The second half of lui, with the instruction behind it, is csrr s0, sscratch: 0x14002473.
        li s3, 77
        csrw sscratch, s3
        li s4, 2
place:  .half 0x02b7, 0x2473            # lui t0, 0x24730
        .half 0x1400                    # c.addi4spn s0, sp, 544
        addi s1, s0, 0
        addi s4, s4, -1
        beqz s4, done
        la t2, place + 2
        jr t2
