# Disk: SIZE times, read a sector, mix it all, change a word of it and write it back.
        .equ    SECTORS, 64
        .equ    STRIDE, 7
main:   SAVE    ra, s0, s1, s2, s3, s4
        li      s0, CHECKSUM
        li      s1, 0                   # round
        li      s3, HEAP                # buffer
1:      li      t0, STRIDE
        mul     s2, s1, t0              # sector
        andi    s2, s2, SECTORS - 1
        mv      a0, s2
        mv      a1, s3
        CALL    CALL_DISK_READ
        bnez    a0, 3f                  # there is no disk
        li      s4, 0
2:      add     t0, s3, s4
        ld      a1, 0(t0)
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s4, s4, 8
        li      t0, 512
        bltu    s4, t0, 2b
        sd      s0, 8(s3)
        mv      a0, s2
        mv      a1, s3
        CALL    CALL_DISK_WRITE
        bnez    a0, 3f
        addi    s1, s1, 1
        li      t0, SIZE
        bltu    s1, t0, 1b
        mv      a0, s0
3:      RESTORE ra, s0, s1, s2, s3, s4
        ret
