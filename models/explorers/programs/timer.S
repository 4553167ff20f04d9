# Three timer interrupts, 50 instructions apart, while the program does nothing but count.
        .equ  MTIMECMP, 0x02004000
_start: la   t0, handler
        csrw mtvec, t0
        li   s0, 3              # interrupts wanted
        call arm
        li   t0, 1 << 7
        csrw mie, t0            # let the timer interrupt through
        csrsi mstatus, 8        # and let interrupts through at all
count:  addi a0, a0, 1
        bnez s0, count
done:   csrw mie, zero
        wfi

arm:    rdtime t1
        addi t1, t1, 50
        li   t2, MTIMECMP
        sd   t1, 0(t2)
        ret

        .balign 4
handler:
        addi s0, s0, -1
        call arm
        mret
