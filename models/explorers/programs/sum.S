# Add up 1 to 10. The result stands in a0.
_start: li   a0, 0
        li   a1, 10
again:  add  a0, a0, a1
        addi a1, a1, -1
        bnez a1, again
done:   wfi                     # nothing will wake the hart: the end
