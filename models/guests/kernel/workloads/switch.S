# Three processes take turns for SIZE rounds each: the first gives way after every round, the second
# never does, until the timer takes its turn away, and the third sleeps now and then.
        .equ    CHILDREN, 3
        .equ    BUSY, 64                # steps of the second in a round
main:   SAVE    ra, s0, s1, s2, s3, s4, s5
        li      s0, CHECKSUM
        li      s1, 0
1:      addi    s1, s1, 1
        CALL    CALL_FORK
        beqz    a0, child
        mv      s2, s3                  # their numbers, in s2, s3 and s4
        mv      s3, s4
        mv      s4, a0
        li      t0, CHILDREN
        bltu    s1, t0, 1b
        .irp    number, s2, s3, s4
        mv      a0, \number
        CALL    CALL_WAIT
        mv      a1, a0
        mv      a0, s0
        call    mix
        mv      s0, a0
        .endr
        mv      a0, s0
        RESTORE ra, s0, s1, s2, s3, s4, s5
        ret

child:  mv      a0, s0                  # s1: which of the three
        mv      a1, s1
        call    mix
        mv      s0, a0
        li      s2, 0                   # round
2:      li      s3, 1                   # steps left in this round
        li      t0, 2
        bne     s1, t0, 3f
        li      s3, BUSY
3:      mv      a0, s0
        mv      a1, s2
        call    mix
        mv      s0, a0
        addi    s3, s3, -1
        bnez    s3, 3b
        li      t0, 1
        bne     s1, t0, 4f
        CALL    CALL_YIELD
4:      li      t0, 3
        bne     s1, t0, 5f
        andi    t0, s2, 15
        bnez    t0, 5f
        li      a0, 1
        CALL    CALL_SLEEP
5:      addi    s2, s2, 1
        li      t0, SIZE
        bltu    s2, t0, 2b
        mv      a0, s0
        CALL    CALL_EXIT
