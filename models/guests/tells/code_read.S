# Code that ran, and may have been translated for that, read back and added up.
        li s1, 20
        la t0, look
        la t1, 9f
1:      csrr t2, mscratch
        addi s1, s1, -1
        bnez s1, 1b
2:      lw t2, 0(t0)
        add s0, s0, t2
        slli s0, s0, 1
        addi t0, t0, 4
        bltu t0, t1, 2b
        nop
9:      nop
