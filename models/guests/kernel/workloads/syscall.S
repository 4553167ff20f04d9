# System calls that do next to nothing: SIZE times, who am I?
main:   SAVE    ra, s0, s1
        li      s0, CHECKSUM
        li      s1, 0
1:      CALL    CALL_PID
        add     a1, a0, s1
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
        mv      a0, s0
        RESTORE ra, s0, s1
        ret
