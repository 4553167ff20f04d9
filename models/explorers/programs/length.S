# Count the bytes of a text up to its zero. The result stands in a0.
_start: la   a1, text
        mv   a0, zero
next:   add  a2, a1, a0
        lbu  a3, 0(a2)
        beqz a3, done
        addi a0, a0, 1
        j    next
done:   wfi

        .data
text:   .asciz "How long am I?"
