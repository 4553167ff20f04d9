# What every program is linked with. A program begins at `main` and returns its checksum.
        .include "layout.S"

        .macro  CALL number
        li      a7, \number
        ecall
        .endm

        call    main
        SAVE    a0
        call    say_checksum
        RESTORE a0
        CALL    CALL_EXIT

# Mix a1 into the checksum a0 (one step of FNV-1a, a doubleword at a time).
        .equ    CHECKSUM, 0xcbf29ce484222325
        .equ    PRIME, 0x100000001b3
mix:    xor     a0, a0, a1
        li      t0, PRIME
        mul     a0, a0, t0
        ret

# The next of a row of random numbers, from the last one in a0 (Knuth's MMIX generator).
random: li      t0, 6364136223846793005
        mul     a0, a0, t0
        li      t0, 1442695040888963407
        add     a0, a0, t0
        ret

# Write "checksum" and a0 in hexadecimal.
say_checksum:
        addi    sp, sp, -32
        sd      ra, 24(sp)
        mv      t0, sp
        addi    t1, sp, 16
        li      t2, '\n'
        sb      t2, 0(t1)
1:      addi    t1, t1, -1
        andi    t2, a0, 15
        srli    a0, a0, 4
        addi    t2, t2, '0'
        li      t3, '9'
        bleu    t2, t3, 2f
        addi    t2, t2, 'a' - '0' - 10
2:      sb      t2, 0(t1)
        bgtu    t1, t0, 1b
        la      a0, checksum_word
        li      a1, 9
        CALL    CALL_WRITE
        mv      a0, sp
        li      a1, 17
        CALL    CALL_WRITE
        ld      ra, 24(sp)
        addi    sp, sp, 32
        ret
checksum_word:
        .ascii  "checksum "
        .balign 4
        .include "program.S"
