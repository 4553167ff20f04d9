# Code that writes code: SIZE times, a function that returns the number of the round.
main:   SAVE    ra, s0, s1, s2
        li      s0, CHECKSUM
        li      s1, 0
        li      s2, HEAP
        mv      a0, s2
        li      a1, 1
        li      a2, PTE_R | PTE_W | PTE_X
        CALL    CALL_MAP
        bnez    a0, 2f
1:      andi    t0, s1, 0x7ff
        slli    t0, t0, 20              # li a0, round:  | immediate 12 | 0 | 0 | 10 | 0x13 |
        li      t1, 10 << 7 | 0x13
        or      t0, t0, t1
        sw      t0, 0(s2)
        li      t0, 0x8067              # ret
        sw      t0, 4(s2)
        fence.i
        jalr    s2
        mv      a1, a0
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
2:      mv      a0, s0
        RESTORE ra, s0, s1, s2
        ret
