# Network: SIZE times, send a frame of random numbers and mix what comes back.
        .equ    EXPERIMENT, 0xb588      # 0x88b5 in the network's byte order: a local experiment
main:   SAVE    ra, s0, s1, s2, s3, s4, s5
        li      s0, CHECKSUM
        li      s1, 0                   # round
        li      s2, 1                   # random number
        li      s3, HEAP                # buffer
1:      andi    s4, s1, 7
        slli    s4, s4, 4
        addi    s4, s4, 64              # bytes of the frame: 64, 80, ... 176
        li      s5, 0
2:      mv      a0, s2
        call    random
        mv      s2, a0
        add     t0, s3, s5
        sd      s2, 0(t0)
        addi    s5, s5, 8
        bltu    s5, s4, 2b
        sb      zero, 0(s3)             # addresses of one station each, not of a group
        sb      zero, 6(s3)
        li      t0, EXPERIMENT
        sh      t0, 12(s3)
        mv      a0, s3
        mv      a1, s4
        CALL    CALL_SEND
        bnez    a0, 4f                  # there is no network
        mv      a0, s3
        li      a1, PAGE
        CALL    CALL_RECEIVE
        mv      a1, a0                  # its length counts as well
        mv      a0, s0
        call    mix
        mv      s0, a0
        li      s5, 0
3:      add     t0, s3, s5
        ld      a1, 0(t0)
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s5, s5, 8
        bltu    s5, s4, 3b
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
4:      mv      a0, s0
        RESTORE ra, s0, s1, s2, s3, s4, s5
        ret
