# An operating system of thirty lines: one job in U-mode, which computes and hands in its results.
        .equ   FINISHER, 0x00100000
        .equ   ROUNDS, 5
_start: la     t0, handler
        csrw   mtvec, t0
        li     t0, -1
        csrw   pmpaddr0, t0             # the job may reach all of memory
        li     t0, 0x1f
        csrw   pmpcfg0, t0
        la     t0, job
        csrw   mepc, t0
        csrw   mstatus, zero            # mret goes to U
        li     s0, 0                    # results handed in
        li     s1, 0                    # their sum
        mret

job:    li     a0, 0
        li     a1, 100
next:   add    a0, a0, a1
        addi   a1, a1, -1
        bnez   a1, next
        ecall                           # hand it in
        j      job

        .balign 4
handler:
        csrrw  t0, mscratch, t0         # keep the job's t0
        add    s1, s1, a0
        addi   s0, s0, 1
        li     t0, ROUNDS
        beq    s0, t0, off
        csrr   t0, mepc
        addi   t0, t0, 4                # behind the ecall
        csrw   mepc, t0
        csrrw  t0, mscratch, t0
        mret
off:    li     t0, FINISHER
        li     t1, 0x5555
        sw     t1, 0(t0)
stay:   j      stay
