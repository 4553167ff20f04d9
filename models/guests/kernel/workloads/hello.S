# The shortest program: a greeting, and a checksum of its process's number.
hello:  .ascii  "hello from user mode\n"
        .equ    HELLO_BYTES, . - hello
        .balign 4
main:   SAVE    ra
        la      a0, hello
        li      a1, HELLO_BYTES
        CALL    CALL_WRITE
        CALL    CALL_PID
        mv      a1, a0
        li      a0, CHECKSUM
        call    mix
        RESTORE ra
        ret
