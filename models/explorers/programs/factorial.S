# A function that calls itself: 5! by the stack. The result stands in a0.
_start: la   sp, stack_top
        li   a0, 5
        call factorial
done:   wfi

factorial:
        li   t0, 1
        ble  a0, t0, leaf
        addi sp, sp, -16
        sd   ra, 8(sp)
        sd   a0, 0(sp)
        addi a0, a0, -1
        call factorial
        ld   t1, 0(sp)
        mul  a0, a0, t1
        ld   ra, 8(sp)
        addi sp, sp, 16
        ret
leaf:   li   a0, 1
        ret

        .bss
        .space 256
stack_top:
