# The last page below address 0, where translated code keeps its registers.
        li s0, 20
1:      csrr s1, mscratch
        addi s0, s0, -1
        bnez s0, 1b
        expect
        ld s2, -2048(zero)
9:
