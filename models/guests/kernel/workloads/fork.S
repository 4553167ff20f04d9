# Families: SIZE times, a child that has a child that has a child. Each mixes its generation into
# what it inherited, and its parent takes the result over.
        .equ    GENERATIONS, 3
main:   SAVE    ra, s0, s1
        li      s0, CHECKSUM
        li      s1, 0
1:      mv      a0, s0
        li      a1, GENERATIONS
        call    family
        mv      s0, a0
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
        mv      a0, s0
        RESTORE ra, s0, s1
        ret

# Checksum a0 of somebody with a1 generations below.
family: SAVE    ra, s0, s1
        mv      s1, a1
        call    mix
        mv      s0, a0
        beqz    s1, 2f
        CALL    CALL_FORK
        bnez    a0, 1f
        mv      a0, s0                  # the child: its stack is a copy
        addi    a1, s1, -1
        call    family
        CALL    CALL_EXIT
1:      CALL    CALL_WAIT
        mv      a1, a0
        mv      a0, s0
        call    mix
        mv      s0, a0
2:      mv      a0, s0
        RESTORE ra, s0, s1
        ret
