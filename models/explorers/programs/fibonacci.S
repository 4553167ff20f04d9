# The first 20 Fibonacci numbers, stored one after the other. Watch them in memory.
_start: la   a0, numbers
        li   a1, 20
        li   a2, 0
        li   a3, 1
next:   sd   a2, 0(a0)
        add  a4, a2, a3
        mv   a2, a3
        mv   a3, a4
        addi a0, a0, 8
        addi a1, a1, -1
        bnez a1, next
done:   wfi

        .bss
numbers: .space 160
