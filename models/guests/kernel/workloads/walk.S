# Random memory walk: SIZE steps over 256 pages, more than a TLB holds beside the kernel's. A page
# appears, zeroed, at the first step onto it.
        .equ    WORDS, 256 * PAGE / 8
main:   SAVE    ra, s0, s1, s2, s3
        li      s0, CHECKSUM
        li      s1, 1                   # random number
        li      s2, 0                   # step
        li      s3, HEAP
1:      mv      a0, s1
        call    random
        mv      s1, a0
        srli    t0, s1, 32
        li      t1, WORDS
        remu    t0, t0, t1
        slli    t0, t0, 3
        add     t0, t0, s3
        ld      a1, 0(t0)
        add     t1, a1, s2
        addi    t1, t1, 1
        sd      t1, 0(t0)
        mv      a0, s0
        call    mix
        mv      s0, a0
        addi    s2, s2, 1
        li      t0, SIZE
        bltu    s2, t0, 1b
        mv      a0, s0
        RESTORE ra, s0, s1, s2, s3
        ret
