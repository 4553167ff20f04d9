# A counter that two harts could share: once by one atomic instruction, once by a reservation.
_start: la   a0, counter
        li   a1, 5
        amoadd.d a2, a1, (a0)   # a2 gets the old value, memory the sum
retry:  lr.d a3, (a0)           # load, and reserve
        addi a3, a3, 1
        sc.d a4, a3, (a0)       # stores only if nobody has written meanwhile: then a4 is 0
        bnez a4, retry
done:   wfi

        .data
counter: .dword 100
