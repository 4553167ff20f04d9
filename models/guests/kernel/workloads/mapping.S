# Memory mapping: SIZE times, map a few pages, write into every other one, ask the kernel how many
# were written, read them all, and unmap them.
main:   SAVE    ra, s0, s1, s2, s3, s4
        li      s0, CHECKSUM
        li      s1, 0                   # round
1:      andi    s2, s1, 7
        addi    s2, s2, 1               # pages, 1 to 8
        li      s3, HEAP
        andi    t0, s1, 3               # in one of four places
        slli    t0, t0, 20
        add     s3, s3, t0
        mv      a0, s3
        mv      a1, s2
        li      a2, PTE_R | PTE_W
        CALL    CALL_MAP
        mv      a1, a0
        mv      a0, s0
        call    mix
        mv      s0, a0

        li      s4, 0
2:      slli    t0, s4, 12
        add     t0, t0, s3
        sd      s1, 8(t0)
        addi    s4, s4, 2
        bltu    s4, s2, 2b
        mv      a0, s3
        mv      a1, s2
        CALL    CALL_TOUCHED
        mv      a1, a0
        mv      a0, s0
        call    mix
        mv      s0, a0

        li      s4, 0
3:      slli    t0, s4, 12
        add     t0, t0, s3
        ld      a1, 8(t0)
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s4, s4, 1
        bltu    s4, s2, 3b
        mv      a0, s3
        mv      a1, s2
        CALL    CALL_UNMAP
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
        mv      a0, s0
        RESTORE ra, s0, s1, s2, s3, s4
        ret
