# Arithmetic, and nothing else: SIZE random numbers, each divided by its place in the row.
main:   SAVE    ra, s0, s1, s2
        li      s0, CHECKSUM
        li      s1, 1                   # random number
        li      s2, 0                   # place
1:      mv      a0, s1
        call    random
        mv      s1, a0
        addi    s2, s2, 1
        divu    t0, s1, s2
        remu    t1, s1, s2
        xor     a1, t0, t1
        mv      a0, s0
        call    mix
        mv      s0, a0
        li      t0, SIZE
        bltu    s2, t0, 1b
        mv      a0, s0
        RESTORE ra, s0, s1, s2
        ret
