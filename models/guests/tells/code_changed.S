# Code that changes itself, with a fence.
        lw t1, other
        la t0, place
        li s1, 3
1:
        .balign 4
place:  addi s0, s0, 100
        sw t1, 0(t0)
        fence.i
        addi s1, s1, -1
        bnez s1, 1b
        j done
        .balign 4
other:  addi s0, s0, 1000
